/** Expressions of kernel code as counts: names that the code defines are followed, the others stay as names. */
import { type Expression, evaluate, type Scope } from '../expression.ts';
import {
  constant,
  difference,
  namesOf,
  numberIn,
  type Polynomial,
  product,
  quotient,
  scaled,
  substituted,
  sum,
  symbol,
} from './polynomial.ts';

/** Deeper nesting is no arithmetic anyone wrote; it also ends names that are defined by each other. */
const deepest = 24;

const lastPart = (callee: string): string => (/[\w$]+$/.exec(callee)?.[0] ?? '').toLowerCase();
const divisions = /^(?:ceil_?div|cdiv|div_?up|div_?ceil|divup)$/;

export interface SymbolicScope {
  readonly scope: Scope;
  /** A name that stands for itself: a parameter, a place in the grid, the variable of a loop. */
  readonly isFree: (name: string) => boolean;
}

function called({ callee, values, text }: Extract<Expression, { kind: 'call' }>, of: SymbolicScope, depth: number): Polynomial | undefined {
  const parts = values.map((value) => countOf(value, of, depth + 1));
  const own = of.scope.functionOf(callee);
  if (own && own.parameters.length === parts.length) {
    const given = new Map(own.parameters.map((name, at) => [`${name}`, parts[at]]));
    // The parameters of the macro hide names of the kernel while its body is read.
    const body = countOf(own.body, { scope: { ...of.scope, lookUp: () => undefined }, isFree: () => true }, depth + 1);
    return body && [...given.values()].every((part) => part !== undefined) ? substituted(body, (name) => given.get(name)) : undefined;
  }
  const [first, second] = parts;
  if (divisions.test(lastPart(callee)) && first && second) return quotient(first, second);
  if (lastPart(callee) === 'ceil' || lastPart(callee) === 'floor') return first;
  if (/^(?:min|max)$/.test(lastPart(callee))) {
    const known = parts.map((part) => part && numberIn(part));
    if (known.every((value) => value !== undefined))
      return constant(lastPart(callee) === 'min' ? Math.min(...known.map(Number)) : Math.max(...known.map(Number)));
  }
  return symbol(text.replace(/\s+/g, ' '));
}

function named(name: string, of: SymbolicScope, depth: number): Polynomial | undefined {
  if (of.isFree(name)) return symbol(name);
  const value = of.scope.lookUp(name);
  if (typeof value === 'number') return constant(value);
  return value === undefined ? symbol(name) : value.kind === 'other' ? undefined : countOf(value, of, depth + 1);
}

/** What is made of a place in the grid keeps its name, so that it is known for one. */
function placeText(count: Polynomial, rest: string): string | undefined {
  const places = [...namesOf(count)].filter((name) => /(?:thread|block)Idx/.test(name));
  return places.length === 0 ? undefined : `${places.join(' and ')} ${rest}`;
}

function binary(
  { operator, left, right, text }: Extract<Expression, { kind: 'binary' }>,
  of: SymbolicScope,
  depth: number,
): Polynomial | undefined {
  const [a, b] = [countOf(left, of, depth + 1), countOf(right, of, depth + 1)];
  if (!a || !b) return undefined;
  switch (operator) {
    case '+':
      return sum(a, b);
    case '-':
      return difference(a, b);
    case '*':
      return product(a, b);
    case '/':
    case '//':
      return quotient(a, b) ?? symbol(placeText(a, `/ ${right.text}`) ?? text);
    case '<<': {
      const by = numberIn(b);
      return by === undefined ? symbol(text) : scaled(a, 2 ** by);
    }
    case '>>': {
      const by = numberIn(b);
      return by === undefined ? symbol(text) : scaled(a, 1 / 2 ** by);
    }
    default:
      return symbol(placeText(a, `${operator} ${right.text}`) ?? text);
  }
}

/** @returns undefined where something in it is no arithmetic. */
export function countOf(expression: Expression, of: SymbolicScope, depth = 0): Polynomial | undefined {
  if (depth > deepest) return undefined;
  if (expression.kind !== 'name') {
    const value = evaluate(expression, { ...of.scope, lookUp: (name) => (of.isFree(name) ? undefined : of.scope.lookUp(name)) });
    if (value !== undefined) return constant(value);
  }
  switch (expression.kind) {
    case 'number':
      return constant(expression.value);
    case 'name':
      return named(expression.name, of, depth);
    case 'unary': {
      const operand = countOf(expression.operand, of, depth + 1);
      return operand && expression.operator === '-' ? scaled(operand, -1) : expression.operator === '+' ? operand : undefined;
    }
    case 'binary':
      return binary(expression, of, depth);
    case 'call':
      return called(expression, of, depth);
    case 'conditional':
    case 'sizeof':
    case 'other':
      return undefined;
  }
}
