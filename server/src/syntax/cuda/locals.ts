/** Names with one value inside a function, as far as they are in force at a place in it. */

import type { Definitions } from '../../core/kernels/declarations.ts';
import type { Expression } from '../../core/kernels/expression.ts';
import { toExpression } from './expressions.ts';
import { fieldOf, fieldsOf, type Node, namedKids, textOf, walk } from './tree.ts';

/** What a local stands for: the node, so that launches can look for factors and kernels in it. */
export type Locals = ReadonlyMap<string, Node>;

/** The names whose addresses a call is given. */
function addressed(call: Node, source: string): readonly string[] {
  const list = call.type === 'call_expression' ? fieldOf(call, 'arguments') : undefined;
  return (list ? namedKids(list) : []).flatMap((value) => {
    const argument = value.type === 'pointer_expression' && source[value.start] === '&' ? fieldOf(value, 'argument') : undefined;
    return argument?.type === 'identifier' ? [textOf(argument, source)] : [];
  });
}

/** Names that are set or counted after they are declared, or that a call may set: their first value says nothing. */
export function reassigned(body: Node, source: string): ReadonlySet<string> {
  const names = new Set<string>();
  walk(body, (node) => {
    for (const name of addressed(node, source)) names.add(name);
    const target =
      node.type === 'assignment_expression'
        ? fieldOf(node, 'left')
        : node.type === 'update_expression'
          ? fieldOf(node, 'argument')
          : undefined;
    if (target?.type === 'identifier') names.add(textOf(target, source));
    if (target?.type === 'field_expression') names.add(textOf(fieldOf(target, 'argument') ?? target, source));
    return undefined;
  });
  return names;
}

/** Name and value of everything a declaration gives one. `dim3 block(BX, BY)` reads like a function and is none. */
export function declared(declaration: Node, source: string): readonly (readonly [string, Node])[] {
  const type = fieldOf(declaration, 'type');
  const isFactors = type !== undefined && /^(?:const\s+)?dim3$/.test(textOf(type, source));
  return fieldsOf(declaration, 'declarator').flatMap((declarator) => {
    if (declarator.type === 'init_declarator') {
      const name = fieldOf(declarator, 'declarator');
      const value = fieldOf(declarator, 'value');
      return name?.type === 'identifier' && value ? [[textOf(name, source), value] as const] : [];
    }
    if (isFactors && declarator.type === 'function_declarator') {
      const name = fieldOf(declarator, 'declarator');
      const list = fieldOf(declarator, 'parameters');
      return name && list ? [[textOf(name, source), list] as const] : [];
    }
    return [];
  });
}

export function definitionsOf(locals: Locals, source: string): Definitions {
  return new Map([...locals].map(([name, node]): [string, Expression] => [name, toExpression(node, source)]));
}

/** Every local of a function that is declared once with a value and never changed. */
export function constantLocals(body: Node, source: string): Locals {
  const changed = reassigned(body, source);
  const found = new Map<string, Node>();
  const twice = new Set<string>();
  walk(body, (node) => {
    if (node.type !== 'declaration') return undefined;
    for (const [name, value] of declared(node, source)) {
      const before = found.get(name);
      if (before && textOf(before, source) !== textOf(value, source)) twice.add(name);
      found.set(name, value);
    }
    return undefined;
  });
  for (const name of [...changed, ...twice]) found.delete(name);
  return found;
}

/** One to three factors of a grid or block: `dim3(a, b)`, a `dim3` by name, a plain number. */
export function factorsOf(node: Node, locals: Locals, source: string, depth = 0): readonly Expression[] {
  if (depth > 4) return [toExpression(node, source)];
  if (node.type === 'identifier') {
    const value = locals.get(textOf(node, source));
    return value && value !== node && isFactorList(value, source)
      ? factorsOf(value, locals, source, depth + 1)
      : [toExpression(node, source)];
  }
  if (node.type === 'argument_list' || node.type === 'initializer_list') return namedKids(node).map((part) => toExpression(part, source));
  if (node.type === 'parameter_list') {
    return namedKids(node).map((part) => declaredFactor(part, source));
  }
  const list = listOf(node, source);
  return list ? namedKids(list).map((part) => toExpression(part, source)) : [toExpression(node, source)];
}

/** `CEIL_DIV(M, BM)` among names only reads like the declaration of a function; it is the call all the same. */
function declaredFactor(part: Node, source: string): Expression {
  const text = textOf(part, source).trim();
  const [callee, declarator] = [fieldOf(part, 'type'), fieldOf(part, 'declarator')];
  const list = declarator && /function_declarator$/.test(declarator.type) ? fieldOf(declarator, 'parameters') : undefined;
  if (!callee || !list) return { kind: 'name', name: text, text };
  return { kind: 'call', callee: textOf(callee, source), values: namedKids(list).map((inner) => declaredFactor(inner, source)), text };
}

/** The list of `dim3(a, b)` or `dim3{a, b}`. */
function listOf(node: Node, source: string): Node | undefined {
  const named = fieldOf(node, 'function') ?? fieldOf(node, 'type');
  if (!named || !/\bdim3$/.test(textOf(named, source))) return undefined;
  return fieldOf(node, 'arguments') ?? fieldOf(node, 'value');
}

const isFactorList = (node: Node, source: string): boolean =>
  ['argument_list', 'initializer_list', 'parameter_list', 'identifier'].includes(node.type) || listOf(node, source) !== undefined;
