/**
 * The part of the threads, or of the turns of loops, for which a condition holds: places in the grid and variables of loops are
 * taken as uniform over their ranges and independent of each other; `a || b` of a single index is counted value by value. `t2 > t` over one range is a half, `lane == 0` one of 32, and a
 * constant all or nothing. What depends on values is taken to hold, and said.
 */
import type { Condition, Loop, Setting } from '../body.ts';
import { type Expression, evaluate, type Scope } from '../expression.ts';
import { namesIn } from '../warp-access.ts';
import { constant, numberIn, type Polynomial, product, quotient, scaled } from './polynomial.ts';
import { type Axis, boundsThreads, type Counting, isPlace, loopTurns, numberOf, threadsUnder } from './setting.ts';
import { countOf } from './symbolic.ts';

/** Deeper nesting is no comparison anyone wrote. */
const deepest = 12;

interface Looking {
  readonly counting: Counting;
  readonly loops: readonly Loop[];
  readonly depth: number;
}

const deeper = (looking: Looking): Looking => ({ ...looking, depth: looking.depth + 1 });

function largest(ranges: readonly Polynomial[], counting: Counting): Polynomial | undefined {
  const [first, ...others] = ranges;
  const size = (range: Polynomial): number => numberOf(range, counting) ?? range.reduce((all, { powers }) => all + 1e4 ** powers.length, 0);
  return first && others.reduce((most, one) => (size(one) > size(most) ? one : most), first);
}

function rangeOfName(name: string, looking: Looking): Polynomial | undefined {
  const { counting, loops } = looking;
  if (isPlace(name)) return (name.startsWith('thread') ? counting.block : counting.grid)[name.at(-1) as Axis];
  const loop = loops.find(({ variable }) => variable === name);
  if (loop) return loop.limit && countOf(loop.limit, counting.symbols);
  const value = counting.symbols.scope.lookUp(name);
  return typeof value === 'object' ? rangeOf(value, deeper(looking)) : undefined;
}

/** How many values an index of the thread or of a loop runs through; undefined of what is none. */
function rangeOf(expression: Expression, looking: Looking): Polynomial | undefined {
  const { counting, depth } = looking;
  if (depth > deepest) return undefined;
  if (expression.kind === 'name') return rangeOfName(expression.name, looking);
  if (expression.kind === 'call') {
    const own = counting.symbols.scope.functionOf(expression.callee);
    return own && own.parameters.length === 0 ? rangeOf(own.body, deeper(looking)) : undefined;
  }
  if (expression.kind !== 'binary') return undefined;
  const { operator, left, right } = expression;
  const [a, b] = [rangeOf(left, deeper(looking)), rangeOf(right, deeper(looking))];
  if (!a && !b) return undefined;
  if (operator === '+' || operator === '-') return a && b ? largest([a, b], counting) : operator === '-' && !a ? undefined : (a ?? b);
  const by = a && !b ? countOf(right, counting.symbols) : undefined;
  if (operator === '*') {
    const factor = by ?? (b && !a ? countOf(left, counting.symbols) : undefined);
    return factor && product(a ?? b ?? [], factor);
  }
  if (!a || !by) return undefined;
  const value = numberIn(by);
  switch (operator) {
    case '/':
      return quotient(a, by);
    case '%':
      return by;
    case '&':
      return value === undefined ? undefined : constant(value + 1);
    case '>>':
      return value === undefined ? undefined : scaled(a, 2 ** -value);
    default:
      return undefined;
  }
}

const within = (share: number): number => Math.min(1, Math.max(0, share));

