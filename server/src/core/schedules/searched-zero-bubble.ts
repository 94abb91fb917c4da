/**
 * What ZB-1p and ZB-2p share: the order is searched for with the times of the job, never holding more than p or 2p micro batches on
 * a rank. A greedy rule builds eight candidates, which differ in three choices; the one whose slowest rank takes least
 * from its first to its last operation wins.
 *
 * Source: Qi et al. 2024, "Zero Bubble Pipeline Parallelism" (arXiv:2401.10241), section 3.1: the greedy rule without its
 * final search by integer programming; zb.py in sail-sg/zero-bubble-pipeline-parallelism. Assumption: a weight gradient
 * frees a whole micro batch and an input gradient nothing, so the limit holds with every model.
 */

import { backwardInputKind, backwardWeightKind, forwardKind } from './operation-kind.ts';
import type { OrderSheet } from './order-sheet.ts';
import type { RankOrder, Schedule, ScheduleProblem } from './schedule.ts';
import { refuseVirtualStages } from './shape.ts';
import { Board } from './zero-bubble-board.ts';
import { type Costs, costsOf, forward, input, weight } from './zero-bubble-costs.ts';
import { RepeatedRounds } from './zero-bubble-rounds.ts';

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

/** Forward passes each rank runs before its first input gradient, beside the first. */
function warmUp({ stages, microBatches, transfer, ticks }: Costs, board: Board, limit: number, choices: Choices): Int32Array {
  const extra = new Int32Array(stages);
  const at = (kind: number, rank: number): number => ticks[kind * stages + rank] ?? 0;
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
  const { stages, microBatches, transfer, ticks } = costs;
  const done = (kind: number, rank: number): number => board.done[kind * stages + rank] ?? 0;
  const at = (kind: number, rank: number): number => ticks[kind * stages + rank] ?? 0;
  want.fill(0);
  for (let rank = 0; rank < stages; rank++) {
    if (done(forward, rank) >= microBatches) continue;
    want[rank] = 1;
    const ahead = rank + 1 < stages && done(forward, rank) >= done(forward, rank + 1) + 2;
    if (!ahead || !choices.gradientsFirst) continue;
    const now = board.free[rank] ?? 0;
    const next = (board.free[rank + 1] ?? 0) + at(0, rank + 1) + at(1, rank + 1) + transfer;
    // Weight gradients that must run first to make room.
    const room = Math.min(Math.max(0, board.held(rank) + 1 - limit), board.waiting(rank));
    if (now >= next) want[rank] = 0;
    else if (now + at(0, rank) + room * at(2, rank) > next && !board.isBeyond(rank, next - now)) want[rank] = 0;
  }
  for (let rank = stages - 2; rank >= 0; rank--) want[rank] = Math.min(want[rank] ?? 0, want[rank + 1] ?? 0);
}

/** The order that these choices make; undefined as soon as it cannot take less than `toBeat`. */
function candidate(costs: Costs, limit: number, choices: Choices, toBeat: number, skips: boolean): Board | undefined {
  const { stages, microBatches } = costs;
  const board = new Board(costs);
  for (let rank = 0; rank < stages; rank++) board.put(rank, forward);
  const extra = warmUp(costs, board, limit, choices);
  for (let rank = 0; rank < stages; rank++) for (let k = 0; k < (extra[rank] ?? 0); k++) board.put(rank, forward);
  for (let rank = stages - 1; rank >= 0; rank--) board.put(rank, input);
  const want = new Uint8Array(stages);
  const repeated = new RepeatedRounds(board);
  for (let round = 1; round < microBatches; round++) {
    if (board.bound >= toBeat) return undefined;
    wanted(costs, board, limit, choices, want);
    runRound(board, limit, choices, want);
    if (skips) round += repeated.skip(board, round);
  }
  for (let rank = 0; rank < stages; rank++) while (board.waiting(rank) > 0) board.put(rank, weight);
  return board;
}

/** Runs weight gradients in the gap before the input of the next operation arrives. */
function fillGap(board: Board, rank: number, kind: number, choices: Choices): void {
  if (board.waiting(rank) === 0) return;
  const { ticks, stages } = board.costs;
  const until = board.arrival(rank, kind);
  const length = ticks[weight * stages + rank] ?? 0;
  while (board.waiting(rank) > 0 && (board.free[rank] ?? 0) + length <= until) board.put(rank, weight);
  const gap = until - (board.free[rank] ?? 0);
  if (gap <= 0 || board.waiting(rank) === 0) return;
  if (choices.fillShortGaps || board.isBeyond(rank, gap)) board.put(rank, weight);
}

/** A forward pass on the ranks that want one, and an input gradient on all. */
function runRound(board: Board, limit: number, choices: Choices, want: Uint8Array): void {
  const { stages, microBatches } = board.costs;
  for (let rank = 0; rank < stages; rank++) {
    if (want[rank] === 0) continue;
    while (board.held(rank) >= limit && board.waiting(rank) > 0) board.put(rank, weight);
    if (rank > 0) fillGap(board, rank, forward, choices);
    board.put(rank, forward);
  }
  for (let rank = stages - 1; rank >= 0; rank--) {
    if (rank + 1 < stages) fillGap(board, rank, input, choices);
    if (rank === 0 && board.done[0] === microBatches) while (board.waiting(0) > 0) board.put(0, weight);
    board.put(rank, input);
  }
}

/** The longest time any rank takes from its first to its last operation. */
function longestOf({ costs, free }: Board): number {
  let longest = 0;
  let started = 0;
  for (let rank = 0; rank < costs.stages; rank++) {
    longest = Math.max(longest, (free[rank] ?? 0) - started);
    started += (costs.ticks[rank] ?? 0) + costs.transfer;
  }
  return longest;
}

/** The kinds of the best order found, rank by rank; `skips` copies rounds that repeat and does not change the order. */
export function search(problem: ScheduleProblem, limit: number, skips = true): Uint8Array {
  const costs = costsOf(problem);
  let best: Uint8Array = new Uint8Array();
  let least = Number.POSITIVE_INFINITY;
  for (const choices of allChoices) {
    const board = candidate(costs, limit, choices, least, skips);
    const longest = board ? longestOf(board) : least;
    if (!board || longest >= least) continue;
    best = board.order;
    least = longest;
    if (least <= costs.least) break;
  }
  return best;
}

function orderOf(problem: ScheduleProblem, limit: number): RankOrder {
  const kinds = search(problem, limit);
  const length = 3 * problem.microBatches;
  return (rank, sheet) => writeRank(kinds.subarray(rank * length, (rank + 1) * length), sheet);
}

function writeRank(kinds: Uint8Array, sheet: OrderSheet): void {
  let [forwards, inputs, weights] = [0, 0, 0];
  for (const kind of kinds) {
    if (kind === forward) sheet.put(forwardKind, forwards++, 0);
    else if (kind === input) sheet.put(backwardInputKind, inputs++, 0);
    else sheet.put(backwardWeightKind, weights++, 0);
  }
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
    order: (problem) => orderOf(problem, perStage * problem.stages),
  };
}
