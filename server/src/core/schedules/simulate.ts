/**
 * Gives a schedule its times. Each rank runs its operations in order and never two at once; a forward pass of virtual
 * stage v waits for the forward pass of the same micro batch on v - 1 and the transfer; a backward pass waits for the
 * backward pass on v + 1 and the transfer; on the last virtual stage it waits for its own forward pass. Virtual stage
 * v is chunk floor(v / p) of rank v mod p (Narayanan et al. 2021, PTD-P, arXiv:2104.04473, section 2.2.2).
 *
 *   start = max(end of the rank's previous operation [+ transfer, when sends block], end of the input + transfer)
 *
 * Memory: an operation's activations are held from the start of its forward pass to the end of its backward pass.
 * Assumptions: a transfer takes the same time everywhere and does not wait for the receiver or for other traffic; a
 * rank does not send to itself. Known to be wrong where links are shared by several transfers at a time.
 */
import type { MemorySample } from '../estimate.ts';
import type { Bytes, Seconds } from '../units.ts';
import { checkRequest } from './check-request.ts';
import { followMemory } from './follow-memory.ts';
import { makespanOf1F1B } from './one-f-one-b-makespan.ts';
import { type PipelineRun, runPipeline } from './run-pipeline.ts';
import type { ScheduleRequest } from './schedule.ts';

export const forwardKind = 0;
export const backwardKind = 1;
export const transferKind = 2;

/**
 * The operations as columns. First the `computeCount` forward and backward operations, rank by rank, in time order
 * (rank r owns indexes `computeOffset[r]` to `computeOffset[r + 1] - 1`); then the transfers, likewise by
 * `transferOffset`, each on the row of its sender and with the micro batch and chunk of the operation that sends.
 */
export interface Simulation {
  readonly request: ScheduleRequest;
  readonly count: number;
  readonly computeCount: number;
  readonly computeOffset: Uint32Array;
  readonly transferOffset: Uint32Array;
  readonly rank: Uint16Array;
  /** 0 forward, 1 backward, 2 transfer. */
  readonly kind: Uint8Array;
  readonly microBatch: Uint32Array;
  readonly chunk: Uint16Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Bytes the rank holds while the forward or backward operation runs. */
  readonly heldBytes: Float64Array;
  /** Seconds until the pipeline has drained. */
  readonly makespan: Seconds;
  /** The makespan and the tail: gradient reduction, optimizer, parameter gather. */
  readonly stepSeconds: Seconds;
  /** Seconds of forward and backward, per rank. */
  readonly busySeconds: Float64Array;
  /** Seconds a rank is held up by its own blocking sends; 0 when transfers are overlapped. */
  readonly transferSeconds: Float64Array;
  /** makespan - busy - transfer, per rank: what the rank waits. */
  readonly bubbleSeconds: Float64Array;
  readonly peakBytes: Float64Array;
  /** Bytes held over time, per rank: each sample holds until the next. Computed when first read. */
  readonly memory: readonly (readonly MemorySample[])[];
}

export interface Refused {
  readonly refused: string;
}

/** What the estimate needs of a simulation, without the list of operations. */
export interface PipelineSummary {
  readonly makespan: Seconds;
  readonly busySeconds: Float64Array;
  readonly transferSeconds: Float64Array;
  readonly bubbleSeconds: Float64Array;
  /** Most micro batches alive at once on each chunk: `peakInFlight[rank * virtualStages + chunk]`. */
  readonly peakInFlight: Uint32Array;
  readonly peakBytes: Float64Array;
}

interface Times {
  readonly makespan: Seconds;
  readonly busySeconds: Float64Array;
  readonly transferSeconds: Float64Array;
  readonly bubbleSeconds: Float64Array;
}

function lastEnd({ stages }: ScheduleRequest, run: PipelineRun): Seconds {
  let makespan = 0;
  for (let rank = 0; rank < stages; rank++) makespan = Math.max(makespan, run.end[(run.offset[rank + 1] ?? 0) - 1] ?? 0);
  return makespan;
}

function sumTimes(request: ScheduleRequest, makespan: Seconds): Times {
  const { stages, microBatches, virtualStages } = request;
  const busySeconds = new Float64Array(stages);
  const transferSeconds = new Float64Array(stages);
  const bubbleSeconds = new Float64Array(stages);
  for (let rank = 0; rank < stages; rank++) {
    let perMicroBatch = 0;
    for (const chunk of request.times[rank] ?? []) perMicroBatch += chunk.forward + chunk.backward;
    const busy = microBatches * perMicroBatch;
    const held = request.transferOverlapped ? 0 : microBatches * sendsPerMicroBatch(rank, stages, virtualStages) * request.transfer;
    busySeconds[rank] = busy;
    transferSeconds[rank] = held;
    bubbleSeconds[rank] = Math.max(0, makespan - busy - held);
  }
  return { makespan, busySeconds, transferSeconds, bubbleSeconds };
}

/** Every chunk sends its forward result on and its backward result back, but for the two ends of the pipeline. */
function sendsPerMicroBatch(rank: number, stages: number, virtualStages: number): number {
  if (stages === 1) return 0;
  return 2 * virtualStages - (rank === 0 ? 1 : 0) - (rank === stages - 1 ? 1 : 0);
}

/**
 * Makespan, waiting and peak memory of a request: all the estimate needs, at a fraction of the cost of `simulate` and
 * with the same numbers. Refuses impossible requests with a sentence.
 */
