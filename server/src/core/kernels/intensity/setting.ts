/** Where a statement of a kernel stands, as counts: threads that pass the bounds around it, turns of its loops, sizes that are known. */
import type { KernelArithmetic } from '../arithmetic.ts';
import type { Condition, Loop, Setting } from '../body.ts';
import type { KernelConfiguration } from '../configuration.ts';
import { type Expression, type ExpressionFunction, evaluate, type Scope } from '../expression.ts';
import {
  constant,
  difference,
  evaluated,
  namesOf,
  numberIn,
  one,
  type Polynomial,
  product,
  quotient,
  scaled,
  substituted,
  sum,
  symbol,
} from './polynomial.ts';
import { countOf, type SymbolicScope } from './symbolic.ts';

export type Axis = 'x' | 'y' | 'z';
export const axes: readonly Axis[] = ['x', 'y', 'z'];

/** A kernel under a launch, with its sizes as counts. */
export interface Counting {
  readonly configuration: KernelConfiguration;
  readonly arithmetic: KernelArithmetic;
  readonly symbols: SymbolicScope;
  /** Threads of a block and blocks of the grid, by axis. */
  readonly block: Readonly<Record<Axis, Polynomial>>;
  readonly grid: Readonly<Record<Axis, Polynomial>>;
  /** Sizes that the call hands on as numbers. */
  readonly handed: ReadonlyMap<string, number>;
  /** What had to be taken for granted, each once. */
  readonly notes: Set<string>;
  /** Types whose size had to be assumed. */
  readonly assumedTypes: Set<string>;
}

const place = /^(?:threadIdx|blockIdx)\.[xyz]$/;
export const isPlace = (name: string): boolean => place.test(name);
/** A place, or a part of one such as `threadIdx.x % 32`. */
const isOfPlace = (name: string): boolean => /(?:thread|block)Idx/.test(name);

const whole = (value: number): Expression => ({ kind: 'number', value, text: String(value) });
const named = (name: string): Expression => ({ kind: 'name', name, text: name });
const over = (name: string, operator: string): Expression => ({
  kind: 'binary',
  operator,
  left: named(name),
  right: whole(32),
  text: `${name} ${operator} 32`,
});

/** Cooperative groups by their usual names: a tile of 32 threads, which is a warp, and the block. */
function groupFunction(callee: string): ExpressionFunction | undefined {
  const [, group = '', method = ''] = /^(\w+)\.(\w+)$/.exec(callee) ?? [];
  const ofTile: Readonly<Record<string, Expression>> = {
    size: whole(32),
    num_threads: whole(32),
    thread_rank: over('threadIdx.x', '%'),
    meta_group_rank: over('threadIdx.x', '/'),
    meta_group_size: over('blockDim.x', '/'),
  };
  const body = /warp|tile|wrp/i.test(group) ? ofTile[method] : method === 'thread_rank' ? named('threadIdx.x') : undefined;
  return body && { parameters: [], body };
}

/** Names that stand for themselves: sizes the kernel is given, places in the grid, variables of loops, what changes. */
export function symbolsOf({ kernel, scope }: KernelConfiguration, { statements }: KernelArithmetic): SymbolicScope {
  const variables = new Set(statements.loops.flatMap(({ variable }) => variable ?? []));
  const known = new Set(kernel.constants.keys());
  const sizes = new Set(kernel.parameters.filter(({ isPointer }) => !isPointer).map(({ name }) => name));
  const isFree = (name: string): boolean =>
    isPlace(name) || variables.has(name) || sizes.has(name) || (kernel.changing.has(name) && !known.has(name));
  const lookUp: Scope['lookUp'] = (name) => (name === 'warpSize' ? 32 : isFree(name) ? undefined : scope.lookUp(name));
  return { scope: { ...scope, lookUp, functionOf: (name) => groupFunction(name) ?? scope.functionOf(name) }, isFree };
}

/** The place of the thread left out: what the first thread of the first block has. */
const ofFirst = (count: Polynomial): Polynomial => substituted(count, (name) => (isOfPlace(name) ? constant(0) : undefined));

/** The mean over all threads of a count that rests on their place. */
function meanOverThreads(count: Polynomial, { block, grid, symbols }: Counting): Polynomial {
  return substituted(count, (name) => {
    if (!isPlace(name)) {
      if (!isOfPlace(name)) return undefined;
      // A remainder runs through all values below what it is taken by.
      const [, by] = / % (\w+)$/.exec(name) ?? [];
      const values = by === undefined ? undefined : countOf(/^\d/.test(by) ? whole(Number(by)) : named(by), symbols);
      return values ? scaled(values, 0.5) : constant(0);
    }
    const axis = name.at(-1) as Axis;
    return scaled((name.startsWith('thread') ? block : grid)[axis], 0.5);
  });
}

const places = (count: Polynomial): boolean => [...namesOf(count)].some(isOfPlace);

