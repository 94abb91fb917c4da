/** The configurations of `triton.autotune`: lists, comprehensions, sums of lists, and helpers of the same module that return one. */
import { type Expression, evaluate, type Scope } from '../../core/kernels/expression.ts';
import type { TritonConfig } from '../../core/kernels/triton/facts.ts';
import { fieldOf, type Node, namedKids } from '../python/tree.ts';
import { stringOf, textOf, toExpression } from './expressions.ts';

/** What a module's names stand for. */
export interface Module {
  readonly source: string;
  /** Assignments of the outermost level. */
  readonly assigned: ReadonlyMap<string, Node>;
  readonly functions: ReadonlyMap<string, Node>;
  readonly scope: Scope;
}

interface Found {
  readonly configs: readonly TritonConfig[];
  readonly isComplete: boolean;
}

const nothing: Found = { configs: [], isComplete: false };
/** What triton.Config takes where nothing is said (python/triton/runtime/autotuner.py). */
const defaults = { numWarps: 4, numStages: 3 };
/** More configurations than this nobody tunes over. */
const most = 4096;
const deepest = 8;

function withNames(scope: Scope, names: ReadonlyMap<string, number>): Scope {
  return { ...scope, lookUp: (name) => names.get(name) ?? scope.lookUp(name) };
}

/** What stands behind a name, and of two lists by the machine the first, with what must hold for it. */
function opened(node: Node, module: Module, depth = 0): { readonly node: Node; readonly condition?: string } {
  if (depth > deepest) return { node };
  const assigned = node.type === 'identifier' ? module.assigned.get(textOf(node, module.source)) : undefined;
  if (assigned) return opened(assigned, module, depth + 1);
  if (node.type !== 'conditional_expression') return { node };
  const [yes, test, no] = namedKids(node);
  const holds = test && evaluate(toExpression(test, module.source), module.scope);
  if (!yes || !test || !no) return { node };
  if (holds !== undefined) return opened(holds === 0 ? no : yes, module, depth + 1);
  return { ...opened(yes, module, depth + 1), condition: textOf(test, module.source) };
}

/** The values of a list, tuple or `range(...)`; undefined where one of them is not known. */
function valuesOf(node: Node, module: Module, scope: Scope): readonly number[] | undefined {
  const all = (nodes: readonly Node[]): readonly number[] | undefined => {
    const values = nodes.flatMap((one) => evaluate(toExpression(one, module.source), scope) ?? []);
    return values.length === nodes.length ? values : undefined;
  };
  if (node.type === 'list' || node.type === 'tuple') return all(namedKids(node));
  const expression: Expression = toExpression(node, module.source);
  if (expression.kind !== 'call' || expression.callee !== 'range') return undefined;
  const bounds = expression.values.flatMap((value) => evaluate(value, scope) ?? []);
  const [start, end, step] = bounds.length === 1 ? [0, bounds[0] ?? 0, 1] : [bounds[0] ?? 0, bounds[1] ?? 0, bounds[2] ?? 1];
  if (bounds.length !== expression.values.length || step < 1 || (end - start) / step > most) return undefined;
  return Array.from({ length: Math.max(0, Math.ceil((end - start) / step)) }, (_, at) => start + at * step);
}

function pairsOf(node: Node, module: Module, scope: Scope): readonly (readonly [string, number])[] | undefined {
  const parts = node.type === 'dictionary' ? namedKids(node) : [];
  const pairs = parts.flatMap((pair) => {
    const [key, value] = [fieldOf(pair, 'key'), fieldOf(pair, 'value')];
    const name = key && stringOf(key, module.source);
    const number = value && evaluate(toExpression(value, module.source), scope);
    return name !== undefined && number !== undefined ? [[name, number] as const] : [];
  });
  return node.type === 'dictionary' && pairs.length === parts.length ? pairs : undefined;
}

