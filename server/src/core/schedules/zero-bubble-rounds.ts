/**
 * Rounds of the greedy zero-bubble rule that repeat: once everything a round depends on is as it was some rounds ago, only
 * that much later and that many micro batches further, the same will happen again until the first rank runs out of forward
 * passes. So these rounds are copied instead of made anew, which a property test holds equal to making them.
 *
 * What a round depends on: how far each rank is with each kind beside the others, when ranks are free, and when inputs that
 * are not yet taken arrived. Beside these the rule compares with how long ranks have waited, which only grows. Where the
 * ranks that wait longest grow at the same pace as the most, and so no slower than the others, such a comparison can only
 * turn from "beyond" to "within", and `Board.short` tells after how many repetitions at the earliest.
 */
import type { Board } from './zero-bubble-board.ts';
import { forward, input } from './zero-bubble-costs.ts';

/** What the board looked like after some round. */
interface Snapshot {
  readonly round: number;
  readonly done: Int32Array;
  readonly free: Float64Array;
  readonly waited: Float64Array;
  readonly longestWait: number;
  readonly next: Int32Array;
}

function snapshotOf({ done, free, waited, longestWait, next, raised, short }: Board, round: number): Snapshot {
  raised.fill(0);
  short.fill(Number.POSITIVE_INFINITY);
  return { round, done: done.slice(), free: free.slice(), waited: waited.slice(), longestWait, next: next.slice() };
}

/** Calls `visit` with the rows of `Board.ends` that hold inputs not yet taken, and the first and last of them. */
function everyPending({ costs, done }: Pick<Board, 'costs' | 'done'>, visit: (row: number, from: number, to: number) => boolean): boolean {
  const { stages } = costs;
  const doneOf = (kind: number, rank: number): number => done[kind * stages + rank] ?? 0;
  for (let rank = 0; rank < stages; rank++) {
    const taken = rank + 1 < stages ? doneOf(forward, rank + 1) : doneOf(input, rank);
    if (!visit(forward * stages + rank, taken, doneOf(forward, rank))) return false;
    if (rank > 0 && !visit(input * stages + rank, doneOf(input, rank - 1), doneOf(input, rank))) return false;
  }
  return true;
}

/** True when the board is as in the snapshot, `rounds` micro batches further and `pace` ticks later. */
function isRepeated(board: Board, before: Snapshot, rounds: number, pace: number): boolean {
  const { done, free, ends, costs } = board;
  for (let index = 0; index < done.length; index++) if ((done[index] ?? 0) - (before.done[index] ?? 0) !== rounds) return false;
  for (let rank = 0; rank < free.length; rank++) if ((free[rank] ?? 0) - (before.free[rank] ?? 0) !== pace) return false;
  return everyPending(board, (row, from, to) => {
    for (let k = from; k < to; k++) {
      const at = row * costs.microBatches + k;
      if ((ends[at] ?? 0) - (ends[at - rounds] ?? 0) !== pace) return false;
    }
    return true;
  });
}

/** How often the rounds since the snapshot can be repeated before a comparison of waits may turn; 0 when that is not known. */
function steadyRepeats({ costs, waited, longestWait, raised, short }: Board, before: Snapshot): number {
  const growth = longestWait - before.longestWait;
  let repeats = Number.POSITIVE_INFINITY;
  let isLed = longestWait === 0;
  for (let rank = 0; rank < costs.stages; rank++) {
    const grown = (waited[rank] ?? 0) - (before.waited[rank] ?? 0);
    if (grown > growth || (raised[rank] === 1 && grown < growth)) return 0;
    if (grown === growth && before.waited[rank] === before.longestWait) isLed = true;
    if (grown < growth) repeats = Math.min(repeats, Math.ceil((short[rank] ?? 0) / (growth - grown)) - 1);
  }
  return isLed ? repeats : 0;
}

/** Repeats the rounds since the snapshot. */
function repeat(board: Board, before: Snapshot, rounds: number, pace: number, times: number): void {
  const { costs, done, free, waited, ends, order, next } = board;
  const { microBatches, stages, work } = costs;
  everyPending(board, (row, from, to) => {
    // From the last on, because where they go may be where they are.
    for (let k = to - 1; k >= from; k--) ends[row * microBatches + k + times * rounds] = (ends[row * microBatches + k] ?? 0) + times * pace;
    return true;
  });
  for (let index = 0; index < done.length; index++) done[index] = (done[index] ?? 0) + times * rounds;
  const growth = board.longestWait - before.longestWait;
  board.longestWait += times * growth;
  for (let rank = 0; rank < stages; rank++) {
    free[rank] = (free[rank] ?? 0) + times * pace;
    const wait = (waited[rank] ?? 0) + times * ((waited[rank] ?? 0) - (before.waited[rank] ?? 0));
    waited[rank] = wait;
    if (wait > 0) board.bound = Math.max(board.bound, wait + (work[rank] ?? 0));
    const [from, to] = [before.next[rank] ?? 0, next[rank] ?? 0];
    const until = to + times * (to - from);
    // Twice as much each time.
    for (let at = to; at < until; at += Math.min(at - from, until - at)) order.copyWithin(at, from, Math.min(at, from + until - at));
    next[rank] = until;
  }
}

/** Rounds looked back at least, and as a share of those made: the longest repetition that is found. */
const leastSpan = 8;
const span = 0.25;

/** Watches a board for rounds that repeat; to be asked after every round. */
export class RepeatedRounds {
  private before: Snapshot;

  constructor(board: Board) {
    this.before = snapshotOf(board, 0);
  }

  /** Repeats rounds as far as is certain; says how many were added to the board after `round`. */
  skip(board: Board, round: number): number {
    const { before } = this;
    const rounds = round - before.round;
    const pace = (board.free[0] ?? 0) - (before.free[0] ?? 0);
    if (isRepeated(board, before, rounds, pace)) {
      const left = Math.floor((board.costs.microBatches - 1 - (board.done[0] ?? 0)) / rounds);
      const times = Math.min(left, steadyRepeats(board, before));
      if (times > 0) {
        repeat(board, before, rounds, pace, times);
        this.before = snapshotOf(board, round + times * rounds);
        return times * rounds;
      }
    }
    if (rounds >= Math.max(leastSpan, span * round)) this.before = snapshotOf(board, round);
    return 0;
  }
}
