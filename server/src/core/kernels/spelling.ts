/** Expressions spelt out for people: names that stand for one number as that number, all others as the code has them. */
import { type Expression, evaluate, type Scope } from './expression.ts';

/** How tightly operators bind; C and Python agree on those that sizes are made of. */
const binding: { readonly [operator: string]: number | undefined } = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '<=': 7,
  '>': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '//': 10,
  '%': 10,
  '**': 11,
};
const tightest = 12;
const deepest = 40;

function spell(expression: Expression, scope: Scope, around: number, depth: number): string {
  if (depth > deepest) return expression.text;
  const inner = (part: Expression, from: number): string => spell(part, scope, from, depth + 1);
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'name': {
      const value = evaluate(expression, scope);
      return value === undefined ? expression.text : String(value);
    }
    case 'unary':
      return `${expression.operator}${inner(expression.operand, tightest)}`;
    case 'binary': {
      const own = binding[expression.operator] ?? 0;
      const space = own >= 10 ? '' : ' ';
      const text = `${inner(expression.left, own)}${space}${expression.operator}${space}${inner(expression.right, own + 1)}`;
      return own < around ? `(${text})` : text;
    }
    case 'conditional':
      return expression.text;
    case 'call':
      return `${expression.callee}(${expression.values.map((value) => inner(value, 0)).join(', ')})`;
    default:
      return expression.text;
  }
}

/** A name alone is opened to what it stands for; deeper names stay, so that the text is the formula of the code. */
export function spelt(expression: Expression, scope: Scope): string {
  let opened = expression;
  for (let depth = 0; opened.kind === 'name' && depth < deepest; depth++) {
    const value = scope.lookUp(opened.name);
    if (typeof value !== 'object' || value.kind === 'other' || value === opened) break;
    opened = value;
  }
  return spell(opened, scope, 0, 0);
}

/** `(32, 8)`, or the one factor alone; names among the factors stay. */
export function speltFactors(factors: readonly Expression[], scope: Scope): string {
  const texts = factors.map((factor) => spell(factor, scope, 0, 0));
  return texts.length === 1 ? (texts[0] ?? '') : `(${texts.join(', ')})`;
}

/** `(BM*BK + BK*BN) floats`: arrays of one type added up, equal ones counted. Undefined without arrays. */
export function speltArrays(
  arrays: readonly { readonly type: string; readonly dimensions: readonly Expression[] }[],
  scope: Scope,
): string | undefined {
  const byType = new Map<string, Map<string, number>>();
  for (const { type, dimensions } of arrays) {
    const term = dimensions.length === 0 ? '1' : dimensions.map((one) => spell(one, scope, dimensions.length > 1 ? 10 : 9, 0)).join('*');
    const terms = byType.get(type) ?? new Map<string, number>();
    terms.set(term, (terms.get(term) ?? 0) + 1);
    byType.set(type, terms);
  }
  const parts = [...byType].map(([type, terms]) => {
    const sum = [...terms].map(([term, count]) => (count === 1 ? term : `${count}*${term}`));
    return `${sum.length === 1 ? sum[0] : `(${sum.join(' + ')})`} ${type}s`;
  });
  return parts.length === 0 ? undefined : parts.join(' + ');
}
