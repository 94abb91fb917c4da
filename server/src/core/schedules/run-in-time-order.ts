/**
 * The event loop for wires that carry both directions, one transfer at a time: operations end in the order of time, so that
 * transfers are taken in the order in which they are ready. Gives the same times as running rank by rank where wires are
 * not shared so; a property test holds it to that.
 */
import type { Clock, PipelineRun } from './pipeline-run.ts';
import type { ScheduleRequest } from './schedule.ts';

/** Ranks by the time at which what they run ends: a binary heap, earliest on top, lower ranks first among equals. */
class RunningRanks {
  private readonly ranks: Int32Array;
  private readonly ends: Float64Array;
  private count = 0;

  constructor(stages: number) {
    this.ranks = new Int32Array(stages);
    this.ends = new Float64Array(stages);
  }

  private isBefore(one: number, other: number): boolean {
    const [a, b] = [this.ranks[one] ?? 0, this.ranks[other] ?? 0];
    const [end, then] = [this.ends[a] ?? 0, this.ends[b] ?? 0];
    return end < then || (end === then && a < b);
  }

  private swap(one: number, other: number): void {
    const rank = this.ranks[one] ?? 0;
    this.ranks[one] = this.ranks[other] ?? 0;
    this.ranks[other] = rank;
  }

  push(rank: number, end: number): void {
    this.ends[rank] = end;
    let at = this.count++;
    this.ranks[at] = rank;
    for (let parent = (at - 1) >> 1; at > 0 && this.isBefore(at, parent); at = parent, parent = (at - 1) >> 1) this.swap(at, parent);
  }

  /** The rank that ends next, taken out; -1 when none runs. */
  pop(): number {
    if (this.count === 0) return -1;
    const [first = -1] = this.ranks;
    this.count--;
    this.ranks[0] = this.ranks[this.count] ?? 0;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < this.count && this.isBefore(child, least)) least = child;
      if (least === at) return first;
      this.swap(at, least);
      at = least;
    }
  }

  endOf(rank: number): number {
    return this.ends[rank] ?? 0;
  }
}

/** Runs all operations; false when the ranks wait for one another for ever. */
export function runInTimeOrder({ stages }: ScheduleRequest, { offset, paired, kind }: PipelineRun, { begin, complete }: Clock): boolean {
  const next = offset.slice(0, stages);
  const free = new Float64Array(stages);
  const isRunning = new Uint8Array(stages);
  const running = new RunningRanks(stages);
  const tryStart = (rank: number): void => {
    const index = next[rank] ?? 0;
    if (isRunning[rank] === 1 || index >= (offset[rank + 1] ?? 0)) return;
    const end = begin(index, rank, free[rank] ?? 0);
    if (end < 0) return;
    isRunning[rank] = 1;
    running.push(rank, end);
  };
  for (let rank = 0; rank < stages; rank++) tryStart(rank);
  let ran = 0;
  for (let rank = running.pop(); rank >= 0; rank = running.pop()) {
    const index = next[rank] ?? 0;
    const length = paired[index] === 1 ? 2 : 1;
    free[rank] = complete(index, rank, running.endOf(rank));
    next[rank] = index + length;
    ran += length;
    isRunning[rank] = 0;
    // Only its own rank and the neighbours on the ring can have got what they waited for.
    tryStart(rank);
    tryStart((rank + 1) % stages);
    tryStart((rank + stages - 1) % stages);
  }
  return ran === kind.length;
}