/** The part for which one index is below another, or below a bound, or equal to it; undefined where neither is an index. */
function shareBelow(left: Expression, right: Expression, orEqual: boolean, looking: Looking): number | undefined {
  const { counting } = looking;
  const [a, b] = [rangeOf(left, looking), rangeOf(right, looking)];
  const ratioOf = (above: Polynomial, below: Polynomial): number | undefined => {
    const exact = quotient(above, below);
    const number = exact && numberIn(exact);
    if (number !== undefined) return number;
    const [over, under] = [numberOf(above, counting), numberOf(below, counting)];
    return over === undefined || !under ? undefined : over / under;
  };
  if (a && b) {
    const ratio = ratioOf(a, b);
    // Without the sizes there is no time either, and the formula has the most.
    return ratio === undefined ? 1 : ratio <= 1 ? 1 - ratio / 2 : 1 / (2 * ratio);
  }
  const index = a ?? b;
  if (!index) return ofSizes(left, right, orEqual, counting);
  const limit = countOf(a ? right : left, counting.symbols);
  if (!index || !limit) return undefined;
  // Only with a number is it a part of the threads; sizes guard the end of an array, which all but the last tile pass.
  const [bound, all] = [numberIn(limit), numberIn(index)];
  if (bound === undefined || all === undefined || all <= 0) return 1;
  const below = a ? bound + Number(orEqual) : bound + Number(!orEqual);
  return within(a ? below / all : 1 - below / all);
}

/** A comparison of sizes alone holds for all or for none. */
function ofSizes(left: Expression, right: Expression, orEqual: boolean, counting: Counting): number | undefined {
  const [one, other] = [left, right].map((side) => {
    const count = countOf(side, counting.symbols);
    return count && numberOf(count, counting);
  });
  if (one === undefined || other === undefined) return undefined;
  return Number(orEqual ? one <= other : one < other);
}

function shareEqual(left: Expression, right: Expression, looking: Looking): Polynomial | undefined {
  // `isLast == 0` of a comparison is its opposite.
  const number = evaluate(right, looking.counting.symbols.scope);
  const own = number === 0 || number === 1 ? truthOf(left, looking) : undefined;
  if (own !== undefined) return constant(number === 1 ? own : 1 - own);
  const range = rangeOf(left, looking) ?? rangeOf(right, looking);
  return range && quotient(constant(1), range);
}

/** The share of a name that stands for a comparison. */
function truthOf(expression: Expression, looking: Looking): number | undefined {
  if (looking.depth > deepest) return undefined;
  if (expression.kind === 'name') {
    const value = looking.counting.symbols.scope.lookUp(expression.name);
    return typeof value === 'object' ? truthOf(value, deeper(looking)) : undefined;
  }
  if (expression.kind !== 'binary' || !/^(?:[<>]=?|[!=]=|&&|\|\|)$/.test(expression.operator)) return undefined;
  const share = shareIn(expression, false, deeper(looking));
  return share && numberIn(share);
}

/** @returns undefined where only values tell. */
function shareIn(expression: Expression, isNegated: boolean, looking: Looking): Polynomial | undefined {
  if (looking.depth > deepest) return undefined;
  const known = evaluate(expression, looking.counting.symbols.scope);
  if (known !== undefined) return constant(Number((known !== 0) !== isNegated));
  const opposite = (share: Polynomial | undefined): Polynomial | undefined => {
    const number = share && numberIn(share);
    return !isNegated || share === undefined ? share : number === undefined ? constant(1) : constant(1 - number);
  };
  if (expression.kind === 'unary' && expression.operator === '!') return shareIn(expression.operand, !isNegated, deeper(looking));
  if (expression.kind === 'name') {
    const share = truthOf(expression, looking);
    return share === undefined ? undefined : opposite(constant(share));
  }
  if (expression.kind !== 'binary') return undefined;
  const { operator, left, right } = expression;
  if (operator === '&&' || operator === '||') {
    const [a, b] = [shareIn(left, isNegated, deeper(looking)), shareIn(right, isNegated, deeper(looking))];
    if (!a || !b) return undefined;
    if ((operator === '&&') !== isNegated) return product(a, b);
    // Parts that speak of the same index are not independent.
    const exact = shareOfValues(expression, looking);
    if (exact !== undefined) return constant(isNegated ? 1 - exact : exact);
    const [one, other] = [numberIn(a), numberIn(b)];
    return one === undefined || other === undefined ? constant(1) : constant(one + other - one * other);
  }
  if (boundsThreads({ expression, isNegated }, looking.loops, looking.counting)) return constant(1);
  if (operator === '==') return opposite(shareEqual(left, right, looking));
  if (operator === '!=') {
    const share = shareEqual(left, right, looking);
    if (isNegated || !share) return share;
    const number = numberIn(share);
    return constant(number === undefined ? 1 : 1 - number);
  }
  const orEqual = operator.endsWith('=');
  const share = /^<=?$/.test(operator)
    ? shareBelow(left, right, orEqual, looking)
    : /^>=?$/.test(operator)
      ? shareBelow(right, left, orEqual, looking)
      : undefined;
  return share === undefined ? undefined : constant(isNegated && share < 1 ? 1 - share : share);
}

