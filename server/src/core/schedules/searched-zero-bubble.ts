/**
 * What ZB-1p and ZB-2p share: the order is searched for with the times of the job, never holding more than p or 2p micro batches on
 * a rank. A greedy rule builds eight candidates, which differ in three choices; the one whose slowest rank takes least
 * from its first to its last operation wins.
 *
 * Source: Qi et al. 2024, "Zero Bubble Pipeline Parallelism" (arXiv:2401.10241), section 3.1: the greedy rule without its
 * final search by integer programming; zb.py in sail-sg/zero-bubble-pipeline-parallelism. Assumption: a weight gradient
 * frees a whole micro batch and an input gradient nothing, so the limit holds with every model.
 */
import { inputSeconds, type RankOrder, type Schedule, type ScheduleProblem, weightSeconds as weightSecondsOf } from './schedule.ts';
import { refuseVirtualStages } from './shape.ts';

interface Choices {
  /** Start another forward pass although it would hold up the first input gradient. */
  readonly delayFirstGradient: boolean;
  /** Leave out a forward pass when the next rank is behind with its own. */
  readonly gradientsFirst: boolean;
  /** Fill a gap shorter than a weight gradient although another rank waits longer anyway. */
  readonly fillShortGaps: boolean;
}

const eitherWay = [true, false] as const;
const allChoices: readonly Choices[] = eitherWay.flatMap((delayFirstGradient) =>
  eitherWay.flatMap((gradientsFirst) => eitherWay.map((fillShortGaps) => ({ delayFirstGradient, gradientsFirst, fillShortGaps }))),
);

const forward = 0;
const input = 1;
const weight = 2;
const kinds = ['forward', 'backward-input', 'backward-weight'] as const;

interface Costs {
  readonly stages: number;
  readonly microBatches: number;
  readonly transfer: number;
  /** `seconds[kind * stages + rank]`. */
  readonly seconds: Float64Array;
  /** Seconds of work of each rank, and of the busiest: no order takes less. */
  readonly work: Float64Array;
  readonly least: number;
}

function costsOf({ stages, microBatches, times, transfer = 0 }: ScheduleProblem): Costs {
  const seconds = new Float64Array(3 * stages);
  const work = new Float64Array(stages);
  for (let rank = 0; rank < stages; rank++) {
    const chunk = times?.[rank]?.[0];
    seconds[rank] = chunk?.forward ?? 1;
    seconds[stages + rank] = chunk ? inputSeconds(chunk) : 1;
    seconds[2 * stages + rank] = chunk ? weightSecondsOf(chunk) : 1;
    work[rank] = microBatches * ((seconds[rank] ?? 0) + (seconds[stages + rank] ?? 0) + (seconds[2 * stages + rank] ?? 0));
  }
  return { stages, microBatches, transfer, seconds, work, least: Math.max(...work) };
}

interface Board {
  /** Operations done: `done[kind * stages + rank]`. */
  readonly done: Int32Array;
  /** When each rank is free. */
  readonly free: Float64Array;
  /** What each rank has waited since its first operation, and the most of them. */
  readonly waited: Float64Array;
  readonly longestWait: () => number;
  /** What some rank takes at least from its first to its last operation: its work and what it has waited. */
  readonly bound: () => number;
  /** Kinds in order: `order[rank * 3 * microBatches + index]`. */
  readonly order: Uint8Array;
  readonly put: (rank: number, kind: number) => void;
  /** When the input of the next operation of a kind is on the rank. */
  readonly arrival: (rank: number, kind: number) => number;
  /** Micro batches a rank holds. */
  readonly held: (rank: number) => number;
}

