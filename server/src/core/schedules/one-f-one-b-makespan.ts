/**
 * The makespan of 1F1B without its list of operations: the equation of simulate.ts, evaluated round by round with one
 * number per rank. Round j runs, from the last rank to the first, the forward pass of micro batch j + warm-up and the
 * backward pass of micro batch j. The estimate asks for it on every keystroke, hence a recurrence of its own;
 * a property test holds it equal to `simulate`.
 *
 * Once a round has moved every rank on by the same time, every round to the last forward pass of rank 0 will, because a
 * round is made of sums and maxima of what the round before left; those are skipped.
 */
import type { Seconds } from '../units.ts';
import type { ScheduleRequest } from './schedule.ts';

/** Times that differ by less than this share of the clock are the same. */
const sameTime = 1e-13;

/** Seconds until the pipeline has drained. Needs at least as many micro batches as stages, and VPP 1. */
export function makespanOf1F1B(request: ScheduleRequest): Seconds {
  const { stages, microBatches, times, transfer } = request;
  const last = stages - 1;
  const held = request.transferOverlapped ? 0 : transfer;
  const forward = new Float64Array(stages);
  const backward = new Float64Array(stages);
  for (let rank = 0; rank < stages; rank++) {
    forward[rank] = times[rank]?.[0]?.forward ?? 0;
    backward[rank] = times[rank]?.[0]?.backward ?? 0;
  }
  const free = new Float64Array(stages);
  /** End of the latest forward pass of each rank. */
  const sent = new Float64Array(stages);

  for (let microBatch = 0; microBatch < last; microBatch++) {
    for (let rank = 0; rank < last - microBatch; rank++) {
      const input = rank === 0 ? 0 : (sent[rank - 1] ?? 0) + transfer;
      const end = Math.max(input, free[rank] ?? 0) + (forward[rank] ?? 0);
      sent[rank] = end;
      free[rank] = end + held;
    }
  }
  let makespan = 0;
  for (let round = 0; round < microBatches; round++) {
    let gradient = 0;
    let pace = -1;
    let even = true;
    /** Whether something that moved from `before` to `now` in this round keeps pace with the rest. */
    const keepsPace = (before: Seconds, now: Seconds): void => {
      if (pace < 0) pace = now - before;
      else if (Math.abs(now - before - pace) > sameTime * now) even = false;
    };
    for (let rank = last; rank >= 0; rank--) {
      const freeBefore = free[rank] ?? 0;
      let time = freeBefore;
      if (round + last - rank < microBatches) {
        // The rank before has not yet run this round, so `sent` is still the forward pass this one waits for.
        const input = rank === 0 ? 0 : (sent[rank - 1] ?? 0) + transfer;
        const end = Math.max(input, time) + (forward[rank] ?? 0);
        keepsPace(sent[rank] ?? 0, end);
        sent[rank] = end;
        if (rank === last) gradient = end;
        time = rank === last ? end : end + held;
      }
      const end = Math.max(gradient, time) + (backward[rank] ?? 0);
      if (end > makespan) makespan = end;
      gradient = end + transfer;
      time = rank === 0 ? end : end + held;
      keepsPace(freeBefore, time);
      free[rank] = time;
    }
    const skipped = microBatches - last - 1 - round;
    if (!even || skipped < 1) continue;
    for (let rank = 0; rank <= last; rank++) {
      free[rank] = (free[rank] ?? 0) + skipped * pace;
      sent[rank] = (sent[rank] ?? 0) + skipped * pace;
    }
    makespan += skipped * pace;
    round += skipped;
  }
  return makespan;
}
