/**
 * What the greedy zero-bubble rule knows of a job: how long the operations of each rank take, in whole ticks. Whole numbers
 * make equal times equal whatever they are sums of, so that rounding decides nothing and rounds that repeat are seen to.
 */
import { inputSeconds, type ScheduleProblem, weightSeconds } from './schedule.ts';

export const forward = 0;
export const input = 1;
export const weight = 2;

export interface Costs {
  readonly stages: number;
  readonly microBatches: number;
  /** Ticks of a transfer. */
  readonly transfer: number;
  /** `ticks[kind * stages + rank]`. */
  readonly ticks: Float64Array;
  /** Ticks of work of each rank, and of the busiest: no order takes less. */
  readonly work: Float64Array;
  readonly least: number;
}

/** The longest time is this many ticks at least, and less than twice as many: sums of millions stay whole numbers. */
const ticksOfLongest = 2 ** 29;

export function costsOf({ stages, microBatches, times, transfer = 0 }: ScheduleProblem): Costs {
  const ticks = new Float64Array(3 * stages);
  for (let rank = 0; rank < stages; rank++) {
    const chunk = times?.[rank]?.[0];
    ticks[rank] = chunk?.forward ?? 1;
    ticks[stages + rank] = chunk ? inputSeconds(chunk) : 1;
    ticks[2 * stages + rank] = chunk ? weightSeconds(chunk) : 1;
  }
  const longest = ticks.reduce((most, seconds) => Math.max(most, seconds), transfer);
  // A power of two, so that times that are sums of each other stay so.
  const perSecond = longest > 0 ? ticksOfLongest / 2 ** Math.floor(Math.log2(longest)) : 1;
  for (let index = 0; index < ticks.length; index++) ticks[index] = Math.round((ticks[index] ?? 0) * perSecond);
  const work = new Float64Array(stages);
  for (let rank = 0; rank < stages; rank++) {
    work[rank] = microBatches * ((ticks[rank] ?? 0) + (ticks[stages + rank] ?? 0) + (ticks[2 * stages + rank] ?? 0));
  }
  return { stages, microBatches, transfer: Math.round(transfer * perSecond), ticks, work, least: Math.max(...work) };
}
