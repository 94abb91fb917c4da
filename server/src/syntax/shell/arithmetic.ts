/**
 * Shell arithmetic on text whose `$` expansions are already done, as bash itself does it. Integers only; anything that
 * does not fit exactly in a double, divides by zero or is no valid expression is unknown.
 */

/** What the expression may touch: the text of a variable (undefined when unknown), and assignments such as `i++`. */
export interface ArithmeticScope {
  readonly read: (name: string) => string | undefined;
  readonly write: (name: string, value: string) => void;
}

interface Cursor {
  readonly text: string;
  at: number;
  depth: number;
  readonly scope: ArithmeticScope;
}

class Unknown extends Error {}

const maxDepth = 40;
const tokenPattern =
  /\s*(\d+#[0-9a-zA-Z]+|0[xX][0-9a-fA-F]+|\d+(?![\w.])|[A-Za-z_]\w*|\*\*|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|[-+*/%&|^]=|[-+*/%<>=!~&|^?:(),])/y;

const precedence = new Map<string, number>([
  [',', 1],
  ['||', 4],
  ['&&', 5],
  ['|', 6],
  ['^', 7],
  ['&', 8],
  ['==', 9],
  ['!=', 9],
  ['<', 10],
  ['>', 10],
  ['<=', 10],
  ['>=', 10],
  ['<<', 11],
  ['>>', 11],
  ['+', 12],
  ['-', 12],
  ['*', 13],
  ['/', 13],
  ['%', 13],
  ['**', 15],
]);
const unaryPrecedence = 14;
const assignments = new Set(['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>=']);

function next(cursor: Cursor): string {
  tokenPattern.lastIndex = cursor.at;
  const match = tokenPattern.exec(cursor.text);
  if (!match) {
    if (cursor.text.slice(cursor.at).trim() === '') return '';
    throw new Unknown();
  }
  cursor.at = tokenPattern.lastIndex;
  return match[1] ?? '';
}

function peek(cursor: Cursor): string {
  const { at } = cursor;
  const token = next(cursor);
  cursor.at = at;
  return token;
}

function checked(value: number): number {
  if (!Number.isSafeInteger(value)) throw new Unknown();
  return value === 0 ? 0 : value;
}

function number(token: string): number {
  const based = /^(\d+)#(\w+)$/.exec(token);
  if (based) return checked(Number.parseInt(based[2] ?? '', Number(based[1])));
  if (/^0\d/.test(token)) {
    if (/[89]/.test(token)) throw new Unknown();
    return checked(Number.parseInt(token, 8));
  }
  return checked(Number(token));
}

const flag = (value: boolean): number => (value ? 1 : 0);

function divide(left: number, right: number, wantRemainder: boolean): number {
  if (right === 0) throw new Unknown();
  return wantRemainder ? left % right : Math.trunc(left / right);
}

/** Bits beyond 32 cannot be handled by JavaScript's operators, so such values are unknown. */
function bits(left: number, right: number, work: (a: number, b: number) => number): number {
  if (left !== (left | 0) || right !== (right | 0)) throw new Unknown();
  return work(left, right);
}

const operators = new Map<string, (left: number, right: number) => number>([
  [',', (_left, right) => right],
  ['||', (left, right) => flag(left !== 0 || right !== 0)],
  ['&&', (left, right) => flag(left !== 0 && right !== 0)],
  ['|', (left, right) => bits(left, right, (a, b) => a | b)],
  ['^', (left, right) => bits(left, right, (a, b) => a ^ b)],
  ['&', (left, right) => bits(left, right, (a, b) => a & b)],
  ['==', (left, right) => flag(left === right)],
  ['!=', (left, right) => flag(left !== right)],
  ['<', (left, right) => flag(left < right)],
  ['>', (left, right) => flag(left > right)],
  ['<=', (left, right) => flag(left <= right)],
  ['>=', (left, right) => flag(left >= right)],
  ['<<', (left, right) => left * 2 ** right],
  ['>>', (left, right) => Math.floor(left / 2 ** right)],
  ['+', (left, right) => left + right],
  ['-', (left, right) => left - right],
  ['*', (left, right) => left * right],
  ['/', (left, right) => divide(left, right, false)],
  ['%', (left, right) => divide(left, right, true)],
  ['**', (left, right) => (right < 0 ? Number.NaN : left ** right)],
]);

function apply(operator: string, left: number, right: number): number {
  const work = operators.get(operator);
  if (!work) throw new Unknown();
  return checked(work(left, right));
}

function numberIn(name: string, cursor: Cursor): number {
  const text = cursor.scope.read(name);
  if (text === undefined) throw new Unknown();
  return evaluate({ text, at: 0, depth: cursor.depth + 1, scope: cursor.scope });
}

/** A variable, with the assignment or increment that may follow it. */
function variable(name: string, cursor: Cursor): number {
  const after = peek(cursor);
  if (after === '++' || after === '--') {
    next(cursor);
    const before = numberIn(name, cursor);
    cursor.scope.write(name, String(before + (after === '++' ? 1 : -1)));
    return before;
  }
  if (!assignments.has(after)) return numberIn(name, cursor);
  next(cursor);
  const right = ternary(cursor);
  const result = after === '=' ? right : apply(after.slice(0, -1), numberIn(name, cursor), right);
  cursor.scope.write(name, String(result));
  return result;
}

function operand(cursor: Cursor): number {
  if (++cursor.depth > maxDepth) throw new Unknown();
  try {
    const token = next(cursor);
    if (token === '(') {
      const inner = ternary(cursor, 1);
      if (next(cursor) !== ')') throw new Unknown();
      return inner;
    }
    if (token === '-') return checked(-binary(cursor, unaryPrecedence));
    if (token === '+') return binary(cursor, unaryPrecedence);
    if (token === '!') return flag(binary(cursor, unaryPrecedence) === 0);
    if (token === '~') return bits(binary(cursor, unaryPrecedence), 0, (value) => ~value);
    if (token === '++' || token === '--') {
      const name = next(cursor);
      const result = numberIn(name, cursor) + (token === '++' ? 1 : -1);
      cursor.scope.write(name, String(result));
      return result;
    }
    if (/^[A-Za-z_]/.test(token)) return variable(token, cursor);
    if (/^\d/.test(token)) return number(token);
    throw new Unknown();
  } finally {
    cursor.depth--;
  }
}

function binary(cursor: Cursor, least: number): number {
  let left = operand(cursor);
  for (;;) {
    const operator = peek(cursor);
    const strength = precedence.get(operator);
    if (strength === undefined || strength < least) return left;
    next(cursor);
    // `**` is the only operator that binds to the right.
    left = apply(operator, left, binary(cursor, operator === '**' ? strength : strength + 1));
  }
}

function ternary(cursor: Cursor, least = 2): number {
  const condition = binary(cursor, least);
  if (peek(cursor) !== '?') return condition;
  next(cursor);
  const yes = ternary(cursor);
  if (next(cursor) !== ':') throw new Unknown();
  const no = ternary(cursor);
  return condition !== 0 ? yes : no;
}

function evaluate(cursor: Cursor): number {
  if (cursor.depth > maxDepth) throw new Unknown();
  if (cursor.text.trim() === '') return 0;
  const result = ternary(cursor, 1);
  if (peek(cursor) !== '') throw new Unknown();
  return result;
}

/** The value of an expression, or undefined when it cannot be known. */
export function evaluateArithmetic(text: string, scope: ArithmeticScope): number | undefined {
  try {
    return evaluate({ text, at: 0, depth: 0, scope });
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}
