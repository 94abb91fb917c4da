/**
 * The event loop behind `simulate`: takes the order of each rank and finds when every operation starts and ends.
 * Equation and assumptions: see simulate.ts.
 */
import { backwardInputKind, backwardKind, backwardWeightKind, codeOf, forwardKind } from './operation-kind.ts';
import type { Clock, OperationOrder, PipelineRun } from './pipeline-run.ts';
import { microBatchesPerChunk, routeOf } from './placement.ts';
import { runInTimeOrder } from './run-in-time-order.ts';
import { type ChunkTimes, inputSeconds, type Schedule, type ScheduleRequest, weightSeconds } from './schedule.ts';
import { wiresOf } from './wires.ts';

const notYet = -1;

/** Operations of each chunk and micro batch. */
const kindsOf = (schedule: Schedule): number => (schedule.splitsBackward ? 3 : 2);

function layOut(request: ScheduleRequest, schedule: Schedule): OperationOrder {
  const { stages, virtualStages } = request;
  const perChunk = microBatchesPerChunk(schedule.placement, request.microBatches);
  const most = kindsOf(schedule) * stages * virtualStages * perChunk;
  const kind = new Uint8Array(most);
  const microBatches = new Uint32Array(most);
  const chunks = new Uint16Array(most);
  const pairs = new Uint8Array(most);
  const offset = new Uint32Array(stages + 1);
  const order = schedule.order(request);
  let index = 0;
  for (let rank = 0; rank < stages; rank++) {
    order(rank, (operation, microBatch, chunk, paired) => {
      kind[index] = codeOf(operation);
      microBatches[index] = microBatch;
      chunks[index] = chunk;
      if (paired === true) pairs[index] = 1;
      index++;
    });
    offset[rank + 1] = index;
  }
  return {
    route: routeOf(schedule.placement, stages, virtualStages),
    offset,
    kind: kind.subarray(0, index),
    microBatch: microBatches.subarray(0, index),
    chunk: chunks.subarray(0, index),
    paired: pairs.subarray(0, index),
  };
}

function untimed(order: OperationOrder): PipelineRun {
  const count = order.kind.length;
  return {
    ...order,
    start: new Float64Array(count),
    end: new Float64Array(count),
    sent: new Float64Array(count).fill(notYet),
    arrived: new Float64Array(count).fill(notYet),
  };
}

const kinds = 5;

/** Seconds of one operation: `[kinds * slot + kind]`, a slot being `rank * virtualStages + chunk`. */
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
export function pairSeconds(ahead: ChunkTimes, back: ChunkTimes): number {
  const exchange = (ahead.forwardExchange ?? 0) + (back.backwardExchange ?? 0);
  return Math.max(ahead.forward + back.backward - exchange, exchange, ahead.forward, back.backward);
}

/** What operations hand to one another: both functions take the index of an operation and its rank. */
interface Passing {
  /** When the input of an operation is there; negative while it is not. */
  readonly inputOf: (index: number, rank: number) => number;
  /** Hands on what an operation made at `end`; says how long sending keeps the rank from computing. */
  readonly handOn: (index: number, rank: number, end: number) => number;
}

function passing(request: ScheduleRequest, run: PipelineRun): Passing {
  const { stages, microBatches, virtualStages } = request;
  const { kind: operations, microBatch: batches, chunk: chunks, sent, arrived } = run;
  const wires = wiresOf(request);
  const { next: following, previous: preceding } = run.route;
  const slots = stages * virtualStages;
  // When the input of each operation is there: row 2 * slot for forward passes, 2 * slot + 1 for what goes back.
  const ready = new Float64Array(2 * slots * microBatches).fill(notYet);
  for (let slot = 0; slot < slots; slot++) {
    if ((preceding[slot] ?? 0) < 0) ready.fill(0, 2 * slot * microBatches, (2 * slot + 1) * microBatches);
  }
  /** Sends the result of an operation that ended at `end` to another rank; says when it is there. */
  const send = (index: number, from: number, to: number, end: number): number => {
    const wire = wires.between(from, to);
    if ((wires.seconds[wire] ?? 0) <= 0) return end;
    const begin = wires.take(wire, end);
    const arrival = begin + (wires.seconds[wire] ?? 0);
    sent[index] = begin;
    arrived[index] = arrival;
    return arrival;
  };

  const handOn = (index: number, rank: number, end: number): number => {
    const kind = operations[index] ?? 0;
    if (kind === backwardWeightKind) return 0;
    const slot = rank * virtualStages + (chunks[index] ?? 0);
    const forward = kind === forwardKind;
    const to = (forward ? following[slot] : preceding[slot]) ?? notYet;
    const microBatch = batches[index] ?? 0;
    if (to < 0) {
      if (forward) ready[(2 * slot + 1) * microBatches + microBatch] = end;
      return 0;
    }
    const receiver = Math.floor(to / virtualStages);
    const arrival = receiver === rank ? end : send(index, rank, receiver, end);
    ready[(forward ? 2 * to : 2 * to + 1) * microBatches + microBatch] = arrival;
    return request.transferOverlapped ? 0 : arrival - end;
  };

  const inputOf = (index: number, rank: number): number => {
    const kind = operations[index] ?? 0;
    // The rank itself has run the input gradient: the order says so, and a property test checks it.
    if (kind === backwardWeightKind) return 0;
    const slot = rank * virtualStages + (chunks[index] ?? 0);
    return ready[(kind === forwardKind ? 2 * slot : 2 * slot + 1) * microBatches + (batches[index] ?? 0)] ?? notYet;
  };

  return { inputOf, handOn };
}

