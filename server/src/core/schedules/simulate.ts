/**
 * Gives a schedule its times. Each rank runs its operations in order and never two at once; a forward pass of virtual
 * stage v waits for the forward pass of the same micro batch on v - 1 and the transfer; a backward pass (or input
 * gradient) waits for the one on v + 1 and the transfer; on the last virtual stage it waits for its own forward pass. A
 * weight gradient waits for nothing but its rank. Which chunk of which rank is virtual stage v: placement.ts.
 *
 *   start = max(end of the rank's previous operation [+ transfer, when sends block], end of the input + transfer) + launch gap
 *
 * A forward and a backward pass that a schedule runs together start when both inputs are there and end together
 * (`pairSeconds` of run-pipeline.ts). Memory: follow-memory.ts.
 * Assumptions: a transfer does not wait for the receiver, nor for other traffic than that of the same wire where
 * `linkSharing` asks for it (wires.ts); a rank does not send to itself.
 */
import type { MemorySample } from '../estimate.ts';
import type { Seconds } from '../units.ts';
import { checkRequest } from './check-request.ts';
import { followMemory } from './follow-memory.ts';
import { makespanOf1F1B } from './one-f-one-b-makespan.ts';
import { mostTailRows, type OperationColumns, operationColumns } from './operation-columns.ts';
import { forwardKind } from './operation-kind.ts';
import { type PipelineRun, pairsOperations, spanOfRank } from './pipeline-run.ts';
import { microBatchesPerChunk, type Route } from './placement.ts';
import { type RepeatedGroups, repeatedGroups } from './repeated-groups.ts';
import { runPipeline, runWithTransfers } from './run-pipeline.ts';
import type { Schedule, ScheduleRequest } from './schedule.ts';
import { type Wires, wiresOf } from './wires.ts';

export {
  backwardInputKind,
  backwardKind,
  backwardWeightKind,
  forwardKind,
  gradientReductionKind,
  hostKind,
  optimizerKind,
  parameterGatherKind,
  recomputeKind,
  transferKind,
} from './operation-kind.ts';

/** The operations as columns (operation-columns.ts), and what they add up to. */
export interface Simulation extends OperationColumns {
  readonly request: ScheduleRequest;
  /** Bytes the rank holds while the computing operation runs, and once it has ended. */
  readonly heldBytes: Float64Array;
  readonly leftBytes: Float64Array;
  /** Seconds until the pipeline has drained. */
  readonly makespan: Seconds;
  /** Seconds from one step to the next before the tail: see `Times`. */
  readonly period: Seconds;
  /** The period and the tail: gradient reduction, optimizer, parameter gather. */
  readonly stepSeconds: Seconds;
  /** Seconds of forward and backward, per rank. */
  readonly busySeconds: Float64Array;
  /** Seconds of all-to-all per rank that operations running together hide; not part of `busySeconds`. */
  readonly hiddenSeconds: Float64Array;
  /** Seconds a rank is held up by its own blocking sends; 0 when transfers are overlapped. */
  readonly transferSeconds: Float64Array;
  /** period - busy - transfer, per rank: what the rank waits. */
  readonly bubbleSeconds: Float64Array;
  readonly peakBytes: Float64Array;
  /** Bytes held over time, per rank: each sample holds until the next. Computed when first read. */
  readonly memory: readonly (readonly MemorySample[])[];
}

export interface Refused {
  readonly refused: string;
}

/** What the estimate needs of a simulation, without the list of operations. */
export interface PipelineSummary extends Times {
  /** Most micro batches alive at once on each chunk: `peakInFlight[rank * virtualStages + chunk]`. */
  readonly peakInFlight: Uint32Array;
  readonly peakBytes: Float64Array;
}

interface Times {
  readonly makespan: Seconds;
  /**
   * Seconds from one step to the next: the makespan, or where steps overlap the longest time any rank takes from its
   * first to its last operation.
   */
  readonly period: Seconds;
  readonly busySeconds: Float64Array;
  /** Seconds of all-to-all per rank that operations running together hide; not part of `busySeconds`. */
  readonly hiddenSeconds: Float64Array;
  readonly transferSeconds: Float64Array;
  readonly bubbleSeconds: Float64Array;
}

