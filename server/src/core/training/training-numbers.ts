/**
 * A training job in plain numbers: stage times, the simulated schedule, traffic and memory. This is the path that a
 * keystroke and a search run many times; the terms that a reader opens are made from it on demand.
 */
import type { ComputeCalibration } from '../calibration/compute.ts';
import { clusterCalibration } from '../calibration/measured.ts';
import { activationSlack } from '../calibration/memory.ts';
import { sendTime } from '../comms/collectives.ts';
import { type Groups, groupsOf } from '../comms/groups.ts';
import { place } from '../comms/network.ts';
import type { Devices } from '../compute/block-work.ts';
import { type Device, describeDevice } from '../compute/gemm.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { keptOnRank, type SharedMemory, sharedMemory } from '../memory/shared-memory.ts';
import { type RankMemory, rankMemory, type StageParts, stageParts } from '../memory/stage-parts.ts';
import type { ScheduleRequest } from '../schedules/schedule.ts';
import { sendsBesideComputation } from '../schedules/shape.ts';
import { type PipelineSummary, simulateMakespan } from '../schedules/simulate.ts';
import type { Bytes, Seconds } from '../units.ts';
import { type DataParallelCost, dataParallelCost, optimizerSeconds } from './data-parallel.ts';
import { pipelineMessage } from './pipeline-message.ts';
import { shardWait } from './shard-wait.ts';
import { type RankPlan, stagePlan } from './stage-plan.ts';
import { type StageTimes, stageTimes } from './stage-times.ts';
import { tailOf } from './step-tail.ts';
import { vocabularyRounds } from './vocabulary-rounds.ts';

export interface TrainingNumbers {
  readonly gpus: number;
  /** Tokens of one step over all ranks. */
  readonly tokens: number;
  readonly devices: Devices;
  readonly groups: Groups;
  readonly plans: readonly RankPlan[];
  readonly times: StageTimes;
  readonly dataCost: DataParallelCost;
  readonly request: ScheduleRequest;
  readonly run: PipelineSummary;
  readonly step: Seconds;
  readonly memory: SharedMemory;
  /** Layers times micro batches whose activations each rank holds at its worst moment. */
  readonly aliveLayers: readonly number[];
  /** Memory of one GPU of each rank at its worst moment. */
  readonly stages: readonly StageParts[];
}

const scaleLayouts = { tensorwise: 'tensor', blockwise: 'block', mx: 'mx' } as const;

function scheduleRequest(
  job: TrainingJob,
  plans: readonly RankPlan[],
  times: StageTimes,
  groups: Groups,
  tail: ScheduleRequest['tail'],
  kept: readonly Bytes[],
): ScheduleRequest {
  const { pipeline } = job.parallel;
  const slack = activationSlack(job.framework, job.zero.implementation);
  return {
    name: job.parallel.schedule,
    stages: pipeline,
    virtualStages: job.parallel.virtualStages,
    microBatches: job.batch.accumulation,
    ...(job.parallel.microBatchGroup === undefined ? {} : { microBatchGroup: job.parallel.microBatchGroup }),
    ...(job.parallel.writtenOrder === undefined ? {} : { writtenOrder: job.parallel.writtenOrder }),
    times: times.times,
    memory: plans.map((plan) => plan.chunks.map((chunk) => ({ activations: keptBy(chunk.kinds, kept, slack) }))),
    residentBytes: plans.map(() => 0),
    ...wireTimes(job, groups),
    transferOverlapped: sendsBesideComputation(job.parallel.schedule, job.parallel.virtualStages),
    barriers: job.parallel.vocabPipeline === 'none' ? 0 : vocabularyRounds(job) * slowestRound(times),
    tail,
  };
}

/**
 * Seconds on the wire between neighbouring stages: the same everywhere, unless some neighbours share a node (or the domain
 * of the links) and others do not.
 */
function wireTimes(job: TrainingJob, { pipeline: { size, stride } }: Groups): Pick<ScheduleRequest, 'transfer' | 'links'> {
  if (size <= 1) return { transfer: 0 };
  const message = pipelineMessage(job);
  const near = sendTime(place(job.cluster, { size: 2, stride }), message);
  const together = place(job.cluster, { size, stride }).perNode;
  if (together <= 1 || together >= size) return { transfer: near };
  const far = sendTime(place(job.cluster, { size: 2, stride: together * stride }), message);
  const crosses = (stage: number): boolean => (stage + 1) % together === 0 || stage === size - 1;
  return { transfer: near, links: Array.from({ length: size }, (_, stage) => ({ latency: 0, occupied: crosses(stage) ? far : near })) };
}