export function simulateMakespan(request: ScheduleRequest): PipelineSummary | Refused {
  const checked = checkRequest(request);
  if ('refused' in checked) return checked;
  if (request.name === '1f1b' && request.microBatches >= request.stages) return summary1F1B(request);
  const run = runPipeline(request, checked.schedule);
  if ('refused' in run) return run;
  const { peakInFlight, peakBytes } = followMemory(request, run, false);
  return { ...sumTimes(request, lastEnd(request, run)), peakInFlight, peakBytes };
}

/** With at least as many micro batches as stages, rank r keeps p - r of them alive. */
function summary1F1B(request: ScheduleRequest): PipelineSummary {
  const { stages } = request;
  const peakInFlight = new Uint32Array(stages);
  const peakBytes = new Float64Array(stages);
  for (let rank = 0; rank < stages; rank++) {
    peakInFlight[rank] = stages - rank;
    peakBytes[rank] = (request.residentBytes[rank] ?? 0) + (stages - rank) * (request.memory[rank]?.[0]?.activations ?? 0);
  }
  return { ...sumTimes(request, makespanOf1F1B(request)), peakInFlight, peakBytes };
}

/** Simulates a request; refuses impossible ones with a sentence. Times in seconds, memory in bytes. */
export function simulate(request: ScheduleRequest): Simulation | Refused {
  const checked = checkRequest(request);
  if ('refused' in checked) return checked;
  const run = runPipeline(request, checked.schedule);
  if ('refused' in run) return run;
  const times = sumTimes(request, lastEnd(request, run));
  const { peakBytes, heldBytes } = followMemory(request, run, true);
  const { gradientReduction, optimizer, parameterGather } = request.tail;
  let memory: readonly (readonly MemorySample[])[] | undefined;
  const simulation: Simulation = {
    request,
    computeCount: run.kind.length,
    computeOffset: run.offset,
    ...withTransfers(request, run),
    heldBytes,
    ...times,
    stepSeconds: times.makespan + gradientReduction + optimizer + parameterGather,
    peakBytes,
    get memory() {
      memory ??= Array.from({ length: request.stages }, (_, rank) => memorySamples(simulation, rank));
      return memory;
    },
  };
  return simulation;
}

/** The columns of the run followed by its transfers. */
function withTransfers(
  request: ScheduleRequest,
  run: PipelineRun,
): Pick<Simulation, 'count' | 'transferOffset' | 'rank' | 'kind' | 'microBatch' | 'chunk' | 'start' | 'end'> {
  const { stages, microBatches, virtualStages, transfer } = request;
  const computed = run.kind.length;
  const transferOffset = new Uint32Array(stages + 1).fill(computed);
  for (let rank = 0; rank < stages; rank++) {
    const sends = transfer > 0 ? microBatches * sendsPerMicroBatch(rank, stages, virtualStages) : 0;
    transferOffset[rank + 1] = (transferOffset[rank] ?? 0) + sends;
  }
  const count = transferOffset[stages] ?? computed;
  const rankOf = new Uint16Array(count);
  const kind = extend(new Uint8Array(count), run.kind).fill(transferKind, computed);
  const microBatch = extend(new Uint32Array(count), run.microBatch);
  const chunk = extend(new Uint16Array(count), run.chunk);
  const start = extend(new Float64Array(count), run.start);
  const end = extend(new Float64Array(count), run.end);
  const lastStage = stages * virtualStages - 1;
  let sent = computed;
  for (let rank = 0; rank < stages; rank++) {
    for (let index = run.offset[rank] ?? 0; index < (run.offset[rank + 1] ?? 0); index++) {
      rankOf[index] = rank;
      const stage = (run.chunk[index] ?? 0) * stages + rank;
      if (transfer === 0 || stages === 1 || stage === (run.kind[index] === forwardKind ? lastStage : 0)) continue;
      const from = run.end[index] ?? 0;
      rankOf[sent] = rank;
      microBatch[sent] = run.microBatch[index] ?? 0;
      chunk[sent] = run.chunk[index] ?? 0;
      start[sent] = from;
      end[sent] = from + transfer;
      sent++;
    }
  }
  return { count, transferOffset, rank: rankOf, kind, microBatch, chunk, start, end };
}

function extend<Column extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(longer: Column, column: Column): Column {
  longer.set(column);
  return longer;
}

/** Bytes held by one rank over time; each sample holds until the next, the last is back at the resident bytes. */
function memorySamples(simulation: Simulation, rank: number): readonly MemorySample[] {
  const { request, computeOffset, kind, chunk, start, end, heldBytes } = simulation;
  const samples: MemorySample[] = [{ time: 0, bytes: request.residentBytes[rank] ?? 0 }];
  for (let index = computeOffset[rank] ?? 0; index < (computeOffset[rank + 1] ?? 0); index++) {
    const held = heldBytes[index] ?? 0;
    if (kind[index] === forwardKind) samples.push({ time: start[index] ?? 0, bytes: held });
    else samples.push({ time: end[index] ?? 0, bytes: bytesAfterBackward(simulation, rank, index, held, chunk[index] ?? 0) });
  }
  return samples;
}

/** What is left when a backward pass has ended; exactly the resident bytes after the last one. */
function bytesAfterBackward(simulation: Simulation, rank: number, index: number, held: Bytes, chunk: number): Bytes {
  const resident = simulation.request.residentBytes[rank] ?? 0;
  if (index + 1 === simulation.computeOffset[rank + 1]) return resident;
  return held - (simulation.request.memory[rank]?.[chunk]?.activations ?? 0);
}
