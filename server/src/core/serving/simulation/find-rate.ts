/** The highest rate of requests at which an engine keeps a service level, by doubling and bisection; and the curve up to it. */
import type { SimulationResult } from './summarise.ts';

/** A run of requests at this rate. */
export type RunAt = (rate: number) => SimulationResult;

export interface RatePoint {
  readonly rate: number;
  readonly result: SimulationResult;
}

/** Rates are told to this share. */
const precision = 0.01;

/** Keeps up: what arrives in a time is also done in it, but for the time of the last request by itself. */
function keepsUp({ result, rate }: RatePoint, alone: number): boolean {
  return result.finished / rate + 4 * alone >= 0.95 * result.seconds;
}

/** The highest rate at which `share` of the requests keep to the service level; rate 0 when even a single one at a time does not. */
export function highestRate(run: RunAt, share: number, start: number): RatePoint {
  const slow = { rate: start / 64, result: run(start / 64) };
  const alone = slow.result.endToEnd.p50;
  const meets = (point: RatePoint) => (point.result.goodput?.share ?? 1) >= share && keepsUp(point, alone);
  if (!meets(slow)) return { rate: 0, result: slow.result };
  let good: RatePoint = slow;
  let bad = Number.POSITIVE_INFINITY;
  for (let rate = start; bad - good.rate > precision * good.rate; ) {
    const point = { rate, result: run(rate) };
    if (meets(point)) good = point;
    else bad = rate;
    if (good.rate > start * 2 ** 20) break;
    rate = bad === Number.POSITIVE_INFINITY ? good.rate * 2 : Math.sqrt(good.rate * bad);
  }
  return good;
}

/** Rates from a tenth of `most` up to it and a little beyond. */
export function latencyCurve(run: RunAt, most: number): readonly RatePoint[] {
  return [0.1, 0.25, 0.5, 0.7, 0.8, 0.9, 1, 1.1].map((share) => ({ rate: share * most, result: run(share * most) }));
}
