/** The order that the greedy zero-bubble rule has made so far, and its times: put one operation after another on a rank. */
import { type Costs, forward, input, weight } from './zero-bubble-costs.ts';

export class Board {
  readonly costs: Costs;
  private readonly stages: number;
  private readonly microBatches: number;
  private readonly ticks: Float64Array;
  /** Operations done: `done[kind * stages + rank]`. */
  readonly done: Int32Array;
  /** When each rank is free. */
  readonly free: Float64Array;
  /** What each rank has waited since its first operation, and the most of them. */
  readonly waited: Float64Array;
  longestWait = 0;
  /** What some rank takes at least from its first to its last operation: its work and what it has waited. */
  bound: number;
  /** When forward passes and input gradients end: `ends[(kind * stages + rank) * microBatches + k]`. */
  readonly ends: Float64Array;
  /** Where in `ends` the input of each operation stands: `source[kind * stages + rank]` and its micro batch; -1 without one. */
  private readonly source: Int32Array;
  /** Ticks until it is there. */
  private readonly hop: Float64Array;
  /** Kinds in order: `order[rank * 3 * microBatches + index]`, and where the next one of each rank goes. */
  readonly order: Uint8Array;
  readonly next: Int32Array;
  /** Ranks that made `longestWait` longer since this was last cleared. */
  readonly raised: Uint8Array;
  /** How much longer the wait of a rank must be, beside the others', to turn a comparison of `isBeyond`; the least since it was last reset. */
  readonly short: Float64Array;

  constructor(costs: Costs) {
    const { stages, microBatches } = costs;
    this.costs = costs;
    this.stages = stages;
    this.microBatches = microBatches;
    this.ticks = costs.ticks;
    this.source = new Int32Array(3 * stages).fill(-1);
    this.hop = new Float64Array(3 * stages);
    for (let rank = 0; rank < stages; rank++) {
      if (rank > 0) this.link(forward, rank, forward, rank - 1);
      if (rank + 1 < stages) this.link(input, rank, input, rank + 1);
      else this.link(input, rank, forward, rank);
    }
    this.done = new Int32Array(3 * stages);
    this.free = new Float64Array(stages);
    this.waited = new Float64Array(stages);
    this.bound = costs.least;
    this.ends = new Float64Array(2 * stages * microBatches);
    this.order = new Uint8Array(3 * stages * microBatches);
    this.next = Int32Array.from({ length: stages }, (_, rank) => rank * 3 * microBatches);
    this.raised = new Uint8Array(stages);
    this.short = new Float64Array(stages);
  }

  private link(kind: number, rank: number, fromKind: number, from: number): void {
    this.source[kind * this.stages + rank] = (fromKind * this.stages + from) * this.microBatches;
    this.hop[kind * this.stages + rank] = from === rank ? 0 : this.costs.transfer;
  }

  /** When the input of the next operation of a kind is on the rank. */
  arrival(rank: number, kind: number): number {
    const at = kind * this.stages + rank;
    const from = this.source[at] ?? -1;
    return from < 0 ? 0 : (this.ends[from + (this.done[at] ?? 0)] ?? 0) + (this.hop[at] ?? 0);
  }

  put(rank: number, kind: number): void {
    const at = kind * this.stages + rank;
    const k = this.done[at] ?? 0;
    const now = this.free[rank] ?? 0;
    const arrival = this.arrival(rank, kind);
    const start = arrival > now ? arrival : now;
    const end = start + (this.ticks[at] ?? 0);
    if (start > now && (this.done[rank] ?? 0) > 0) {
      const wait = (this.waited[rank] ?? 0) + start - now;
      this.waited[rank] = wait;
      if (wait > this.longestWait) {
        this.longestWait = wait;
        this.raised[rank] = 1;
      }
      this.bound = Math.max(this.bound, wait + (this.costs.work[rank] ?? 0));
    }
    if (kind !== weight) this.ends[at * this.microBatches + k] = end;
    this.free[rank] = end;
    this.done[at] = k + 1;
    const index = this.next[rank] ?? 0;
    this.order[index] = kind;
    this.next[rank] = index + 1;
  }

  /** Micro batches a rank holds. */
  held(rank: number): number {
    return (this.done[rank] ?? 0) - (this.done[weight * this.stages + rank] ?? 0);
  }

  /** Weight gradients a rank could run. */
  waiting(rank: number): number {
    return (this.done[input * this.stages + rank] ?? 0) - (this.done[weight * this.stages + rank] ?? 0);
  }

  /** Whether waiting for that long would make a rank wait longer than any other has. */
  isBeyond(rank: number, wait: number): boolean {
    const room = this.longestWait - (this.waited[rank] ?? 0);
    if (wait <= room) return false;
    this.short[rank] = Math.min(this.short[rank] ?? 0, wait - room);
    return true;
  }
}
