/**
 * The inner loop of the simulator: runs the next operations of ranks and writes their times down. Equation and assumptions:
 * see simulate.ts. One function over columns of numbers, because it runs once for each of up to millions of operations.
 */
import type { Seconds } from '../units.ts';
import type { HandOver } from './hand-over.ts';
import { backwardInputKind, backwardKind, backwardWeightKind, forwardKind } from './operation-kind.ts';
import { type PipelineRun, pairsOperations } from './pipeline-run.ts';
import { type ChunkTimes, inputSeconds, type ScheduleRequest, weightSeconds } from './schedule.ts';

const notYet = -1;
const kinds = 5;

/** A run in the making. */
export interface Progress {
  readonly run: PipelineRun;
  readonly request: ScheduleRequest;
  /** The next operation of each rank, and when the rank is free for it. */
  readonly next: Uint32Array;
  readonly free: Float64Array;
  /** When the input of each row (hand-over.ts) and micro batch is there, `[row * microBatches + micro batch]`; negative while it is not. */
  readonly ready: Float64Array;
  readonly handOver: HandOver;
  /** Seconds of one operation: `[kinds * slot + kind]`, a slot being `rank * virtualStages + chunk`. */
  readonly seconds: Float64Array;
  /** Seconds of two that run together: `[slot of the forward pass * virtualStages + chunk of the other]`. */
  readonly together: Float64Array;
  /** Where the next transfer of each rank is written down. */
  readonly nextTransfer: Uint32Array;
}

function operationSeconds({ stages, virtualStages, times }: ScheduleRequest): Float64Array {
  const seconds = new Float64Array(kinds * stages * virtualStages);
  for (let rank = 0; rank < stages; rank++) {
    for (let chunk = 0; chunk < virtualStages; chunk++) {
      const of = times[rank]?.[chunk];
      if (!of) continue;
      const first = kinds * (rank * virtualStages + chunk);
      seconds[first + forwardKind] = of.forward;
      seconds[first + backwardKind] = of.backward;
      seconds[first + backwardInputKind] = inputSeconds(of);
      seconds[first + backwardWeightKind] = weightSeconds(of);
    }
  }
  return seconds;
}

/**
 * Seconds of a forward and a backward pass run together: computations follow one another, all-to-alls too, and the two
 * hide each other as far as neither pass alone takes longer.
 */
export function pairSeconds(ahead: ChunkTimes, back: ChunkTimes): Seconds {
  const exchange = (ahead.forwardExchange ?? 0) + (back.backwardExchange ?? 0);
  return Math.max(ahead.forward + back.backward - exchange, exchange, ahead.forward, back.backward);
}

function secondsOfPairs({ stages, virtualStages, times }: ScheduleRequest): Float64Array {
  const seconds = new Float64Array(stages * virtualStages * virtualStages);
  for (let slot = 0; slot < stages * virtualStages; slot++) {
    const row = times[Math.floor(slot / virtualStages)];
    const ahead = row?.[slot % virtualStages];
    row?.forEach((back, chunk) => {
      if (ahead) seconds[slot * virtualStages + chunk] = pairSeconds(ahead, back);
    });
  }
  return seconds;
}

/** Nothing has run yet. */
export function startOf(request: ScheduleRequest, run: PipelineRun, handOver: HandOver): Progress {
  const { stages, virtualStages, microBatches } = request;
  const slots = stages * virtualStages;
  const ready = new Float64Array(2 * slots * microBatches).fill(notYet);
  for (let slot = 0; slot < slots; slot++) {
    if ((run.route.previous[slot] ?? notYet) < 0) ready.fill(0, 2 * slot * microBatches, (2 * slot + 1) * microBatches);
  }
  return {
    run,
    request,
    next: run.offset.slice(0, stages),
    free: new Float64Array(stages),
    ready,
    handOver,
    seconds: operationSeconds(request),
    together: pairsOperations(run) ? secondsOfPairs(request) : new Float64Array(0),
    nextTransfer: run.transfers ? run.transfers.offset.slice() : new Uint32Array(0),
  };
}

/** Where the input of an operation is awaited. */
function placeOf({ run, request }: Progress, index: number, rank: number): number {
  const row = 2 * (rank * request.virtualStages + (run.chunk[index] ?? 0)) + (run.kind[index] === forwardKind ? 0 : 1);
  return row * request.microBatches + (run.microBatch[index] ?? 0);
}

/** Times a forward pass and the backward pass after it, run together; says when both end, or `notYet`. */
function timePair(progress: Progress, index: number, rank: number): Seconds {
  const { run, request, free, ready, seconds } = progress;
  const one = ready[placeOf(progress, index, rank)] ?? notYet;
  const other = ready[placeOf(progress, index + 1, rank)] ?? notYet;
  if (one < 0 || other < 0) return notYet;
  const ahead = rank * request.virtualStages + (run.chunk[index] ?? 0);
  const back = run.chunk[index + 1] ?? 0;
  const together = progress.together[ahead * request.virtualStages + back] ?? 0;
  const aheadSeconds = seconds[kinds * ahead + forwardKind] ?? 0;
  const apart = aheadSeconds + (seconds[kinds * (rank * request.virtualStages + back) + backwardKind] ?? 0);
  const start = Math.max(one, other, free[rank] ?? 0) + (request.launchGap ?? 0);
  const end = start + together;
  // Drawn one after the other in the time they take together.
  const middle = apart > 0 ? start + (together * aheadSeconds) / apart : start;
  run.start[index] = start;
  run.end[index] = middle;
  run.start[index + 1] = middle;
  run.end[index + 1] = end;
  return end;
}