/** `gridDim.x` and `blockDim.x` as the launch has them. */
function withExtents(count: Polynomial, { grid, block }: Counting): Polynomial {
  return substituted(count, (name) => {
    const [, which, axis] = /^(grid|block)Dim\.([xyz])$/.exec(name) ?? [];
    return which === undefined ? undefined : (which === 'grid' ? grid : block)[axis as Axis];
  });
}

/** How many turns a loop makes; undefined where its text does not tell. */
export function turnsOf(loop: Loop, counting: Counting): Polynomial | undefined {
  const { start, limit, step, variable } = loop;
  const of = (expression: Expression | undefined): Polynomial | undefined => {
    const count = expression && countOf(expression, counting.symbols);
    return count && withExtents(count, counting);
  };
  const [from, to, by] = [of(start), of(limit), of(step)];
  if (from && to && !by) return halvings(from, to);
  if (!from || !to || !by || by.length === 0) return undefined;
  const span = numberIn(by) !== undefined && Number(numberIn(by)) < 0 ? sum(difference(from, to), one) : difference(to, from);
  const stride = numberIn(by) !== undefined && Number(numberIn(by)) < 0 ? scaled(by, -1) : by;
  if (variable !== undefined && namesOf(span).has(variable)) return undefined;
  // A thread that begins at its own place and goes on by many makes as many turns as the first one, to within one.
  const isStrided = numberIn(stride) !== 1;
  const even = places(span) ? (isStrided ? difference(ofFirst(to), ofFirst(from)) : meanOverThreads(span, counting)) : span;
  return quotient(even, places(stride) ? ofFirst(stride) : stride);
}

/** A loop that halves or doubles its variable, as reductions over a block do: its two ends differ by that power of two. */
function halvings(from: Polynomial, to: Polynomial): Polynomial | undefined {
  const [first, last] = [numberIn(from), numberIn(to)];
  if (first === undefined || last === undefined || Math.max(first, last) < 1) return undefined;
  return constant(Math.ceil(Math.log2(Math.max(first, last) / Math.max(1, Math.min(first, last)))) + Number(Math.min(first, last) < 1));
}

/** The mean of the variable of a loop of halvings over its turns, as in `for (k = 128; k > 0; k /= 2)`; undefined for other loops. */
function meanOfHalvings({ start, limit, step }: Loop, counting: Counting): Polynomial | undefined {
  if (step) return undefined;
  const [from, to] = [start, limit].map((end) => {
    const count = end && countOf(end, counting.symbols);
    return count && numberIn(withExtents(count, counting));
  });
  const turns = from === undefined || to === undefined ? undefined : numberIn(halvings(constant(from), constant(to)) ?? []);
  if (from === undefined || to === undefined || !turns || from < 1) return undefined;
  const ratio = to < from ? 0.5 : 2;
  return constant((from * (1 - ratio ** turns)) / (1 - ratio) / turns);
}

/** A variable of an outer loop inside an inner bound: its mean. */
function withMeans(count: Polynomial, loops: readonly Loop[], counting: Counting): Polynomial {
  return substituted(count, (name) => {
    const loop = loops.find(({ variable }) => variable === name);
    if (!loop) return undefined;
    const [from, turns, by] = [
      loop.start && countOf(loop.start, counting.symbols),
      turnsOf(loop, counting),
      loop.step && countOf(loop.step, counting.symbols),
    ];
    return from && turns && by ? sum(ofFirst(from), scaled(product(turns, by), 0.5)) : undefined;
  });
}

/** Turns of nested loops. */
export function loopTurns(loops: readonly Loop[], counting: Counting): Polynomial {
  return loops.reduce((all, loop, depth) => {
    const turns = turnsOf(loop, counting);
    if (!turns) {
      counting.notes.add(
        loop.variable ? `how often the loop over ${loop.variable} runs is not told: it counts once` : 'a loop without a count runs once',
      );
      return all;
    }
    if (loop.mayEndEarly)
      counting.notes.add(`a break may end the loop${loop.variable ? ` over ${loop.variable}` : ''} earlier: all its turns count`);
    return product(all, withMeans(turns, loops.slice(0, depth), counting));
  }, one);
}

interface Comparison {
  readonly left: Expression;
  readonly limit: Expression;
}

type Test = Pick<Condition, 'expression' | 'isNegated'>;

/** What must hold where a condition does, one by one: through `&&`, and through `||` where the whole is false. */
export function partsThatHold({ expression, isNegated }: Test): readonly Test[] {
  if (expression.kind === 'unary' && expression.operator === '!')
    return partsThatHold({ expression: expression.operand, isNegated: !isNegated });
  if (expression.kind !== 'binary' || expression.operator !== (isNegated ? '||' : '&&')) return [{ expression, isNegated }];
  return [expression.left, expression.right].flatMap((part) => partsThatHold({ expression: part, isNegated }));
}