/** Runs the operations of every rank; a sentence when the order can never finish (a fault of the schedule). */
export function runPipeline(request: ScheduleRequest, schedule: Schedule): PipelineRun | { readonly refused: string } {
  return (
    timeOrder(request, layOut(request, schedule)) ?? {
      refused: `The order of operations of ${schedule.label} waits for itself with this shape.`,
    }
  );
}

/** Gives an order its times; undefined when it can never finish. */
export function timeOrder(request: ScheduleRequest, order: OperationOrder): PipelineRun | undefined {
  const run = untimed(order);
  const clock = clockOf(request, run);
  // Where both directions share a wire, who comes first is a matter of time; elsewhere any order of ranks gives the same.
  const ended = request.linkSharing === 'both-directions' ? runInTimeOrder(request, run, clock) : runRankByRank(request, run, clock);
  return ended ? run : undefined;
}

function clockOf(request: ScheduleRequest, run: PipelineRun): Clock {
  const { virtualStages, launchGap: launch = 0 } = request;
  const { kind: operations, chunk: chunks, start: starts, end: ends, paired: pairs } = run;
  const seconds = operationSeconds(request);
  const { inputOf, handOn } = passing(request, run);
  const secondsOf = (index: number, rank: number): number =>
    seconds[kinds * (rank * virtualStages + (chunks[index] ?? 0)) + (operations[index] ?? 0)] ?? 0;
  const beginPair = (index: number, rank: number, time: number): number => {
    const [one, other] = [inputOf(index, rank), inputOf(index + 1, rank)];
    if (one < 0 || other < 0) return notYet;
    const times = request.times[rank] ?? [];
    const [ahead, back] = [times[chunks[index] ?? 0], times[chunks[index + 1] ?? 0]];
    const together = ahead && back ? pairSeconds(ahead, back) : 0;
    const start = Math.max(one, other, time) + launch;
    const end = start + together;
    const apart = secondsOf(index, rank) + secondsOf(index + 1, rank);
    // Drawn one after the other in the time they take together.
    const middle = apart > 0 ? start + (together * secondsOf(index, rank)) / apart : start;
    starts[index] = start;
    ends[index] = middle;
    starts[index + 1] = middle;
    ends[index + 1] = end;
    return end;
  };
  return {
    begin: (index, rank, time) => {
      if (pairs[index] === 1) return beginPair(index, rank, time);
      const input = inputOf(index, rank);
      if (input < 0) return notYet;
      const start = Math.max(input, time) + launch;
      const end = start + secondsOf(index, rank);
      starts[index] = start;
      ends[index] = end;
      return end;
    },
    complete: (index, rank, end) => {
      const held = end + handOn(index, rank, end);
      return pairs[index] === 1 ? held + handOn(index + 1, rank, end) : held;
    },
  };
}

/** Runs each rank as far as its inputs allow, down the ranks and up again; false when all of them stand still. */
function runRankByRank({ stages }: ScheduleRequest, { offset, paired, kind }: PipelineRun, { begin, complete }: Clock): boolean {
  const next = offset.slice(0, stages);
  const free = new Float64Array(stages);
  const advance = (rank: number): number => {
    const first = next[rank] ?? 0;
    const last = offset[rank + 1] ?? 0;
    let time = free[rank] ?? 0;
    let index = first;
    while (index < last) {
      const end = begin(index, rank, time);
      if (end < 0) break;
      time = complete(index, rank, end);
      index += paired[index] === 1 ? 2 : 1;
    }
    next[rank] = index;
    free[rank] = time;
    return index - first;
  };
  for (let left = kind.length; left > 0; ) {
    // Down the ranks carries forward passes along, up again the backward passes.
    let ran = 0;
    for (let rank = 0; rank < stages; rank++) ran += advance(rank);
    for (let rank = stages - 2; rank >= 0; rank--) ran += advance(rank);
    if (ran === 0) return false;
    left -= ran;
  }
  return true;
}
