/**
 * The wires between neighbouring ranks: how long a transfer takes on each, and whether it must wait for the one before it.
 * Wire r joins ranks r and r + 1; the last one joins the two ends, over which interleaved chunks turn round. With two
 * ranks both are the same wire.
 *
 * A wire that takes one transfer at a time is busy for the bytes of the transfer, not for its latency. One direction is
 * served in the order in which its sender ends its operations, which is the order of time; both together only if operations
 * are run in that order (run-in-time-order.ts).
 */
import type { ScheduleRequest } from './schedule.ts';

export interface Wires {
  /** The number of the wire and direction from one rank to another. */
  readonly between: (from: number, to: number) => number;
  /** Seconds of a transfer, latency included: `seconds[wire]`. */
  readonly seconds: Float64Array;
  /** When a transfer that is ready at `time` begins; the wire is taken from then on. */
  readonly take: (wire: number, time: number) => number;
}

export function wiresOf({ stages, transfer, links, linkSharing = 'none' }: ScheduleRequest): Wires {
  const seconds = new Float64Array(2 * stages);
  const occupied = new Float64Array(2 * stages);
  for (let wire = 0; wire < 2 * stages; wire++) {
    const link = links?.[wire >> 1];
    occupied[wire] = link?.occupied ?? transfer;
    seconds[wire] = link ? link.latency + link.occupied : transfer;
  }
  const free = new Float64Array(2 * stages);
  const between = (from: number, to: number): number => {
    const low = Math.min(from, to);
    const joined = Math.max(from, to) - low === 1 ? low : stages - 1;
    return 2 * joined + (from < to ? 0 : 1);
  };
  const take = (wire: number, time: number): number => {
    if (linkSharing === 'none') return time;
    const taken = linkSharing === 'both-directions' ? wire & ~1 : wire;
    const begin = Math.max(time, free[taken] ?? 0);
    free[taken] = begin + (occupied[wire] ?? 0);
    return begin;
  };
  return { between, seconds, take };
}