/** Seconds of one micro batch on the slowest rank. */
function slowestRound({ times }: StageTimes): Seconds {
  let slowest = 0;
  for (const row of times) {
    let seconds = 0;
    for (const chunk of row) seconds += chunk.forward + chunk.backward;
    if (seconds > slowest) slowest = seconds;
  }
  return slowest;
}

/** Reserved bytes that layers of these kinds keep of one micro batch. */
function keptBy(kinds: readonly number[], kept: readonly Bytes[], slack: number): Bytes {
  let bytes = 0;
  for (let kind = 0; kind < kinds.length; kind++) bytes += (kinds[kind] ?? 0) * (kept[kind] ?? 0);
  return bytes * slack;
}

/**
 * Layers times micro batches whose activations rank `rank` holds at its worst moment. Spreading the vocabulary keeps
 * more: two more micro batches (Vocab-1), one more (Vocab-2), or half as many again (interlaced) (Yeung et al. 2024,
 * sections 5 and 6).
 */
function aliveLayers(job: TrainingJob, plan: RankPlan, peakBytes: number, bytesPerLayer: number): number {
  const alive = bytesPerLayer > 0 ? peakBytes / bytesPerLayer : 0;
  const most = plan.layers * job.batch.accumulation;
  // Interlaced ranks keep in proportion to what they keep anyway.
  if (job.parallel.vocabPipeline === 'interlaced') return Math.min(most, alive * 1.5);
  return Math.min(most, alive + vocabularyRounds(job) * plan.layers);
}

/** Memory of every rank; ranks with the same chunks (the same object) share what does not hang on the schedule. */
function stagesOf(job: TrainingJob, plans: readonly RankPlan[], alive: readonly number[], shared: SharedMemory): readonly StageParts[] {
  let before: RankPlan | undefined;
  let own: RankMemory | undefined;
  return plans.map((plan, rank) => {
    if (!own || plan.chunks !== before?.chunks) own = rankMemory(job, plan, shared);
    before = plan;
    return stageParts(job, plan, alive[rank] ?? 0, shared, own);
  });
}

/** GPUs of the whole job. */
export function gpusOf({ parallel }: TrainingJob): number {
  return parallel.tensor * parallel.pipeline * parallel.context * parallel.data;
}

/** Computes a complete training job, or says why the device or the schedule cannot run it. */
export function trainingNumbers(
  job: TrainingJob,
  calibration: ComputeCalibration = clusterCalibration(job.cluster, gpusOf(job)),
): TrainingNumbers | { readonly refused: string } {
  const { accelerator } = job.cluster;
  const inTraining = (device: Device | undefined): Device | undefined => device && { ...device, lineShare: calibration.lineShare };
  const plain = inTraining(describeDevice(accelerator, job.precision.compute, calibration));
  const { fp8, linear: low, fp8Recipe } = job.precision;
  const linear = fp8 ? inTraining(describeDevice(accelerator, low, calibration, scaleLayouts[fp8Recipe])) : plain;
  if (!plain || !linear) return { refused: `the data sheet of ${accelerator.label} gives no dense rate for ${job.precision.compute}` };
  const devices: Devices = { plain, linear };
  const groups = groupsOf(job);
  const plans = stagePlan(job);
  const heaviest = plans.reduce((a, b) => (b.parameters > a.parameters ? b : a));
  const times = stageTimes(job, plans, devices, groups, shardWait(job, groups));
  const dataCost = dataParallelCost(job, groups, heaviest);
  const memory = sharedMemory(job);
  const optimizer = optimizerSeconds(job, plain, heaviest, memory.states);
  const lastBackward = (times.times[heaviest.rank] ?? []).reduce((sum, chunk) => sum + chunk.backward, 0);
  const tail = tailOf(job, dataCost, lastBackward, optimizer);
  const request = scheduleRequest(job, plans, times, groups, tail, memory.kept);
  const run = simulateMakespan(request);
  if ('refused' in run) return run;
  const alive = plans.map((plan) =>
    aliveLayers(
      job,
      plan,
      run.peakBytes[plan.rank] ?? 0,
      keptOnRank(memory, plan) * activationSlack(job.framework, job.zero.implementation),
    ),
  );
  return {
    gpus: gpusOf(job),
    tokens: job.batch.global * job.sequenceLength,
    devices,
    groups,
    plans,
    times,
    dataCost,
    request,
    run,
    step: run.period + tail.gradientReduction + tail.optimizer + tail.parameterGather,
    memory,
    aliveLayers: alive,
    stages: stagesOf(job, plans, alive, memory),
  };
}