function newBoard({ stages, microBatches, transfer, seconds, work, least }: Costs): Board {
  const done = new Int32Array(3 * stages);
  /** When forward passes and input gradients end: `ends[(kind * stages + rank) * microBatches + k]`. */
  const ends = new Float64Array(2 * stages * microBatches);
  const free = new Float64Array(stages);
  const waited = new Float64Array(stages);
  const order = new Uint8Array(3 * stages * microBatches);
  const next = Int32Array.from({ length: stages }, (_, rank) => rank * 3 * microBatches);
  let longest = 0;
  let bound = least;
  const arrival = (rank: number, kind: number): number => {
    if (kind === weight) return 0;
    const k = done[kind * stages + rank] ?? 0;
    const from = kind === forward ? rank - 1 : rank + 1;
    if (from >= 0 && from < stages) return (ends[(kind * stages + from) * microBatches + k] ?? 0) + transfer;
    return kind === input ? (ends[rank * microBatches + k] ?? 0) : 0;
  };
  const put = (rank: number, kind: number): void => {
    const at = kind * stages + rank;
    const k = done[at] ?? 0;
    const now = free[rank] ?? 0;
    const start = Math.max(now, arrival(rank, kind));
    const end = start + (seconds[at] ?? 0);
    if (start > now && (done[rank] ?? 0) > 0) {
      const wait = (waited[rank] ?? 0) + start - now;
      waited[rank] = wait;
      if (wait > longest) longest = wait;
      bound = Math.max(bound, wait + (work[rank] ?? 0));
    }
    if (kind !== weight) ends[at * microBatches + k] = end;
    free[rank] = end;
    done[at] = k + 1;
    const index = next[rank] ?? 0;
    order[index] = kind;
    next[rank] = index + 1;
  };
  const held = (rank: number): number => (done[rank] ?? 0) - (done[2 * stages + rank] ?? 0);
  return { done, free, waited, longestWait: () => longest, bound: () => bound, order, put, arrival, held };
}

/** Forward passes each rank runs before its first input gradient, beside the first. */
function warmUp({ stages, microBatches, transfer, seconds }: Costs, board: Board, limit: number, choices: Choices): Int32Array {
  const extra = new Int32Array(stages);
  const at = (kind: number, rank: number): number => seconds[kind * stages + rank] ?? 0;
  let gradient = (board.free[stages - 1] ?? 0) + at(1, stages - 1);
  for (let rank = stages - 2; rank >= 0; rank--) {
    let time = board.free[rank] ?? 0;
    let more = 0;
    const until = gradient + transfer;
    while (1 + more < Math.min(microBatches, limit)) {
      if (choices.delayFirstGradient ? time + at(0, rank) > until : time >= until) break;
      time += at(0, rank);
      more++;
    }
    extra[rank] = more;
    gradient = Math.max(time, until) + at(1, rank);
  }
  for (let rank = 1; rank < stages; rank++) {
    // One fewer than the rank before, so that no rank waits for its input; with all of them under way, no more than it.
    const before = extra[rank - 1] ?? 0;
    const all = 1 + (extra[rank] ?? 0) >= microBatches;
    extra[rank] = Math.min(extra[rank] ?? 0, all ? before : Math.max(0, before - 1));
  }
  return extra;
}

/** Which ranks run a forward pass before the next input gradient. */
function wanted(costs: Costs, board: Board, limit: number, choices: Choices, want: Uint8Array): void {
  const { stages, microBatches, transfer, seconds } = costs;
  const done = (kind: number, rank: number): number => board.done[kind * stages + rank] ?? 0;
  const at = (kind: number, rank: number): number => seconds[kind * stages + rank] ?? 0;
  const longest = board.longestWait();
  want.fill(0);
  for (let rank = 0; rank < stages; rank++) {
    if (done(forward, rank) >= microBatches) continue;
    want[rank] = 1;
    const ahead = rank + 1 < stages && done(forward, rank) >= done(forward, rank + 1) + 2;
    if (!ahead || !choices.gradientsFirst) continue;
    const now = board.free[rank] ?? 0;
    const next = (board.free[rank + 1] ?? 0) + at(0, rank + 1) + at(1, rank + 1) + transfer;
    // Weight gradients that must run first to make room.
    const room = Math.min(Math.max(0, board.held(rank) + 1 - limit), done(input, rank) - done(weight, rank));
    if (now >= next) want[rank] = 0;
    else if (now + at(0, rank) + room * at(2, rank) > next && next - now <= longest - (board.waited[rank] ?? 0)) want[rank] = 0;
  }
  for (let rank = stages - 2; rank >= 0; rank--) want[rank] = Math.min(want[rank] ?? 0, want[rank + 1] ?? 0);
}

