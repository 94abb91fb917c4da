/** The counts of a kernel as numbers, and at their least where something in them is assumed. */
import type { KernelArithmetic } from '../arithmetic.ts';
import type { Setting } from '../body.ts';
import type { KernelIntensity } from './kernel-intensity.ts';
import type { Polynomial } from './polynomial.ts';
import type { CountedWork } from './roofline.ts';
import { type Counting, numberOf } from './setting.ts';
import { isAssumed } from './shares.ts';

/** @returns undefined while a size is open. */
export function countedOf(intensity: KernelIntensity): CountedWork | undefined {
  const { counting, flops, asked, compulsory, byBlocks, loads, isBuffered, steps } = intensity;
  const number = (count: Polynomial): number => numberOf(count, counting) ?? Number.NaN;
  const counted: CountedWork = {
    flops: flops.map(({ unit, format, count }) => ({ unit, format, count: number(count) })),
    read: number(compulsory.read),
    written: number(compulsory.written),
    // Remainders make an index look as if a block touched more than its threads ask for.
    byBlocks: Math.min(number(byBlocks), number(asked.read) + number(asked.written)),
    loads: loads.map(({ times, clocks }) => ({ times: number(times), clocks })),
    isBuffered,
    ...(steps ? { steps: number(steps) } : {}),
  };
  const all = [
    counted.read,
    counted.written,
    counted.byBlocks,
    counted.steps ?? 0,
    ...counted.flops.map(({ count }) => count),
    ...counted.loads.map(({ times }) => times),
  ];
  return all.every((value) => Number.isFinite(value) && value >= 0) ? counted : undefined;
}

/** A kernel without the statements that only values decide on, or how often they run; undefined where there are none. */
export function certainOf(arithmetic: KernelArithmetic, counting: Counting): KernelArithmetic | undefined {
  const { accesses, calls } = arithmetic.statements;
  const isCertain = (setting: Setting): boolean =>
    !setting.loops.some(({ mayEndEarly }) => mayEndEarly) && (setting.conditions.length === 0 || !isAssumed(setting, counting));
  const all = [accesses, calls, arithmetic.operations];
  if (all.every((some: readonly Setting[]) => some.every(isCertain))) return undefined;
  return {
    ...arithmetic,
    operations: arithmetic.operations.filter(isCertain),
    statements: { ...arithmetic.statements, accesses: accesses.filter(isCertain), calls: calls.filter(isCertain) },
  };
}

/** Sixteen bits where more are assumed. */
const leastOfType = 0.5;

/** @returns undefined where nothing is assumed. */
export function leastOf(
  counted: CountedWork,
  { assumedTypes }: KernelIntensity,
  certain: KernelIntensity | undefined,
): CountedWork | undefined {
  if (!certain && assumedTypes.length === 0) return undefined;
  const least = (certain && countedOf(certain)) ?? counted;
  const share = assumedTypes.length > 0 ? leastOfType : 1;
  return { ...least, read: least.read * share, written: least.written * share, byBlocks: least.byBlocks * share };
}
