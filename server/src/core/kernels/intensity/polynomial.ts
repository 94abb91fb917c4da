/**
 * Counts in the kernel's own names: sums of products of names, each to a whole power, which may be negative. What is
 * divided stays a fraction, so that tiles cancel: (M / 128) blocks of 128 rows are M rows. Tails of the last tile are
 * ignored by that, and whoever shows such a count says so.
 */

export interface Monomial {
  readonly factor: number;
  /** Names with their powers, none of them 0, sorted by name. */
  readonly powers: readonly (readonly [string, number])[];
}

/** No two monomials have the same powers, and no factor is 0. */
export type Polynomial = readonly Monomial[];

const keyOf = ({ powers }: Monomial): string => powers.map(([name, power]) => `${name}^${power}`).join(' ');

function collected(terms: readonly Monomial[]): Polynomial {
  const sums = new Map<string, Monomial>();
  for (const term of terms) {
    const key = keyOf(term);
    const before = sums.get(key);
    sums.set(key, before ? { ...before, factor: before.factor + term.factor } : term);
  }
  return [...sums.values()].filter(({ factor }) => Math.abs(factor) > 1e-12);
}

export const constant = (value: number): Polynomial => (value === 0 ? [] : [{ factor: value, powers: [] }]);
export const symbol = (name: string): Polynomial => [{ factor: 1, powers: [[name, 1]] }];
export const one = constant(1);
export const zero: Polynomial = [];

export const sum = (...parts: readonly Polynomial[]): Polynomial => collected(parts.flat());
export const scaled = (part: Polynomial, factor: number): Polynomial =>
  factor === 0 ? zero : part.map((term) => ({ ...term, factor: term.factor * factor }));
export const difference = (left: Polynomial, right: Polynomial): Polynomial => sum(left, scaled(right, -1));

function productOfTwo(left: Monomial, right: Monomial): Monomial {
  const powers = new Map(left.powers);
  for (const [name, power] of right.powers) powers.set(name, (powers.get(name) ?? 0) + power);
  const kept = [...powers].filter(([, power]) => power !== 0).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return { factor: left.factor * right.factor, powers: kept };
}

export function product(...parts: readonly Polynomial[]): Polynomial {
  return parts.reduce((all, part) => collected(all.flatMap((left) => part.map((right) => productOfTwo(left, right)))), one);
}

/** The value of a count without names. */
export function numberIn(count: Polynomial): number | undefined {
  if (count.length === 0) return 0;
  const [only] = count;
  return count.length === 1 && only?.powers.length === 0 ? only.factor : undefined;
}

/** How large a count is where every size is some thousands. */
const weight = (count: Polynomial): number =>
  count.reduce((most, { factor, powers }) => Math.max(most, factor * 1e4 ** powers.reduce((all, [, power]) => all + power, 0)), 0);

/** The sum of the largest count of each name. */
export function onceEach(counts: readonly (readonly [string, Polynomial])[]): Polynomial {
  const most = new Map<string, Polynomial>();
  for (const [name, count] of counts) if (weight(count) > weight(most.get(name) ?? zero)) most.set(name, count);
  return sum(...most.values());
}

/** One over a product; undefined of a sum. */
export function inverse(count: Polynomial): Polynomial | undefined {
  const [only] = count;
  if (count.length !== 1 || !only) return undefined;
  return [{ factor: 1 / only.factor, powers: only.powers.map(([name, power]) => [name, -power] as const) }];
}

/** The rounding up that stands before a division: `+ b - 1` over b, `+ 255` over 256. */
function withoutRounding(count: Polynomial, divisor: Polynomial): Polynomial {
  const own = numberIn(divisor);
  const rounded = own === undefined ? difference(divisor, one) : constant(own - 1);
  const rest = difference(count, rounded);
  return rest.length > 0 && rest.length < count.length ? rest : count;
}

/** @returns undefined where the divisor is a sum. */
export function quotient(count: Polynomial, divisor: Polynomial): Polynomial | undefined {
  const below = inverse(divisor);
  return below && product(withoutRounding(count, divisor), below);
}

export function namesOf(count: Polynomial): ReadonlySet<string> {
  return new Set(count.flatMap(({ powers }) => powers.map(([name]) => name)));
}

/** The count with some names put in; those without a value stay, and so do sums that stand below. */
export function substituted(count: Polynomial, valueFor: (name: string) => Polynomial | undefined): Polynomial {
  const power = (name: string, exponent: number): Polynomial => {
    const value = valueFor(name);
    const base = value && (exponent < 0 ? inverse(value) : value);
    return base ? product(...Array.from({ length: Math.abs(exponent) }, () => base)) : [{ factor: 1, powers: [[name, exponent]] }];
  };
  return sum(...count.map(({ factor, powers }) => product(constant(factor), ...powers.map(([name, exponent]) => power(name, exponent)))));
}

/** The number behind a count; undefined while a name of it has none. */
export function evaluated(count: Polynomial, valueFor: (name: string) => number | undefined): number | undefined {
  let all = 0;
  for (const { factor, powers } of count) {
    let term = factor;
    for (const [name, power] of powers) {
      const value = valueFor(name);
      if (value === undefined) return undefined;
      term *= value ** power;
    }
    all += term;
  }
  return all;
}

const digits = (value: number): string => String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));

function termText({ factor, powers }: Monomial): string {
  const above: string[] = [];
  const below: string[] = [];
  const spelt = (name: string): string => (/[^\w.]/.test(name) && !/^\w+\(.*\)$/.test(name) ? `(${name})` : name);
  for (const [name, power] of powers) {
    for (let times = 0; times < Math.abs(power); times++) (power > 0 ? above : below).push(spelt(name));
  }
  const isFraction = Math.abs(factor) < 1 && Number.isInteger(Number((1 / factor).toPrecision(9)));
  if (isFraction) below.unshift(digits(1 / Math.abs(factor)));
  const shown = isFraction ? 1 : Math.abs(factor);
  if (shown !== 1 || above.length === 0) above.unshift(digits(shown));
  const divisor = below.length > 1 ? `(${below.join(' * ')})` : below[0];
  return divisor === undefined ? above.join(' * ') : `${above.join(' * ')} / ${divisor}`;
}

const degree = ({ powers }: Monomial): number => powers.reduce((all, [, power]) => all + power, 0);

/** "2 * K * M * N + 3 * M * N", the highest first. */
export function textOf(count: Polynomial): string {
  if (count.length === 0) return '0';
  const sorted = [...count].sort((a, b) => degree(b) - degree(a));
  return sorted
    .map((term, index) => `${index === 0 ? (term.factor < 0 ? '-' : '') : term.factor < 0 ? ' - ' : ' + '}${termText(term)}`)
    .join('');
}