interface Candidate {
  readonly order: Uint8Array;
  /** The longest time any rank takes from its first to its last operation. */
  readonly longest: number;
}

/** The order that these choices make; undefined as soon as it cannot take less than `toBeat`. */
function candidate(costs: Costs, limit: number, choices: Choices, toBeat: number): Candidate | undefined {
  const { stages, microBatches, seconds } = costs;
  const board = newBoard(costs);
  const { done, free, waited, put, arrival, held, longestWait } = board;
  const weightSeconds = (rank: number): number => seconds[weight * stages + rank] ?? 0;
  const waiting = (rank: number): boolean => (done[weight * stages + rank] ?? 0) < (done[input * stages + rank] ?? 0);
  /** Runs weight gradients in the gap before the input of the next operation arrives. */
  const fillGap = (rank: number, kind: number): void => {
    const until = arrival(rank, kind);
    while (waiting(rank) && (free[rank] ?? 0) + weightSeconds(rank) <= until) put(rank, weight);
    const gap = until - (free[rank] ?? 0);
    if (gap <= 0 || !waiting(rank)) return;
    if (choices.fillShortGaps || gap > longestWait() - (waited[rank] ?? 0)) put(rank, weight);
  };
  for (let rank = 0; rank < stages; rank++) put(rank, forward);
  const extra = warmUp(costs, board, limit, choices);
  for (let rank = 0; rank < stages; rank++) for (let k = 0; k < (extra[rank] ?? 0); k++) put(rank, forward);
  for (let rank = stages - 1; rank >= 0; rank--) put(rank, input);
  const want = new Uint8Array(stages);
  for (let round = 1; round < microBatches; round++) {
    if (board.bound() >= toBeat) return undefined;
    wanted(costs, board, limit, choices, want);
    for (let rank = 0; rank < stages; rank++) {
      if (want[rank] === 0) continue;
      while (held(rank) >= limit && waiting(rank)) put(rank, weight);
      if (rank > 0) fillGap(rank, forward);
      put(rank, forward);
    }
    for (let rank = stages - 1; rank >= 0; rank--) {
      if (rank + 1 < stages) fillGap(rank, input);
      if (rank === 0 && done[0] === microBatches) while (waiting(0)) put(0, weight);
      put(rank, input);
    }
  }
  let longest = 0;
  let started = 0;
  for (let rank = 0; rank < stages; rank++) {
    while (waiting(rank)) put(rank, weight);
    longest = Math.max(longest, (free[rank] ?? 0) - started);
    started += (seconds[rank] ?? 0) + costs.transfer;
  }
  return { order: board.order, longest };
}

function search(problem: ScheduleProblem, limit: number): RankOrder {
  const costs = costsOf(problem);
  let best: Candidate | undefined;
  for (const choices of allChoices) {
    const found = candidate(costs, limit, choices, best?.longest ?? Number.POSITIVE_INFINITY);
    if (found && (!best || found.longest < best.longest)) best = found;
    if (best && best.longest <= costs.least * (1 + 1e-12)) break;
  }
  const length = 3 * problem.microBatches;
  return (rank, visit) => {
    const counts: [number, number, number] = [0, 0, 0];
    for (let index = rank * length; index < (rank + 1) * length; index++) {
      const kind = best?.order[index] === forward ? 0 : best?.order[index] === input ? 1 : 2;
      visit(kinds[kind], counts[kind]++, 0);
    }
  };
}

/** The schedule that never holds more than `perStage` times p micro batches on a rank. */
export function searchedZeroBubble(id: 'zb-1p' | 'zb-2p', label: string, perStage: number): Schedule {
  return {
    id,
    label,
    source: 'Qi et al. 2024 (arXiv:2401.10241), section 3.1',
    interleaves: false,
    placement: 'loop',
    splitsBackward: true,
    microBatchMultiple: () => 1,
    refuses: (shape) => refuseVirtualStages(label, shape),
    order: (problem) => search(problem, perStage * problem.stages),
  };
}
