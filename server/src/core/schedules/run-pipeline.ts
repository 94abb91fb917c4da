/**
 * The event loop behind `simulate`: takes the order of each rank and finds when every operation starts and ends.
 * Equation and assumptions: see simulate.ts.
 */
import type { Schedule, ScheduleRequest } from './schedule.ts';

/** The forward and backward operations as columns, rank by rank in time order. */
export interface PipelineRun {
  /** Rank r owns indexes `offset[r]` to `offset[r + 1] - 1`. */
  readonly offset: Uint32Array;
  /** 0 forward, 1 backward. */
  readonly kind: Uint8Array;
  readonly microBatch: Uint32Array;
  readonly chunk: Uint16Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
}

const notYet = -1;

function layOut(request: ScheduleRequest, schedule: Schedule): PipelineRun {
  const { stages } = request;
  const count = 2 * stages * request.microBatches * request.virtualStages;
  const columns: PipelineRun = {
    offset: new Uint32Array(stages + 1),
    kind: new Uint8Array(count),
    microBatch: new Uint32Array(count),
    chunk: new Uint16Array(count),
    start: new Float64Array(count),
    end: new Float64Array(count),
  };
  let index = 0;
  for (let rank = 0; rank < stages; rank++) {
    for (const operation of schedule.order(rank, request)) {
      columns.kind[index] = operation.kind === 'forward' ? 0 : 1;
      columns.microBatch[index] = operation.microBatch;
      columns.chunk[index] = operation.chunk;
      index++;
    }
    columns.offset[rank + 1] = index;
  }
  return columns;
}

/** Runs the operations of every rank; a sentence when the order can never finish (a fault of the schedule). */
export function runPipeline(request: ScheduleRequest, schedule: Schedule): PipelineRun | { readonly refused: string } {
  const { stages, microBatches, virtualStages, transfer } = request;
  const columns = layOut(request, schedule);
  const lastStage = stages * virtualStages - 1;
  const forwardEnd = new Float64Array((lastStage + 1) * microBatches).fill(notYet);
  const backwardEnd = new Float64Array((lastStage + 1) * microBatches).fill(notYet);
  const next = columns.offset.slice(0, stages);
  const free = new Float64Array(stages);
  const seconds = new Float64Array(2 * (lastStage + 1));
  for (let stage = 0; stage <= lastStage; stage++) {
    const times = request.times[stage % stages]?.[Math.floor(stage / stages)];
    seconds[2 * stage] = times?.forward ?? 0;
    seconds[2 * stage + 1] = times?.backward ?? 0;
  }
  const hop = stages > 1 ? transfer : 0;
  const held = request.transferOverlapped ? 0 : hop;

  /** When the input of an operation is there; `notYet` while it is not known. */
  const inputAt = (kind: number, stage: number, microBatch: number): number => {
    if (kind === 0) {
      if (stage === 0) return 0;
      const end = forwardEnd[(stage - 1) * microBatches + microBatch] ?? notYet;
      return end === notYet ? notYet : end + hop;
    }
    if (stage === lastStage) return forwardEnd[stage * microBatches + microBatch] ?? notYet;
    const end = backwardEnd[(stage + 1) * microBatches + microBatch] ?? notYet;
    return end === notYet ? notYet : end + hop;
  };

  /** Runs one rank as far as its inputs allow. */
  const advance = (rank: number): number => {
    const first = next[rank] ?? 0;
    const last = columns.offset[rank + 1] ?? 0;
    let time = free[rank] ?? 0;
    let index = first;
    for (; index < last; index++) {
      const kind = columns.kind[index] ?? 0;
      const stage = (columns.chunk[index] ?? 0) * stages + rank;
      const microBatch = columns.microBatch[index] ?? 0;
      const input = inputAt(kind, stage, microBatch);
      if (input === notYet) break;
      const start = Math.max(input, time);
      const end = start + (seconds[2 * stage + kind] ?? 0);
      columns.start[index] = start;
      columns.end[index] = end;
      (kind === 0 ? forwardEnd : backwardEnd)[stage * microBatches + microBatch] = end;
      time = (kind === 0 ? stage < lastStage : stage > 0) ? end + held : end;
    }
    next[rank] = index;
    free[rank] = time;
    return index - first;
  };

  for (let left = columns.kind.length; left > 0; ) {
    // Down the ranks carries forward passes along, up again the backward passes.
    let ran = 0;
    for (let rank = 0; rank < stages; rank++) ran += advance(rank);
    for (let rank = stages - 2; rank >= 0; rank--) ran += advance(rank);
    if (ran === 0) return { refused: `The order of operations of ${schedule.label} waits for itself with this shape.` };
    left -= ran;
  }
  return columns;
}
