/** The training estimate: stage times, simulated schedule, memory per rank, traffic, throughput. */
import { sustainedCalibration } from '../calibration/compute.ts';
import { memoryCalibration } from '../calibration/memory.ts';
import { sendTime } from '../comms/collectives.ts';
import { type Groups, groupsOf } from '../comms/groups.ts';
import { place } from '../comms/network.ts';
import type { Devices } from '../compute/block-work.ts';
import { describeDevice } from '../compute/gemm.ts';
import type { EstimateResult, TrainingEstimate } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { keptOnRank, sharedMemory } from '../memory/shared-memory.ts';
import { residentOf, stageMemory } from '../memory/stage-memory.ts';
import { usableMemory } from '../memory/usable.ts';
import { bytesPerElement } from '../number-format.ts';
import { totalParameters } from '../parameters/model-parameters.ts';
import type { ScheduleRequest } from '../schedules/schedule.ts';
import { simulateMakespan } from '../schedules/simulate.ts';
import type { Bytes } from '../units.ts';
import { communicationTerms } from './communication-terms.ts';
import { type DataParallelCost, dataParallelCost, optimizerSeconds } from './data-parallel.ts';
import { shardWait } from './shard-wait.ts';
import { type RankPlan, stagePlan } from './stage-plan.ts';
import { type StageTimes, stageTimes } from './stage-times.ts';
import { stepShares } from './step-shares.ts';
import { costTerms, stepTerm, throughputTerms } from './throughput-terms.ts';

const refuse = (why: string): EstimateResult => ({ refusal: { why, missing: [] } });

/** Exposed seconds after the pipeline has drained. */
function tailOf(job: TrainingJob, cost: DataParallelCost, backwardOfOneMicroBatch: number, optimizer: number): ScheduleRequest['tail'] {
  if (job.zero.stage === 3 && job.parallel.pipeline === 1) return { gradientReduction: 0, optimizer, parameterGather: 0 };
  // Overlapped reduction hides behind the last backward pass; the last bucket, about a twentieth, never does.
  const visible = (busy: number, beside: number, overlapped: boolean) => (overlapped ? Math.max(0.05 * busy, busy - beside) : busy);
  return {
    gradientReduction: visible(cost.reduceBusy, backwardOfOneMicroBatch * 0.9, job.overlap.gradReduce),
    optimizer,
    parameterGather: visible(cost.gatherBusy, backwardOfOneMicroBatch * 0.4, job.overlap.paramGather),
  };
}

function scheduleRequest(
  job: TrainingJob,
  plans: readonly RankPlan[],
  times: StageTimes,
  groups: Groups,
  tail: ScheduleRequest['tail'],
  keptOf: (kinds: readonly number[]) => Bytes,
): ScheduleRequest {
  const { pipeline, tensor, context, sequence } = job.parallel;
  const tokens = (job.batch.micro * job.sequenceLength) / context;
  const message =
    (tokens * job.model.hidden * bytesPerElement(job.precision.compute)) / (sequence || job.framework.startsWith('megatron') ? tensor : 1);
  return {
    name: job.parallel.schedule,
    stages: pipeline,
    virtualStages: job.parallel.virtualStages,
    microBatches: job.batch.accumulation,
    times: times.times,
    memory: plans.map((plan) => plan.chunks.map((chunk) => ({ activations: keptOf(chunk.kinds) }))),
    residentBytes: plans.map(() => 0),
    transfer: pipeline > 1 ? sendTime(place(job.cluster, { size: 2, stride: groups.pipeline.stride }), message) : 0,
    transferOverlapped: job.parallel.virtualStages > 1,
    tail,
  };
}

/**
 * Layers times micro batches whose activations rank `rank` holds at its worst moment. Spreading the vocabulary keeps
 * more: two more micro batches (Vocab-1), one more (Vocab-2), or half as many again (interlaced) (Yeung et al. 2024,
 * sections 5 and 6).
 */
