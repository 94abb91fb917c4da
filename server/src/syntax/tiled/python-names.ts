/** Names around a tile kernel in Python: what the functions around it set, the defaults of their parameters, and what calls give them. */
import type { Expression } from '../../core/kernels/expression.ts';
import { fieldOf, type Node, namedKids } from '../python/tree.ts';
import { textOf, toExpression } from '../triton/expressions.ts';
import { constantOf, namesOf } from '../triton/names.ts';

export interface Around {
  /** Nodes, so that shapes behind a name can be opened. */
  readonly assigned: ReadonlyMap<string, Node>;
  readonly constants: ReadonlyMap<string, Expression>;
}

export function argumentsOf(call: Node): readonly Node[] {
  const list = fieldOf(call, 'arguments');
  return list ? namedKids(list) : [];
}

export function namedArgument(call: Node, name: string, source: string): Node | undefined {
  const found = argumentsOf(call).find((one) => one.type === 'keyword_argument' && textOf(fieldOf(one, 'name') ?? one, source) === name);
  return found && fieldOf(found, 'value');
}

export function positional(call: Node): readonly Node[] {
  return argumentsOf(call).filter(({ type }) => type !== 'keyword_argument');
}

export function calleeOf(node: Node, source: string): string {
  const callee = node.type === 'call' ? fieldOf(node, 'function') : undefined;
  return callee ? textOf(callee, source) : '';
}

interface Parameter {
  readonly name: string;
  readonly fallback?: Node;
}

function parametersOf(definition: Node, source: string): readonly Parameter[] {
  const list = fieldOf(definition, 'parameters');
  return (list ? namedKids(list) : []).flatMap((node) => {
    const name = node.type === 'identifier' ? node : (fieldOf(node, 'name') ?? namedKids(node).find(({ type }) => type === 'identifier'));
    const fallback = fieldOf(node, 'value');
    return name ? [{ name: textOf(name, source), ...(fallback ? { fallback } : {}) }] : [];
  });
}

/** Literals that calls of a function give its parameters; a parameter that calls give different values has none. */
function givenBy(calls: readonly Node[], parameters: readonly Parameter[], source: string): ReadonlyMap<string, Node> {
  const found = new Map<string, Node>();
  const differing = new Set<string>();
  const give = (name: string | undefined, value: Node | undefined): void => {
    if (name === undefined || !value) return;
    const before = found.get(name);
    if (before && textOf(before, source) !== textOf(value, source)) differing.add(name);
    found.set(name, value);
  };
  for (const call of calls) {
    for (const [index, value] of positional(call).entries()) give(parameters[index]?.name, isLiteral(value) ? value : undefined);
    for (const argument of argumentsOf(call)) {
      const [name, value] = argument.type === 'keyword_argument' ? [fieldOf(argument, 'name'), fieldOf(argument, 'value')] : [];
      if (name && value && isLiteral(value)) give(textOf(name, source), value);
    }
  }
  for (const name of differing) found.delete(name);
  return found;
}

const isLiteral = ({ type }: Node): boolean => ['integer', 'float', 'string', 'attribute', 'true', 'false', 'tuple', 'list'].includes(type);

/** Calls by the name of what is called; `f.compile(...)` takes the arguments of `f`. */
export function callsByName(root: Node, source: string): ReadonlyMap<string, readonly Node[]> {
  const found = new Map<string, Node[]>();
  const visit = (node: Node): void => {
    const name = calleeOf(node, source).replace(/\.compile$/, '');
    if (/^\w+$/.test(name)) found.set(name, [...(found.get(name) ?? []), node]);
    for (const kid of node.kids) visit(kid);
  };
  visit(root);
  return found;
}

/** `assert in_dtype in [T.float8]`: one thing only may stand in that name. */
function asserted(body: Node, source: string): readonly (readonly [string, Node])[] {
  return body.kids.flatMap((statement) => {
    const test = statement.type === 'assert_statement' ? namedKids(statement)[0] : undefined;
    if (test?.type !== 'comparison_operator') return [];
    const [name, list] = namedKids(test);
    const [only, ...others] = list?.type === 'list' || list?.type === 'tuple' ? namedKids(list) : [];
    const isIn = name && list && /^\s*in\s*$/.test(source.slice(name.end, list.start));
    return isIn && name.type === 'identifier' && only && others.length === 0 ? [[textOf(name, source), only] as const] : [];
  });
}

/** What a function adds to the names around it. */
export function inside(outer: Around, definition: Node, calls: ReadonlyMap<string, readonly Node[]>, source: string): Around {
  const name = fieldOf(definition, 'name');
  const body = fieldOf(definition, 'body');
  const parameters = parametersOf(definition, source);
  const given = givenBy((name && calls.get(textOf(name, source))) ?? [], parameters, source);
  const own = new Map<string, Node>();
  for (const { name: parameter, fallback } of parameters) {
    const value = given.get(parameter) ?? fallback;
    if (value) own.set(parameter, value);
  }
  if (body) {
    for (const [known, value] of asserted(body, source)) own.set(known, value);
    for (const [known, value] of namesOf(body, source).assigned) own.set(known, value);
  }
  // A parameter without a value hides the name outside.
  const hidden = new Set(parameters.map((parameter) => parameter.name).filter((parameter) => !own.has(parameter)));
  const assigned = new Map([...[...outer.assigned].filter(([known]) => !hidden.has(known)), ...own]);
  return { assigned, constants: new Map([...assigned].map(([known, node]) => [known, constantOf(node, source)])) };
}

export function moduleNames(root: Node, source: string): Around {
  const { assigned, constants } = namesOf(root, source);
  return { assigned, constants };
}

/** The factors of a list or tuple, also behind a name; one factor alone is a list of one. */
export function factorsOf(node: Node | undefined, around: Around, source: string, depth = 0): readonly Expression[] | undefined {
  if (!node || depth > 8) return undefined;
  if (node.type === 'identifier') {
    const behind = around.assigned.get(textOf(node, source));
    return behind && ['list', 'tuple', 'identifier', 'parenthesized_expression', 'binary_operator'].includes(behind.type)
      ? factorsOf(behind, around, source, depth + 1)
      : [toExpression(node, source)];
  }
  if (node.type === 'parenthesized_expression') return factorsOf(namedKids(node)[0], around, source, depth + 1);
  // [2] + shape
  if (node.type === 'binary_operator') {
    const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
    const isSum = left && right && source.slice(left.end, right.start).trim() === '+';
    const isList = (part: Node): boolean => {
      const opened = part.type === 'identifier' ? (around.assigned.get(textOf(part, source)) ?? part) : part;
      return opened.type === 'list' || opened.type === 'tuple';
    };
    if (isSum && isList(left) && isList(right)) {
      const [a, b] = [factorsOf(left, around, source, depth + 1), factorsOf(right, around, source, depth + 1)];
      return a && b && [...a, ...b];
    }
    return [toExpression(node, source)];
  }
  if (node.type !== 'list' && node.type !== 'tuple') return [toExpression(node, source)];
  const parts = namedKids(node);
  return parts.some(({ type }) => type === 'list_splat') ? undefined : parts.map((part) => toExpression(part, source));
}
