/**
 * The event loop for wires that carry both directions, one transfer at a time: operations end in the order of time, so that
 * transfers are taken in the order in which they are ready. Gives the same times as running rank by rank where wires are
 * not shared so; a property test holds it to that.
 */
import { advance, nextEnd, type Progress } from './advance.ts';
import { countOf } from './pipeline-run.ts';

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
}

/** Runs all operations; false when the ranks wait for one another for ever. */
export function runInTimeOrder(progress: Progress): boolean {
  const { stages } = progress.request;
  const isRunning = new Uint8Array(stages);
  const running = new RunningRanks(stages);
  const tryStart = (rank: number): void => {
    if (isRunning[rank] === 1) return;
    const end = nextEnd(progress, rank);
    if (end < 0) return;
    isRunning[rank] = 1;
    running.push(rank, end);
  };
  for (let rank = 0; rank < stages; rank++) tryStart(rank);
  const turn = new Uint16Array(1);
  let ran = 0;
  for (let rank = running.pop(); rank >= 0; rank = running.pop()) {
    turn[0] = rank;
    ran += advance(progress, turn, 1);
    isRunning[rank] = 0;
    // Only its own rank and the neighbours on the ring can have got what they waited for.
    tryStart(rank);
    tryStart((rank + 1) % stages);
    tryStart((rank + stages - 1) % stages);
  }
  return ran === countOf(progress.run);
}