function aliveLayers(job: TrainingJob, plan: RankPlan, peakBytes: number, bytesPerLayer: number): number {
  const alive = bytesPerLayer > 0 ? peakBytes / bytesPerLayer : 0;
  const most = plan.layers * job.batch.accumulation;
  const extra = { none: 0, 'vocab-1': 2, 'vocab-2': 1, interlaced: 0 }[job.parallel.vocabPipeline];
  const factor = job.parallel.vocabPipeline === 'interlaced' ? 1.5 : 1;
  return Math.min(most, alive * factor + extra * plan.layers);
}

function fitOf(value: number, low: number, high: number, usable: number): 'yes' | 'no' | 'close' {
  if (low > usable) return 'no';
  return high > usable || value > usable ? 'close' : 'yes';
}

/** Estimates a complete training job. Refuses, with the reason, what the device or the schedule cannot run. */
export function estimateTraining(job: TrainingJob): EstimateResult {
  const { accelerator } = job.cluster;
  const calibration = sustainedCalibration(accelerator);
  const plain = describeDevice(accelerator, job.precision.compute, calibration);
  const linear = job.precision.fp8 ? describeDevice(accelerator, 'fp8', calibration) : plain;
  if (!plain || !linear) return refuse(`the data sheet of ${accelerator.label} gives no dense rate for ${job.precision.compute}`);
  const devices: Devices = { plain, linear: { ...linear, elementBytes: plain.elementBytes } };
  const groups = groupsOf(job);
  const plans = stagePlan(job);
  const heaviest = plans.reduce((a, b) => (b.parameters > a.parameters ? b : a));
  const times = stageTimes(job, plans, devices, groups, shardWait(job, groups));
  const dataCost = dataParallelCost(job, groups, heaviest);
  const optimizer = optimizerSeconds(job, plain, heaviest);
  const lastBackward = (times.times[heaviest.rank] ?? []).reduce((sum, chunk) => sum + chunk.backward, 0);
  const tail = tailOf(job, dataCost, lastBackward, optimizer);
  const shared = sharedMemory(job);
  const slack = memoryCalibration.reservedOverAllocated;
  const keptOf = (kinds: readonly number[]): Bytes => kinds.reduce((sum, count, kind) => sum + count * (shared.kept[kind] ?? 0) * slack, 0);
  const request = scheduleRequest(job, plans, times, groups, tail, keptOf);
  const run = simulateMakespan(request);
  if ('refused' in run) return refuse(run.refused);
  const step = run.makespan + tail.gradientReduction + tail.optimizer + tail.parameterGather;
  const stages = plans.map((plan) =>
    stageMemory(job, plan, aliveLayers(job, plan, run.peakBytes[plan.rank] ?? 0, keptOnRank(shared, plan) * slack), shared),
  );
  const worstStage = stages.reduce((worst, stage, index) => (stage.device.value > (stages[worst]?.device.value ?? 0) ? index : worst), 0);
  const worst = stages[worstStage];
  const usable = usableMemory(accelerator);
  const tokens = job.batch.global * job.sequenceLength;
  const gpus = job.parallel.tensor * job.parallel.pipeline * job.parallel.context * job.parallel.data;
  const stepOf = stepTerm(job, step, run, tail, times);
  const estimate: TrainingEstimate = {
    kind: 'training',
    gpus,
    parameters: {
      id: 'parameters',
      label: 'Parameters',
      value: totalParameters(job.model),
      unit: 'count',
      formula: 'layers * (attention + MLP + norms) + embedding + head',
      source: 'Shoeybi et al. 2019, section 3',
    },
    memory: {
      stages,
      worstStage,
      usable,
      fits: fitOf(worst?.device.value ?? 0, worst?.device.band?.low ?? 0, worst?.device.band?.high ?? 0, usable.value),
    },
    time: { step: stepOf, shares: stepShares(job, step, run, tail, times) },
    communication: communicationTerms(job, groups, plans, times, dataCost, request, tail),
    throughput: throughputTerms(job, tokens, gpus, step, plain.peak),
    ...costTerms(job, gpus, step, tokens),
    schedule: { ...request, residentBytes: stages.map(residentOf) },
    assumptions: job.assumptions,
  };
  return { estimate };
}
