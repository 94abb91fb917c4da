/**
 * Which threads of a block make an access, where the conditions around it are told by the place in the block: `threadIdx.x == 0`
 * leaves one lane of one warp, `threadIdx.x % 32 == 0` one of each. A warp moves whole sectors however few of its lanes take part.
 */
import type { Setting } from '../body.ts';
import { type Expression, evaluate, type Scope } from '../expression.ts';
import { type Lane, lanesOf, namesIn, threadIndex } from '../warp-access.ts';
import { type Counting, partsThatHold } from './setting.ts';

const warp = 32;
const mostThreads = 1024;

/**
 * Blocks whose threads are asked, by their index: one inside the grid, which all but conditions for single blocks hold in, else
 * the first.
 */
const blocks = [1, 0];

interface LaneTest {
  readonly expression: Expression;
  readonly isNegated: boolean;
}

function testsOf({ conditions }: Setting, { symbols: { scope } }: Counting): readonly LaneTest[] {
  const isOfThread = ({ expression }: LaneTest): boolean => [...namesIn(expression, scope)].some((name) => threadIndex.test(name));
  return conditions.flatMap(partsThatHold).filter(isOfThread);
}

/** The warps of threads for which all tests hold that the place tells; tests that need more leave all threads. */
function warpsWhere(tests: readonly LaneTest[], lanes: readonly Lane[], block: number, scope: Scope): readonly (readonly Lane[])[] {
  const around = lanes.map((lane): Scope => {
    const lookUp = (name: string) =>
      threadIndex.test(name) ? lane[name.at(-1) as keyof Lane] : name.startsWith('blockIdx.') ? block : scope.lookUp(name);
    return { ...scope, lookUp };
  });
  const told = tests.filter(({ expression }) => around.every((own) => evaluate(expression, own) !== undefined));
  const warps: Lane[][] = [];
  for (const [at, lane] of lanes.entries()) {
    const own = around[at];
    if (!own || !told.every(({ expression, isNegated }) => (evaluate(expression, own) !== 0) !== isNegated)) continue;
    const place = Math.floor(at / warp);
    warps[place] = [...(warps[place] ?? []), lane];
  }
  return warps.filter((active) => active.length > 0);
}

/** Warps by the conditions around statements: every statement beneath the same ones asks for the same. */
const known = new WeakMap<Counting, Map<Setting['conditions'], readonly (readonly Lane[])[] | undefined>>();

/** @returns the lanes of the warps that have some, of one block; undefined where the conditions leave whole warps, or do not tell. */
export function activeWarps(setting: Setting, counting: Counting): readonly (readonly Lane[])[] | undefined {
  const own = known.get(counting) ?? new Map<Setting['conditions'], readonly (readonly Lane[])[] | undefined>();
  known.set(counting, own);
  if (!own.has(setting.conditions)) own.set(setting.conditions, workedOut(setting, counting));
  return own.get(setting.conditions);
}

function workedOut(setting: Setting, counting: Counting): readonly (readonly Lane[])[] | undefined {
  const { configuration, symbols } = counting;
  const tests = testsOf(setting, counting);
  if (tests.length === 0) return undefined;
  const most = configuration.threads.value === undefined ? warp : Math.min(mostThreads, configuration.threads.value);
  const usesRows = tests.some(({ expression }) =>
    [...namesIn(expression, symbols.scope)].some((name) => /[yz]$/.test(name) && threadIndex.test(name)),
  );
  const lanes = lanesOf(configuration, most, usesRows);
  if (!lanes) return undefined;
  for (const block of blocks) {
    const warps = warpsWhere(tests, lanes, block, symbols.scope);
    if (warps.length > 0) return warps.every((active) => active.length === warp) ? undefined : warps;
  }
  return undefined;
}