/** `a < b` of conditions that hold. */
function upperBounds(condition: Test): readonly Comparison[] {
  return partsThatHold(condition).flatMap(({ expression, isNegated }) => {
    if (expression.kind !== 'binary') return [];
    const { operator, left, right } = expression;
    if (isNegated ? operator === '>=' || operator === '>' : operator === '<' || operator === '<=') return [{ left, limit: right }];
    if (isNegated ? operator === '<=' || operator === '<' : operator === '>' || operator === '>=') return [{ left: right, limit: left }];
    return [];
  });
}

/** An axis that a comparison leaves fewer threads of, all blocks together: their mean over the halvings of a tree. */
function boundOf(
  { left, limit }: Comparison,
  loops: readonly Loop[],
  counting: Counting,
): { readonly axis: Axis; readonly threads: Polynomial } | undefined {
  const { block, grid, symbols } = counting;
  const [index, written] = [countOf(left, symbols), countOf(limit, symbols)];
  if (!index || !written || places(written)) return undefined;
  const bound = substituted(written, (name) => {
    const loop = loops.find(({ variable }) => variable === name);
    return loop && meanOfHalvings(loop, counting);
  });
  const names = [...namesOf(index)].filter(isPlace);
  for (const axis of axes) {
    const [thread, cell] = [`threadIdx.${axis}`, `blockIdx.${axis}`];
    const each = index.filter(({ powers }) => powers.length === 1 && powers[0]?.[0] === thread && powers[0][1] === 1)[0]?.factor;
    const isWhole = names.length === 2 && names.includes(thread) && names.includes(cell);
    if (isWhole && each !== undefined) return { axis, threads: scaled(bound, 1 / each) };
    if (names.length !== 1 || index.length !== 1) continue;
    if (names[0] === cell) return { axis, threads: product(bound, block[axis]) };
    if (names[0] === thread && isFewer(bound, block[axis])) return { axis, threads: product(bound, grid[axis]) };
  }
  return undefined;
}

/** Whether a condition is counted by the threads it leaves. */
export const boundsThreads = (
  condition: Pick<Condition, 'expression' | 'isNegated'>,
  loops: readonly Loop[],
  counting: Counting,
): boolean => upperBounds(condition).some((comparison) => boundOf(comparison, loops, counting) !== undefined);

type Bounds = readonly { readonly axis: Axis; readonly threads: Polynomial }[];

/** Bounds by their condition: every statement beneath one asks for the same. */
const known = new WeakMap<Counting, Map<Condition, Bounds>>();

function boundsBy(condition: Condition, loops: readonly Loop[], counting: Counting): Bounds {
  const own = known.get(counting) ?? new Map<Condition, Bounds>();
  known.set(counting, own);
  const found = own.get(condition) ?? upperBounds(condition).flatMap((comparison) => boundOf(comparison, loops, counting) ?? []);
  own.set(condition, found);
  return found;
}

/** Threads along each axis, all blocks together, that pass the conditions. */
export function threadsUnder({ conditions, loops }: Setting, counting: Counting): Record<Axis, Polynomial> {
  const { block, grid } = counting;
  const found = Object.fromEntries(axes.map((axis) => [axis, product(block[axis], grid[axis])])) as Record<Axis, Polynomial>;
  for (const { axis, threads } of conditions.flatMap((condition) => boundsBy(condition, loops, counting))) found[axis] = threads;
  return found;
}

const isFewer = (bound: Polynomial, all: Polynomial): boolean => {
  const [few, many] = [numberIn(bound), numberIn(all)];
  return few !== undefined && (many === undefined || few < many);
};

/** A count with the sizes that are known put in. */
export function numberOf(count: Polynomial, counting: Counting): number | undefined {
  return evaluated(count, (name) => sizeNamed(name, counting));
}

/** The value of a name in a count: what the call hands on, else what the code or a comment says. */
export function sizeNamed(name: string, { configuration, handed }: Counting): number | undefined {
  return isPlace(name) ? undefined : (handed.get(name) ?? evaluate({ kind: 'name', name, text: name }, configuration.scope));
}

/** The counts of a launch by axis: its factors, in the kernel's names where it hands them on. */
export function extentsOf(
  name: 'blockDim' | 'gridDim',
  factors: readonly Expression[] | undefined,
  configuration: KernelConfiguration,
  usesAxis: (axis: Axis) => boolean,
  hostNames: ReadonlyMap<string, string>,
  hostScope: Scope,
): Record<Axis, Polynomial> {
  const of = (axis: Axis, at: number): Polynomial => {
    const factor = factors?.[at];
    if (factors && !factor) return one;
    const count = factor && countOf(factor, { scope: hostScope, isFree: (host) => hostNames.has(host) });
    const known = configuration.scope.lookUp(`${name}.${axis}`);
    // What the code rounds up stays a fraction of the sizes, so that it cancels.
    if (typeof known === 'number' && !(count && namesOf(count).size > 0)) return constant(known);
    if (count) return substituted(count, (host) => (hostNames.has(host) ? symbol(hostNames.get(host) ?? host) : undefined));
    return usesAxis(axis) || axis === 'x' ? symbol(`${name}.${axis}`) : one;
  };
  return { x: of('x', 0), y: of('y', 1), z: of('z', 2) };
}