/** Makespan and period of a run. */
function spanOf({ stages, stepsOverlap, barriers = 0 }: ScheduleRequest, run: PipelineRun): Pick<Times, 'makespan' | 'period'> {
  let makespan = 0;
  let longest = 0;
  for (let rank = 0; rank < stages; rank++) {
    const { end, length } = spanOfRank(run, rank);
    makespan = Math.max(makespan, end);
    longest = Math.max(longest, length);
  }
  return { makespan: makespan + barriers, period: (stepsOverlap === true ? longest : makespan) + barriers };
}

/** Seconds of computing of one rank where no two operations run together and none is split. */
function wholeSeconds(request: ScheduleRequest, rank: number): Seconds {
  let perMicroBatch = 0;
  for (const chunk of request.times[rank] ?? []) perMicroBatch += chunk.forward + chunk.backward;
  return request.microBatches * perMicroBatch;
}

/** What the pairs of a rank take less than their passes would one after the other. */
function savedByPairs({ times }: ScheduleRequest, run: PipelineRun, rank: number): Seconds {
  let saved = 0;
  for (let index = run.offset[rank] ?? 0; index < (run.offset[rank + 1] ?? 0); index++) {
    if (run.paired[index] !== 1) continue;
    const ahead = times[rank]?.[run.chunk[index] ?? 0]?.forward ?? 0;
    const back = times[rank]?.[run.chunk[index + 1] ?? 0]?.backward ?? 0;
    saved += ahead + back - ((run.end[index + 1] ?? 0) - (run.start[index] ?? 0));
  }
  return saved;
}

function sumTimes(
  request: ScheduleRequest,
  schedule: Schedule,
  span: Pick<Times, 'makespan' | 'period'>,
  run: PipelineRun | undefined,
): Times {
  const { stages } = request;
  const busySeconds = new Float64Array(stages);
  const hiddenSeconds = new Float64Array(stages);
  const transferSeconds = new Float64Array(stages);
  const bubbleSeconds = new Float64Array(stages);
  const paired = run !== undefined && pairsOperations(run);
  const counted = schedule.splitsBackward || paired ? run : undefined;
  const perChunk = microBatchesPerChunk(schedule.placement, request.microBatches);
  const wires = wiresOf(request);
  for (let rank = 0; rank < stages; rank++) {
    const busy = counted ? (counted.busySeconds[rank] ?? 0) : wholeSeconds(request, rank);
    const held = request.transferOverlapped ? 0 : perChunk * sendingPerMicroBatch(request, wires, run?.route, rank);
    busySeconds[rank] = busy;
    if (paired) hiddenSeconds[rank] = savedByPairs(request, run, rank);
    transferSeconds[rank] = held;
    bubbleSeconds[rank] = Math.max(0, span.period - busy - held);
  }
  return { ...span, busySeconds, hiddenSeconds, transferSeconds, bubbleSeconds };
}

/**
 * Seconds in which a rank sends for one micro batch: every chunk its forward result on and its backward result back, but
 * for the ends and its own rank. Without a route the pipeline is a plain one.
 */
function sendingPerMicroBatch({ stages, virtualStages }: ScheduleRequest, wires: Wires, route: Route | undefined, rank: number): Seconds {
  const secondsTo = (receiver: number): Seconds => wires.seconds[wires.between(rank, receiver)] ?? 0;
  if (!route) return (rank > 0 ? secondsTo(rank - 1) : 0) + (rank < stages - 1 ? secondsTo(rank + 1) : 0);
  let seconds = 0;
  for (let slot = rank * virtualStages; slot < (rank + 1) * virtualStages; slot++) {
    for (const to of [route.next[slot] ?? -1, route.previous[slot] ?? -1]) {
      const receiver = Math.floor(to / virtualStages);
      if (to >= 0 && receiver !== rank) seconds += secondsTo(receiver);
    }
  }
  return seconds;
}

/**
 * Makespan, waiting and peak memory of a request: all the estimate needs, at a fraction of the cost of `simulate` and
 * with the same numbers. Refuses impossible requests with a sentence.
 */
