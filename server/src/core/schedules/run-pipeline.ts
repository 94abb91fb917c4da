/**
 * The event loop behind `simulate`: takes the order of each rank and finds when every operation starts and ends.
 * Equation and assumptions: see simulate.ts.
 */
import { advance, type Progress, startOf } from './advance.ts';
import { type HandOver, handOverOf, sendsOf } from './hand-over.ts';
import { transferKind } from './operation-kind.ts';
import { mostOperationsOfRank, OrderSheet } from './order-sheet.ts';
import { countOf, type OperationOrder, type PipelineRun, type RunWithTransfers, type TransferRows } from './pipeline-run.ts';
import { microBatchesPerChunk, routeOf } from './placement.ts';
import { runInTimeOrder } from './run-in-time-order.ts';
import type { Schedule, ScheduleRequest } from './schedule.ts';

/** The order of all ranks, with room for further rows. */
function layOut(request: ScheduleRequest, schedule: Schedule, room: number): OperationOrder {
  const { stages, virtualStages } = request;
  const sheet = new OrderSheet(stages * mostOperationsOfRank(schedule, request) + room);
  const offset = new Uint32Array(stages + 1);
  const order = schedule.order(request);
  for (let rank = 0; rank < stages; rank++) {
    order(rank, sheet);
    offset[rank + 1] = sheet.count;
  }
  const { kind, microBatch, chunk, paired } = sheet;
  return { route: routeOf(schedule.placement, stages, virtualStages), offset, kind, microBatch, chunk, paired };
}

/** How many rows the transfers of a request take at most: every pass but a weight gradient sends once. */
const mostTransfers = ({ stages, virtualStages }: ScheduleRequest, perChunk: number): number => 2 * stages * virtualStages * perChunk;

/** Rows for the transfers of each rank, behind the operations. */
function transferRows(request: ScheduleRequest, order: OperationOrder, handOver: HandOver, perChunk: number): TransferRows {
  const offset = new Uint32Array(request.stages + 1).fill(countOf(order));
  sendsOf(request, handOver).forEach((sends, rank) => {
    offset[rank + 1] = (offset[rank] ?? 0) + sends * perChunk;
  });
  const [first = 0] = offset;
  const last = offset[request.stages] ?? first;
  order.kind.fill(transferKind, first, last);
  return { offset, sender: new Uint32Array(last - first) };
}

function standsStill({ label }: Schedule, { stages, microBatchGroup }: ScheduleRequest): { readonly refused: string } {
  const why =
    microBatchGroup === undefined
      ? `The order of operations of ${label} waits for itself with this shape.`
      : `With groups of ${microBatchGroup} micro batches ${label} waits for itself: every group, the last one too, needs at least ${stages}.`;
  return { refused: why };
}

/** Runs the operations of every rank; a sentence when the order can never finish (a fault of the schedule). */
export function runPipeline(request: ScheduleRequest, schedule: Schedule): PipelineRun | { readonly refused: string } {
  return timeOrder(request, layOut(request, schedule, 0)) ?? standsStill(schedule, request);
}

/** The same with a row for each transfer behind the operations, and room for `more` rows behind those. */
export function runWithTransfers(
  request: ScheduleRequest,
  schedule: Schedule,
  more: number,
): RunWithTransfers | { readonly refused: string } {
  const perChunk = microBatchesPerChunk(schedule.placement, request.microBatches);
  const order = layOut(request, schedule, mostTransfers(request, perChunk) + more);
  const handOver = handOverOf(request, order.route);
  const transfers = transferRows(request, order, handOver, perChunk);
  const run = timeOrder(request, order, handOver, transfers);
  return run ? { ...run, transfers } : standsStill(schedule, request);
}

/** Gives an order its times; undefined when it can never finish. */
export function timeOrder(
  request: ScheduleRequest,
  order: OperationOrder,
  handOver: HandOver = handOverOf(request, order.route),
  transfers?: TransferRows,
): PipelineRun | undefined {
  const rows = order.kind.length;
  const run: PipelineRun = {
    ...order,
    start: new Float64Array(rows),
    end: new Float64Array(rows),
    busySeconds: new Float64Array(request.stages),
    transfers,
  };
  const progress = startOf(request, run, handOver);
  // Where both directions share a wire, who comes first is a matter of time; elsewhere any order of ranks gives the same.
  const ended = request.linkSharing === 'both-directions' ? runInTimeOrder(progress) : runRankByRank(progress);
  return ended ? run : undefined;
}

/** Runs each rank as far as its inputs allow, down the ranks and up again; false when all of them stand still. */
function runRankByRank(progress: Progress): boolean {
  const { stages } = progress.request;
  // Down the ranks carries forward passes along, up again the backward passes.
  const turns = new Uint16Array(2 * stages - 1);
  for (let turn = 0; turn < turns.length; turn++) turns[turn] = turn < stages ? turn : 2 * stages - 2 - turn;
  for (let left = countOf(progress.run); left > 0; ) {
    const ran = advance(progress, turns, Number.POSITIVE_INFINITY);
    if (ran === 0) return false;
    left -= ran;
  }
  return true;
}
