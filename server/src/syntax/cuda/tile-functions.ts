/** What host code says of tiles without launching anything: functions that return them, and traits that are given them. */
import type { TileFunction, TraitUse } from '../../core/kernels/facts.ts';
import { toExpression } from './expressions.ts';
import { constantLocals, definitionsOf } from './locals.ts';
import { fieldOf, type Node, namedKids, textOf, walk } from './tree.ts';

type Condition = TileFunction['returns'][number]['conditions'][number];
type Returns = TileFunction['returns'][number][];

/** A branch that always leaves the function: what follows holds only without its condition. */
const leaves = (node: Node): boolean =>
  node.type === 'return_statement' ||
  (node.type === 'compound_statement' && namedKids(node).some(leaves)) ||
  (node.type === 'else_clause' && namedKids(node).some(leaves));

function collect(node: Node, conditions: readonly Condition[], source: string, found: Returns): void {
  if (node.type === 'return_statement') {
    const list = namedKids(node)[0];
    if (list?.type === 'initializer_list') found.push({ conditions, values: namedKids(list).map((part) => toExpression(part, source)) });
    return;
  }
  if (node.type === 'if_statement') {
    const [test, yes, no] = ['condition', 'consequence', 'alternative'].map((field) => fieldOf(node, field));
    const with_ = (isNegated: boolean): readonly Condition[] =>
      test ? [...conditions, { expression: toExpression(test, source), isNegated }] : conditions;
    if (yes) collect(yes, with_(false), source, found);
    if (no) collect(no, with_(true), source, found);
    return;
  }
  let here = conditions;
  for (const kid of node.kids) {
    collect(kid, here, source, found);
    const [test, yes] = kid.type === 'if_statement' ? [fieldOf(kid, 'condition'), fieldOf(kid, 'consequence')] : [];
    if (test && yes && leaves(yes) && !fieldOf(kid, 'alternative'))
      here = [...here, { expression: toExpression(test, source), isNegated: true }];
  }
}

/** `// Return {kBlockM, kBlockN, kNWarps}` before the function that starts at `start`. */
export function partNames(source: string, start: number): readonly string[] {
  return (
    /\{([\w\s,]+)\}\s*$/
      .exec(source.slice(Math.max(0, start - 200), start).trimEnd())?.[1]
      ?.split(',')
      .map((part) => part.trim()) ?? []
  );
}

/** A function that returns several sizes in braces; undefined for any other. */
export function tileFunctionOf(definition: Node, source: string): TileFunction | undefined {
  const declarator = fieldOf(definition, 'declarator');
  const body = fieldOf(definition, 'body');
  const type = fieldOf(definition, 'type');
  const name = declarator && fieldOf(declarator, 'declarator');
  const list = declarator && fieldOf(declarator, 'parameters');
  if (!body || !name || !list || !type || !/\b(?:tuple|array|pair)\s*</.test(textOf(type, source))) return undefined;
  const returns: Returns = [];
  collect(body, [], source, returns);
  if (returns.length === 0) return undefined;
  const parameters = namedKids(list).map((parameter) => {
    const own = fieldOf(parameter, 'declarator');
    return own ? textOf(own, source) : '';
  });
  return {
    name: textOf(name, source),
    parameters,
    parts: partNames(source, definition.start),
    returns,
    constants: definitionsOf(constantLocals(body, source), source),
    range: { start: definition.start, end: definition.end },
  };
}

/** Uses of kernel traits in a function. */
export function traitsIn(within: string, body: Node, source: string): readonly TraitUse[] {
  if (!/[Tt]raits\s*</.test(source.slice(body.start, body.end))) return [];
  const constants = definitionsOf(constantLocals(body, source), source);
  const found: TraitUse[] = [];
  walk(body, (node) => {
    if (node.type !== 'template_type' && node.type !== 'template_function') return undefined;
    const [name, list] = [fieldOf(node, 'name'), fieldOf(node, 'arguments')];
    if (name && list && /traits$/i.test(textOf(name, source)))
      found.push({
        within,
        values: namedKids(list).map((one) => toExpression(one, source)),
        constants,
        range: { start: node.start, end: node.end },
      });
    return undefined;
  });
  return found;
}