export function simulateMakespan(request: ScheduleRequest): PipelineSummary | Refused {
  const checked = checkRequest(request);
  if ('refused' in checked) return checked;
  const { schedule } = checked;
  if (isPlain1F1B(request)) return summary1F1B(request, schedule);
  const repeated = request.name === 'interleaved-1f1b' ? repeatedGroups(request, schedule) : undefined;
  if (repeated) return summaryOfGroups(request, schedule, repeated);
  const run = runPipeline(request, schedule);
  if ('refused' in run) return run;
  const { peakInFlight, peakBytes } = followMemory(request, run, false);
  return { ...sumTimes(request, schedule, spanOf(request, run), run), peakInFlight, peakBytes };
}

/** True where the recurrence of one-f-one-b-makespan.ts says the same as the simulation. */
function isPlain1F1B({ name, microBatches, stages, stepsOverlap, links, linkSharing = 'none', launchGap = 0 }: ScheduleRequest): boolean {
  if (name !== '1f1b' || microBatches < stages || stepsOverlap === true) return false;
  return links === undefined && linkSharing === 'none' && launchGap === 0;
}

/** The simulated groups hold as much as all of them. */
function summaryOfGroups(request: ScheduleRequest, schedule: Schedule, { request: few, run, skipped }: RepeatedGroups): PipelineSummary {
  const { makespan, period } = spanOf(few, run);
  const { peakInFlight, peakBytes } = followMemory(few, run, false);
  const span = { makespan: makespan + skipped, period: period + skipped };
  return { ...sumTimes(request, schedule, span, run), peakInFlight, peakBytes };
}

/** With at least as many micro batches as stages, rank r keeps p - r of them alive. */
function summary1F1B(request: ScheduleRequest, schedule: Schedule): PipelineSummary {
  const { stages } = request;
  const peakInFlight = new Uint32Array(stages);
  const peakBytes = new Float64Array(stages);
  for (let rank = 0; rank < stages; rank++) {
    peakInFlight[rank] = stages - rank;
    peakBytes[rank] = (request.residentBytes[rank] ?? 0) + (stages - rank) * (request.memory[rank]?.[0]?.activations ?? 0);
  }
  const makespan = makespanOf1F1B(request) + (request.barriers ?? 0);
  return { ...sumTimes(request, schedule, { makespan, period: makespan }, undefined), peakInFlight, peakBytes };
}

/** Simulates a request; refuses impossible ones with a sentence. Times in seconds, memory in bytes. */
export function simulate(request: ScheduleRequest): Simulation | Refused {
  const checked = checkRequest(request);
  if ('refused' in checked) return checked;
  const { schedule } = checked;
  const run = runWithTransfers(request, schedule, mostTailRows(request));
  if ('refused' in run) return run;
  const times = sumTimes(request, schedule, spanOf(request, run), run);
  const { peakBytes, heldBytes, leftBytes } = followMemory(request, run, true);
  const { gradientReduction, optimizer, parameterGather } = request.tail;
  let memory: readonly (readonly MemorySample[])[] | undefined;
  const simulation: Simulation = {
    request,
    ...operationColumns(request, run, times.makespan),
    heldBytes,
    leftBytes,
    ...times,
    stepSeconds: times.period + gradientReduction + optimizer + parameterGather,
    peakBytes,
    get memory() {
      memory ??= Array.from({ length: request.stages }, (_, rank) => memorySamples(simulation, rank));
      return memory;
    },
  };
  return simulation;
}

/** Bytes held by one rank over time; each sample holds until the next, the last is back at the resident bytes. */
function memorySamples(simulation: Simulation, rank: number): readonly MemorySample[] {
  const { request, computeOffset, kind, start, end, heldBytes, leftBytes } = simulation;
  const samples: MemorySample[] = [{ time: 0, bytes: request.residentBytes[rank] ?? 0 }];
  for (let index = computeOffset[rank] ?? 0; index < (computeOffset[rank + 1] ?? 0); index++) {
    if (kind[index] === forwardKind) samples.push({ time: start[index] ?? 0, bytes: heldBytes[index] ?? 0 });
    else samples.push({ time: end[index] ?? 0, bytes: leftBytes[index] ?? 0 });
  }
  return samples;
}