/** `triton.Config({...}, num_warps=4)`. */
function configOf(call: Node, module: Module, scope: Scope): TritonConfig | undefined {
  const callee = fieldOf(call, 'function');
  const list = fieldOf(call, 'arguments');
  if (!callee || !list || !/(?:^|\.)Config$/.test(textOf(callee, module.source))) return undefined;
  const given = namedKids(list);
  const named = (name: string): number | undefined => {
    const argument = given.find((one) => one.type === 'keyword_argument' && textOf(fieldOf(one, 'name') ?? one, module.source) === name);
    const value = argument && fieldOf(argument, 'value');
    return value && evaluate(toExpression(value, module.source), scope);
  };
  const written = (name: string): boolean =>
    given.some((one) => one.type === 'keyword_argument' && textOf(fieldOf(one, 'name') ?? one, module.source) === name);
  const [first] = given.filter(({ type }) => type !== 'keyword_argument');
  const pairs = first ? pairsOf(first, module, scope) : undefined;
  const [warps, stages] = [named('num_warps'), named('num_stages')];
  if (!pairs || (written('num_warps') && warps === undefined) || (written('num_stages') && stages === undefined)) return undefined;
  return {
    values: new Map(pairs),
    numWarps: warps ?? defaults.numWarps,
    numStages: stages ?? defaults.numStages,
    range: { start: call.start, end: call.end },
  };
}

function comprehension(node: Node, module: Module): Found {
  const body = fieldOf(node, 'body');
  const clauses = node.kids.filter((kid) => kid.type === 'for_in_clause');
  const filters = node.kids.filter((kid) => kid.type === 'if_clause');
  if (!body) return nothing;
  let rows: ReadonlyMap<string, number>[] = [new Map()];
  let condition: string | undefined;
  for (const clause of clauses) {
    const [left, right] = [fieldOf(clause, 'left'), fieldOf(clause, 'right')];
    if (left?.type !== 'identifier' || !right) return nothing;
    const name = textOf(left, module.source);
    const list = opened(right, module);
    condition ??= list.condition;
    const next: ReadonlyMap<string, number>[] = [];
    for (const row of rows) {
      const values = valuesOf(list.node, module, withNames(module.scope, row));
      if (!values) return nothing;
      for (const value of values) next.push(new Map([...row, [name, value]]));
    }
    if (next.length > most) return nothing;
    rows = next;
  }
  let isComplete = true;
  const configs = rows.flatMap((row) => {
    const scope = withNames(module.scope, row);
    for (const filter of filters) {
      const test = namedKids(filter)[0];
      const holds = test && evaluate(toExpression(test, module.source), scope);
      if (holds === undefined) isComplete = false;
      else if (holds === 0) return [];
    }
    const config = configOf(body, module, scope);
    if (!config) isComplete = false;
    return config ? { ...config, ...(condition === undefined ? {} : { condition }) } : [];
  });
  // With another list where the condition does not hold.
  return { configs, isComplete: isComplete && condition === undefined };
}

function joined(parts: readonly Found[]): Found {
  return { configs: parts.flatMap(({ configs }) => configs), isComplete: parts.every(({ isComplete }) => isComplete) };
}

/** The list a helper returns, when it returns one in one place only. */
function returned(definition: Node): Node | undefined {
  const found: Node[] = [];
  const visit = (node: Node): void => {
    if (node.type === 'return_statement') found.push(node);
    else if (node.type !== 'function_definition') for (const kid of node.kids) visit(kid);
  };
  const body = fieldOf(definition, 'body');
  if (body) visit(body);
  return found.length === 1 && found[0] ? namedKids(found[0])[0] : undefined;
}

/** @param node what stands behind `configs=`. */
export function configsOf(node: Node, module: Module, depth = 0): Found {
  if (depth > deepest) return nothing;
  const again = (next: Node | undefined): Found => (next ? configsOf(next, module, depth + 1) : nothing);
  switch (node.type) {
    case 'list':
      return joined(namedKids(node).map((one) => (one.type === 'list_splat' ? again(namedKids(one)[0]) : again(one))));
    case 'list_comprehension':
      return comprehension(node, module);
    case 'identifier':
      return again(module.assigned.get(textOf(node, module.source)));
    case 'binary_operator':
      return joined([again(fieldOf(node, 'left')), again(fieldOf(node, 'right'))]);
    case 'parenthesized_expression':
      return again(namedKids(node)[0]);
    case 'call': {
      const config = configOf(node, module, module.scope);
      if (config) return { configs: [config], isComplete: true };
      const callee = fieldOf(node, 'function');
      const list = fieldOf(node, 'arguments');
      const helper = callee && module.functions.get(textOf(callee, module.source));
      // What depends on arguments is not followed.
      return helper && (!list || namedKids(list).length === 0) ? again(returned(helper)) : nothing;
    }
    default:
      return nothing;
  }
}