/** More values of one index are none that a thread or a short loop runs through. */
const mostValues = 4096;

/** The part of the values of a single index for which a condition holds, one by one; undefined where it rests on more than that. */
function shareOfValues(expression: Expression, looking: Looking): number | undefined {
  const { symbols } = looking.counting;
  const isIndex = (name: string): boolean => isPlace(name) || looking.loops.some(({ variable }) => variable === name);
  const [name, ...others] = [...namesIn(expression, symbols.scope)].filter(isIndex);
  const range = name === undefined || others.length > 0 ? undefined : rangeOfName(name, looking);
  const count = range && numberIn(range);
  if (count === undefined || !Number.isInteger(count) || count < 1 || count > mostValues) return undefined;
  let holding = 0;
  for (let value = 0; value < count; value++) {
    const lookUp: Scope['lookUp'] = (one) => (one === name ? value : symbols.scope.lookUp(one));
    const held = evaluate(expression, { ...symbols.scope, lookUp });
    if (held === undefined) return undefined;
    holding += Number(held !== 0);
  }
  return holding / count;
}

/** Shares by their condition: every statement beneath one asks for the same. */
const known = new WeakMap<Counting, Map<Condition, Polynomial | undefined>>();

/** The share of one condition; undefined where it depends on values, and is taken to hold. */
function shareOf(condition: Condition, loops: readonly Loop[], counting: Counting): Polynomial | undefined {
  const own = known.get(counting) ?? new Map<Condition, Polynomial | undefined>();
  known.set(counting, own);
  if (!own.has(condition)) own.set(condition, shareIn(condition.expression, condition.isNegated, { counting, loops, depth: 0 }));
  return own.get(condition);
}

/** Why the share of a condition is not told, for words. */
const assumed = ({ expression, isNegated }: Condition): string =>
  `${isNegated ? 'the opposite of ' : ''}\`${expression.text.replace(/\s+/g, ' ').slice(0, 60)}\` is taken to hold: only values tell`;

/** How often a statement runs in one launch. */
export function timesOf(setting: Setting, counting: Counting): Polynomial {
  const { loops, conditions } = setting;
  const threads = threadsUnder(setting, counting);
  const share = conditions.reduce((all, condition) => {
    const own = shareOf(condition, loops, counting);
    if (!own) counting.notes.add(assumed(condition));
    return own ? product(all, own) : all;
  }, constant(1));
  return product(threads.x, threads.y, threads.z, share, loopTurns(loops, counting));
}

/** Whether a statement stands under a condition that never holds, as of a template's constant. */
export const isDead = ({ conditions, loops }: Setting, counting: Counting): boolean =>
  conditions.some((condition) => shareOf(condition, loops, counting)?.length === 0);

/** Whether a statement stands under a condition that only values decide. */
export const isAssumed = ({ conditions, loops }: Setting, counting: Counting): boolean =>
  conditions.some((condition) => shareOf(condition, loops, counting) === undefined);
