/**
 * Arithmetic as it stands in kernel code and on the way to its launch, kept as written so that it can be shown in the
 * code's own names, and worked out where every name has a value.
 */

export type Expression = { readonly text: string } & (
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'conditional'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'call'; readonly callee: string; readonly values: readonly Expression[] }
  | { readonly kind: 'sizeof'; readonly type: string }
  /** Anything that is no arithmetic. */
  | { readonly kind: 'other' }
);

/** A macro or function whose body is one expression of its parameters. */
export interface ExpressionFunction {
  readonly parameters: readonly string[];
  readonly body: Expression;
}

/** What names stand for where an expression is worked out. */
export interface Scope {
  readonly lookUp: (name: string) => Expression | number | undefined;
  readonly functionOf: (name: string) => ExpressionFunction | undefined;
  /** Bytes of a type. */
  readonly sizeOf: (type: string) => number | undefined;
}

/** Deeper nesting is no arithmetic anyone wrote; it also ends names that are defined by each other. */
const deepest = 40;

const binary: { readonly [operator: string]: ((left: number, right: number) => number) | undefined } = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  // C divides whole numbers to a whole number; kernel sizes are whole.
  '/': (a, b) => (b === 0 ? Number.NaN : Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(a / b) : a / b),
  '//': (a, b) => (b === 0 ? Number.NaN : Math.floor(a / b)),
  '%': (a, b) => (b === 0 ? Number.NaN : a % b),
  '**': (a, b) => a ** b,
  '<<': (a, b) => a * 2 ** b,
  '>>': (a, b) => Math.floor(a / 2 ** b),
  '&': (a, b) => Number(BigInt(Math.trunc(a)) & BigInt(Math.trunc(b))),
  '|': (a, b) => Number(BigInt(Math.trunc(a)) | BigInt(Math.trunc(b))),
  '^': (a, b) => Number(BigInt(Math.trunc(a)) ^ BigInt(Math.trunc(b))),
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '||': (a, b) => Number(a !== 0 || b !== 0),
};

const unary: { readonly [operator: string]: ((value: number) => number) | undefined } = {
  '-': (a) => -a,
  '+': (a) => a,
  '!': (a) => Number(a === 0),
  '~': (a) => -a - 1,
};

const ceilingDivision = ([a, b]: readonly number[]): number => (a === undefined || !b ? Number.NaN : Math.ceil(a / b));
const roundedUp = ([a, b]: readonly number[]): number => (a === undefined || !b ? Number.NaN : Math.ceil(a / b) * b);
const nextPowerOf2 = ([a]: readonly number[]): number => (a === undefined || a < 1 ? 1 : 2 ** Math.ceil(Math.log2(a)));

/** Functions whose meaning their names tell, by the last part of the name in small letters. */
const known: { readonly [name: string]: ((values: readonly number[]) => number) | undefined } = {
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  ceil: ([a = Number.NaN]) => Math.ceil(a),
  floor: ([a = Number.NaN]) => Math.floor(a),
  cdiv: ceilingDivision,
  ceildiv: ceilingDivision,
  ceil_div: ceilingDivision,
  div_up: ceilingDivision,
  divup: ceilingDivision,
  div_ceil: ceilingDivision,
  divceil: ceilingDivision,
  round_up: roundedUp,
  roundup: roundedUp,
  next_power_of_2: nextPowerOf2,
  next_power_of_two: nextPowerOf2,
};

function call({ callee, values }: Extract<Expression, { kind: 'call' }>, scope: Scope, depth: number): number | undefined {
  const worked = values.map((value) => work(value, scope, depth + 1));
  const own = scope.functionOf(callee);
  if (own) {
    const given = new Map(own.parameters.map((name, index) => [name, worked[index]]));
    const lookUp = (name: string) => (given.has(name) ? given.get(name) : scope.lookUp(name));
    return work(own.body, { ...scope, lookUp }, depth + 1);
  }
  const meant = known[(/[\w$]+$/.exec(callee)?.[0] ?? '').toLowerCase()];
  const all = worked.flatMap((value) => value ?? []);
  return meant && all.length === values.length && all.length > 0 ? meant(all) : undefined;
}

function work(expression: Expression, scope: Scope, depth: number): number | undefined {
  if (depth > deepest) return undefined;
  const part = (inner: Expression): number | undefined => work(inner, scope, depth + 1);
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'name': {
      const value = scope.lookUp(expression.name);
      return typeof value === 'object' ? part(value) : value;
    }
    case 'unary': {
      const value = part(expression.operand);
      return value === undefined ? undefined : unary[expression.operator]?.(value);
    }
    case 'binary': {
      const [left, right] = [part(expression.left), part(expression.right)];
      return left === undefined || right === undefined ? undefined : binary[expression.operator]?.(left, right);
    }
    case 'conditional': {
      const test = part(expression.test);
      return test === undefined ? undefined : part(test === 0 ? expression.no : expression.yes);
    }
    case 'call':
      return call(expression, scope, depth);
    case 'sizeof':
      return scope.sizeOf(expression.type);
    case 'other':
      return undefined;
  }
}

/** The value of an expression, or undefined where a name in it has none. Never throws. */
export function evaluate(expression: Expression, scope: Scope): number | undefined {
  const value = work(expression, scope, 0);
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}

/** The parts of an expression that are expressions. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'conditional':
      return [expression.test, expression.yes, expression.no];
    case 'call':
      return expression.values;
    default:
      return [];
  }
}

/** The names that keep an expression from being worked out, each once, in the order they are met. */
export function unknownNames(expression: Expression, scope: Scope): readonly string[] {
  const found = new Set<string>();
  const visit = (part: Expression, depth: number): void => {
    if (depth > deepest || evaluate(part, scope) !== undefined) return;
    if (part.kind === 'name') {
      const value = scope.lookUp(part.name);
      if (typeof value === 'object' && value.kind !== 'other') visit(value, depth + 1);
      else found.add(part.name);
    } else if (part.kind === 'other' || part.kind === 'sizeof') found.add(part.text);
    else if (partsOf(part).length === 0) found.add(part.text);
    else for (const inner of partsOf(part)) visit(inner, depth + 1);
  };
  visit(expression, 0);
  return [...found];
}