/** When the next operation or pair of a rank would end; `notYet` where it has none or an input is missing. */
export function nextEnd(progress: Progress, rank: number): Seconds {
  const { run, request, next, free, ready, seconds } = progress;
  const index = next[rank] ?? 0;
  if (index >= (run.offset[rank + 1] ?? 0)) return notYet;
  if (run.paired[index] === 1) return timePair(progress, index, rank);
  const kind = run.kind[index] ?? 0;
  const input = kind === backwardWeightKind ? 0 : (ready[placeOf(progress, index, rank)] ?? notYet);
  if (input < 0) return notYet;
  const length = seconds[kinds * (rank * request.virtualStages + (run.chunk[index] ?? 0)) + kind] ?? 0;
  return Math.max(input, free[rank] ?? 0) + (request.launchGap ?? 0) + length;
}

/** Writes down the transfer of what an operation made. */
function writeTransfer(progress: Progress, rank: number, index: number, begin: Seconds, arrival: Seconds): void {
  const { run, nextTransfer } = progress;
  const { start, end, microBatch, chunk, transfers } = run;
  const row = nextTransfer[rank] ?? 0;
  nextTransfer[rank] = row + 1;
  start[row] = begin;
  end[row] = arrival;
  microBatch[row] = microBatch[index] ?? 0;
  chunk[row] = chunk[index] ?? 0;
  if (transfers) transfers.sender[row - (transfers.offset[0] ?? 0)] = index;
}

/**
 * Runs the next operations of ranks, each rank in its turn as far as its inputs allow but no more than `most` operations or
 * pairs. Says how many operations ran.
 */
export function advance(progress: Progress, turns: Uint16Array, most: number): number {
  const { run, request, next, free, ready, seconds } = progress;
  const { virtualStages, microBatches, launchGap: launch = 0, transferOverlapped, linkSharing = 'none' } = request;
  const { offset, kind, chunk, microBatch, paired, start, end, busySeconds, transfers } = run;
  const { to, wire, wires } = progress.handOver;
  const shares = linkSharing !== 'none';
  let ran = 0;
  for (let turn = 0; turn < turns.length; turn++) {
    const rank = turns[turn] ?? 0;
    const first = next[rank] ?? 0;
    const last = offset[rank + 1] ?? 0;
    let time = free[rank] ?? 0;
    let busy = busySeconds[rank] ?? 0;
    let index = first;
    for (let left = most; index < last && left > 0; left--) {
      let ended: Seconds;
      let after = index + 1;
      if (paired[index] === 1) {
        free[rank] = time;
        ended = timePair(progress, index, rank);
        if (ended < 0) break;
        busy += (end[index] ?? 0) - (start[index] ?? 0);
        busy += ended - (start[after] ?? 0);
        after++;
      } else {
        const of = kind[index] ?? 0;
        const slot = rank * virtualStages + (chunk[index] ?? 0);
        let from = time;
        // A weight gradient waits for its rank alone, which has run the input gradient: a property test checks the order.
        if (of !== backwardWeightKind) {
          const row = of === forwardKind ? 2 * slot : 2 * slot + 1;
          const input = ready[row * microBatches + (microBatch[index] ?? 0)] ?? notYet;
          if (input < 0) break;
          if (input > from) from = input;
        }
        from += launch;
        ended = from + (seconds[kinds * slot + of] ?? 0);
        start[index] = from;
        end[index] = ended;
        busy += ended - from;
      }
      // Both passes of a pair hand on what they made when both have ended.
      for (time = ended; index < after; index++) {
        const of = kind[index] ?? 0;
        if (of === backwardWeightKind) continue;
        const slot = rank * virtualStages + (chunk[index] ?? 0);
        const row = of === forwardKind ? 2 * slot : 2 * slot + 1;
        const taker = to[row] ?? notYet;
        if (taker < 0) continue;
        const carrier = wire[row] ?? notYet;
        let arrival = ended;
        if (carrier >= 0) {
          const begin = shares ? wires.take(carrier, ended) : ended;
          arrival = begin + (wires.seconds[carrier] ?? 0);
          if (transfers) writeTransfer(progress, rank, index, begin, arrival);
          if (!transferOverlapped) time += arrival - ended;
        }
        ready[taker * microBatches + (microBatch[index] ?? 0)] = arrival;
      }
    }
    next[rank] = index;
    free[rank] = time;
    busySeconds[rank] = busy;
    ran += index - first;
  }
  return ran;
}
