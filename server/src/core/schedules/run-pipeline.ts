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
  const kinds = new Uint8Array(count);
  const microBatches = new Uint32Array(count);
  const chunks = new Uint16Array(count);
  const offset = new Uint32Array(stages + 1);
  let index = 0;
  for (let rank = 0; rank < stages; rank++) {
    schedule.order(rank, request, (kind, microBatch, chunk) => {
      kinds[index] = kind === 'forward' ? 0 : 1;
      microBatches[index] = microBatch;
      chunks[index] = chunk;
      index++;
    });
    offset[rank + 1] = index;
  }
  return { offset, kind: kinds, microBatch: microBatches, chunk: chunks, start: new Float64Array(count), end: new Float64Array(count) };
}

/** Seconds of one operation: `[2 * stage]` forward, `[2 * stage + 1]` backward, by virtual stage. */
function operationSeconds({ stages, virtualStages, times }: ScheduleRequest): Float64Array {
  const seconds = new Float64Array(2 * stages * virtualStages);
  for (let rank = 0; rank < stages; rank++) {
    const chunks = times[rank] ?? [];
    for (let chunk = 0; chunk < virtualStages; chunk++) {
      const stage = chunk * stages + rank;
      seconds[2 * stage] = chunks[chunk]?.forward ?? 0;
      seconds[2 * stage + 1] = chunks[chunk]?.backward ?? 0;
    }
  }
  return seconds;
}

/** Runs the operations of every rank; a sentence when the order can never finish (a fault of the schedule). */
export function runPipeline(request: ScheduleRequest, schedule: Schedule): PipelineRun | { readonly refused: string } {
  const { stages, microBatches, virtualStages } = request;
  const run = layOut(request, schedule);
  const { kind: kinds, microBatch: batches, chunk: chunks, start: starts, end: ends } = run;
  const lastStage = stages * virtualStages - 1;
  const seconds = operationSeconds(request);
  const hop = stages > 1 ? request.transfer : 0;
  const held = request.transferOverlapped ? 0 : hop;
  const next = run.offset.slice(0, stages);
  const free = new Float64Array(stages);
  // When the input of each operation is there: row 2 * stage for forward, 2 * stage + 1 for backward passes.
  const ready = new Float64Array(2 * (lastStage + 1) * microBatches).fill(notYet);
  ready.fill(0, 0, microBatches);

  /** Runs one rank as far as its inputs allow; says how many operations that were. */
  const advance = (rank: number): number => {
    const first = next[rank] ?? 0;
    const last = run.offset[rank + 1] ?? 0;
    let time = free[rank] ?? 0;
    let index = first;
    for (; index < last; index++) {
      const backward = kinds[index] ?? 0;
      const stage = (chunks[index] ?? 0) * stages + rank;
      const microBatch = batches[index] ?? 0;
      const row = 2 * stage + backward;
      const input = ready[row * microBatches + microBatch] ?? notYet;
      if (input < 0) break;
      const start = Math.max(input, time);
      const end = start + (seconds[row] ?? 0);
      starts[index] = start;
      ends[index] = end;
      time = end;
      if (stage !== (backward ? 0 : lastStage)) {
        time += held;
        ready[(backward ? row - 2 : row + 2) * microBatches + microBatch] = end + hop;
      } else if (!backward) {
        ready[(row + 1) * microBatches + microBatch] = end;
      }
    }
    next[rank] = index;
    free[rank] = time;
    return index - first;
  };

  for (let left = kinds.length; left > 0; ) {
    // Down the ranks carries forward passes along, up again the backward passes.
    let ran = 0;
    for (let rank = 0; rank < stages; rank++) ran += advance(rank);
    for (let rank = stages - 2; rank >= 0; rank--) ran += advance(rank);
    if (ran === 0) return { refused: `The order of operations of ${schedule.label} waits for itself with this shape.` };
    left -= ran;
  }
  return run;
}
