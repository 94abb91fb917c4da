/** From a partial job to the complete inputs of the training estimate, or the reason why there can be none. */
import { completeModel } from '../complete-model.ts';
import { usualConvention } from '../compute/flops-conventions.ts';
import type { Assumption, Refusal } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Cluster } from '../hardware.ts';
import type { JobField, NumberFormat, PartialJob } from '../job-fields.ts';
import type { MemoryChoices } from '../memory-inputs.ts';
import { firstAttention, firstExperts, type ModelShape } from '../model-shape.ts';
import { findSchedule } from '../schedules/index.ts';
import type { Placement } from '../schedules/placement.ts';
import { memoryChoices } from './complete-memory.ts';
import { type PipelineLayout, parsePipelineLayout } from './pipeline-layout.ts';
import { type EndStages, spreadLayers } from './spread-layers.ts';

const refuse = (why: string, missing: readonly JobField[] = []): { readonly refusal: Refusal } => ({ refusal: { why, missing } });

/** Counts that must be positive whole numbers when they are known. */
const counts = [
  'parallel.tensor',
  'parallel.pipeline',
  'parallel.virtualStages',
  'parallel.microBatchGroup',
  'parallel.context',
  'parallel.expert',
  'parallel.expertTensor',
  'parallel.data',
  'batch.micro',
  'batch.global',
  'sequence.length',
  'cluster.gpus',
] as const;

function badCount(job: PartialJob): string | undefined {
  for (const field of counts) {
    const value = job[field];
    if (value !== undefined && !(Number.isInteger(value) && value > 0 && value <= 1e9))
      return `${field} is ${value}, which cannot be estimated`;
  }
  return undefined;
}

/**
 * The stage in force. DeepSpeed's bf16 optimizer divides its states over DP whatever the stage says
 * (deepspeed/runtime/bf16_optimizer.py), so stage 0 in bf16 counts as stage 1.
 */
function shardingStage(job: PartialJob, framework: string): 0 | 1 | 2 | 3 {
  const written = job['zero.stage'] ?? 0;
  const ownSharding = framework.startsWith('megatron') && job['zero.implementation'] === 'deepspeed' && job['precision.compute'] === 'bf16';
  return written === 0 && ownSharding ? 1 : written;
}

function implementationOf(job: PartialJob, framework: string): TrainingJob['zero']['implementation'] {
  const written = job['zero.implementation'];
  if (written) return written;
  if (shardingStage(job, framework) === 0) return 'none';
  if (framework.startsWith('megatron')) return 'megatron-distributed-optimizer';
  if (framework === 'torchtitan') return 'fsdp2';
  return 'deepspeed';
}

/** Everything decided before numerics and sharding: sizes that must be known or can be derived. */
interface Sizes {
  readonly tensor: number;
  readonly pipeline: number;
  readonly virtualStages: number;
  readonly layout: PipelineLayout | undefined;
  readonly context: number;
  readonly expert: number;
  readonly expertTensor: number;
  readonly data: number;
  readonly micro: number;
  readonly global: number;
  readonly accumulation: number;
  readonly sequenceLength: number;
}

function sizesOf(job: PartialJob, assumptions: Assumption[]): Sizes | { readonly refusal: Refusal } {
  const wrong = badCount(job);
  if (wrong) return refuse(wrong);
  const tensor = job['parallel.tensor'] ?? 1;
  const pipeline = job['parallel.pipeline'] ?? 1;
  const context = job['parallel.context'] ?? 1;
  const { 'batch.micro': micro, 'sequence.length': sequenceLength, 'parallel.data': known, 'cluster.gpus': gpus } = job;
  if (micro === undefined) return refuse('the micro batch size is not known', ['batch.micro']);
  if (sequenceLength === undefined) return refuse('the sequence length is not known', ['sequence.length']);
  if (known === undefined && gpus === undefined) return refuse('the number of GPUs is not known', ['cluster.gpus']);
  const group = tensor * pipeline * context;
  if (gpus !== undefined && gpus % group !== 0) return refuse(`${gpus} GPUs cannot be divided into groups of TP x PP x CP = ${group}`);
  const written = job['parallel.pipelineLayout'];
  const layout = written === undefined || pipeline <= 1 ? undefined : parsePipelineLayout(written, pipeline);
  if (layout && 'refused' in layout) return refuse(layout.refused);
  const data = known ?? (gpus ?? group) / group;
  const global = job['batch.global'] ?? micro * data * (job['batch.accumulation'] ?? 1);
  if (job['batch.global'] === undefined && job['batch.accumulation'] === undefined) {
    const why = 'no global batch or accumulation is given: one micro batch per step';
    assumptions.push({ field: 'batch.global', value: String(global), why });
  }
  return {
    tensor,
    pipeline,
    virtualStages: virtualStagesOf(job, pipeline, layout),
    layout,
    context,
    expert: job['parallel.expert'] ?? 1,
    expertTensor: (job['model.experts'] ?? 0) > 1 ? (job['parallel.expertTensor'] ?? tensor) : 1,
    data,
    micro,
    global,
    accumulation: Math.max(1, Math.round(global / (micro * data))),
    sequenceLength,
  };
}

/** Chunks that may hold an embedding or a loss and no layer. */
function countedEnds(job: PartialJob): number {
  return Number(job['parallel.embeddingCountsAsLayer'] ?? false) + Number(job['parallel.lossCountsAsLayer'] ?? false);
}

/** Why these sizes cannot run this model, or undefined. */
function sizeProblem(sizes: Sizes, model: ModelShape, twoWay: boolean, ends: number): string | undefined {
  const { tensor, pipeline, virtualStages, layout } = sizes;
  if (pipeline > model.layers) return `PP ${pipeline} is more than the ${model.layers} layers`;
  if (layout) {
    const laidOut = layout.chunks.flat().reduce((sum, chunk) => sum + chunk.layers, 0);
    if (laidOut !== model.layers) return `the pipeline layout has ${laidOut} layers, the model ${model.layers}`;
  } else if (pipeline * virtualStages > model.layers + ends && !twoWay) {
    return `PP ${pipeline} x VPP ${virtualStages} is more than the ${model.layers} layers`;
  }
  const heads = firstAttention(model)?.heads;
  if (heads !== undefined && tensor > heads) return `TP ${tensor} is more than the ${heads} attention heads`;
  const { expert, expertTensor, context, data } = sizes;
  const { experts, topK } = firstExperts(model) ?? { experts: 1, topK: 1 };
  if (topK > experts) return `top-k ${topK} is more than the ${experts} experts`;
  if (expert > experts) return `EP ${expert} is more than the ${experts} experts`;
  const ranks = tensor * context * data;
  if (ranks % (expert * expertTensor) !== 0) return `EP x expert TP = ${expert * expertTensor} does not divide TP x CP x DP = ${ranks}`;
  return undefined;
}

/** Why the layers named for the first and the last stage cannot be, or undefined. A layout says all stages itself. */
function endProblem(job: PartialJob, model: ModelShape, { pipeline, layout }: Sizes): string | undefined {
  const named = (job['parallel.layersFirstStage'] ?? 0) + (job['parallel.layersLastStage'] ?? 0);
  if (layout || pipeline === 1 || named <= model.layers) return undefined;
  return `the first and the last stage are given ${named} layers, the model has ${model.layers}`;
}

/** How the first and the last stage differ from the rest. */
function endStages(job: PartialJob, framework: string, pipeline: number, layers: number, assumptions: Assumption[]): EndStages {
  const first = job['parallel.layersFirstStage'];
  const last = job['parallel.layersLastStage'];
  // Layers that do not divide evenly, but do with embedding and head, are dealt out with those two (BLOOM's 70 + 2).
  const uneven = framework.startsWith('megatron') && layers % pipeline !== 0;
  const withEnds = uneven && (layers + 2) % pipeline === 0 && first === undefined;
  if (withEnds) {
    const why = `${layers} layers do not divide by PP ${pipeline}; with embedding and head counted as layers they do`;
    assumptions.push({ field: 'parallel.pipeline', value: 'embedding and head count as layers', why });
  }
  return {
    first,
    last,
    embedding: first === undefined && (withEnds || (job['parallel.embeddingCountsAsLayer'] ?? false)),
    loss: last === undefined && (withEnds || (job['parallel.lossCountsAsLayer'] ?? false)),
  };
}

/** Chunks of each rank and their layers: `layers[rank][chunk]`. */
function chunksOf(
  job: PartialJob,
  framework: string,
  { pipeline, virtualStages, layout }: Sizes,
  model: ModelShape,
  assumptions: Assumption[],
): Pick<TrainingJob['parallel'], 'layers' | 'predictionRank'> {
  if (layout) {
    const rank = layout.chunks.findIndex((row) => row.some((chunk) => chunk.prediction > 0));
    return { layers: layout.chunks.map((row) => row.map((chunk) => chunk.layers)), ...(rank < 0 ? {} : { predictionRank: rank }) };
  }
  const ends = endStages(job, framework, pipeline, model.layers, assumptions);
  if (placementOf(job) !== 'two-way') return { layers: spreadLayers(model.layers, pipeline, virtualStages, ends) };
  // Each rank also holds the stage that its mirror image holds for the other direction.
  const stages = spreadLayers(model.layers, pipeline, 1, ends);
  return { layers: stages.map((row, rank) => [row[0] ?? 0, stages[pipeline - 1 - rank]?.[0] ?? 0]) };
}

const placementOf = (job: PartialJob): Placement => findSchedule(job['parallel.schedule'] ?? '1f1b')?.placement ?? 'loop';

/** The schedule a framework runs when none is named: Megatron-LM has no other without virtual stages. */
function usualSchedule(job: PartialJob, { pipeline, virtualStages }: Sizes): TrainingJob['parallel']['schedule'] {
  const together = job['parallel.expertOverlap'] === true && (pipeline === 1 || virtualStages > 1);
  if (together) return '1f1b-expert-overlap';
  return virtualStages > 1 ? 'interleaved-1f1b' : '1f1b';
}

/** Chunks per rank: as laid out by hand, as the schedule wants it, or as written. */
function virtualStagesOf(job: PartialJob, pipeline: number, layout: PipelineLayout | undefined): number {
  if (pipeline <= 1) return 1;
  const schedule = findSchedule(job['parallel.schedule'] ?? '1f1b');
  return layout?.virtualStages ?? schedule?.fixedChunks ?? job['parallel.virtualStages'] ?? 1;
}

function parallelOf(
  job: PartialJob,
  framework: string,
  sizes: Sizes,
  model: ModelShape,
  assumptions: Assumption[],
): TrainingJob['parallel'] {
  const { tensor, pipeline, virtualStages, context, data, expert, expertTensor } = sizes;
  const ownSharding = shardingStage(job, framework) !== (job['zero.stage'] ?? 0);
  return {
    tensor,
    pipeline,
    virtualStages,
    context,
    contextKind: job['parallel.contextKind'] ?? 'ring',
    expert,
    expertTensor,
    expertDispatch: job['parallel.expertDispatch'] ?? 'all-to-all',
    pipelineInsideData: job['parallel.pipelineInsideData'] === true,
    sequence: tensor > 1 && (job['parallel.sequence'] ?? false),
    data,
    dataShard: ownSharding ? data : Math.min(data, Math.max(1, job['parallel.dataShard'] ?? data)),
    vocabPipeline: job['parallel.vocabPipeline'] ?? 'none',
    ...chunksOf(job, framework, sizes, model, assumptions),
    schedule: job['parallel.schedule'] ?? usualSchedule(job, sizes),
    ...(job['parallel.microBatchGroup'] === undefined ? {} : { microBatchGroup: job['parallel.microBatchGroup'] }),
    ...(job['parallel.writtenOrder'] === undefined ? {} : { writtenOrder: job['parallel.writtenOrder'] }),
    tpCommOverlap: job['parallel.tpCommOverlap'] ?? false,
    tensorGradientOverlap: job['parallel.tensorGradientOverlap'] ?? true,
  };
}

/**
 * Layers in one checkpointed group (`uniform`), or layers of the whole model that are computed again (`block`, whose
 * number is per chunk of a rank) (Megatron-LM megatron/core/transformer/transformer_block.py).
 */
function recomputedLayers(job: PartialJob, sizes: Sizes, model: ModelShape): number {
  const written = Math.max(1, job['recompute.layers'] ?? 1);
  if (job['recompute.method'] !== 'block') return Math.min(written, model.layers);
  return Math.min(model.layers, (job['recompute.layers'] ?? model.layers) * sizes.pipeline * sizes.virtualStages);
}

type Numerics = MemoryChoices &
  Pick<TrainingJob, 'zero' | 'overlap' | 'precision' | 'recompute' | 'attention' | 'compiled' | 'cudaGraphs' | 'dropout'>;

function numericsOf(job: PartialJob, framework: string, sizes: Sizes, model: ModelShape, assumptions: Assumption[]): Numerics {
  const implementation = implementationOf(job, framework);
  const compute = job['precision.compute'] ?? 'bf16';
  if (job['precision.compute'] === undefined) {
    assumptions.push({ field: 'precision.compute', value: 'bf16', why: 'no precision is given' });
  }
  const attention = job['attention.kernel'] ?? 'flash';
  if (job['attention.kernel'] === undefined) {
    assumptions.push({ field: 'attention.kernel', value: 'flash', why: 'the attention kernel is not stated' });
  }
  const fsdp = implementation === 'fsdp1' || implementation === 'fsdp2';
  const megatron = framework.startsWith('megatron');
  const stage = shardingStage(job, framework);
  if (stage !== (job['zero.stage'] ?? 0)) {
    assumptions.push({ field: 'zero.stage', value: String(stage), why: 'DeepSpeed divides the bf16 optimizer states over DP by itself' });
  }
  const low: NumberFormat = job['precision.fp4'] ? 'fp4' : job['precision.fp8'] ? 'fp8' : compute;
  const params = job['precision.params'] ?? (fsdp ? 'fp32' : compute);
  const memory = memoryChoices(job, { framework, implementation, compute, params }, assumptions);
  // Written out rather than spread: this runs for every candidate of a search, and copying unknown keys is slow.
  return {
    adapter: memory.adapter,
    baseFormat: memory.baseFormat,
    optimizer: memory.optimizer,
    loss: memory.loss,
    kernels: memory.kernels,
    offloadActivations: memory.offloadActivations,
    recomputeModules: memory.recomputeModules,
    secondaryPartition: memory.secondaryPartition,
    reshardAfterForward: memory.reshardAfterForward,
    packing: memory.packing,
    eagerKernels: memory.eagerKernels,
    zero: {
      stage,
      implementation,
      reduceBucketElements: job['zero.reduceBucketElements'] ?? 5e8,
      prefetchBucketElements: job['zero.prefetchBucketElements'] ?? 5e7,
      offloadOptimizer: job['zero.offloadOptimizer'] ?? 'none',
      offloadParam: job['zero.offloadParam'] ?? 'none',
    },
    overlap: { gradReduce: job['overlap.gradReduce'] ?? !megatron, paramGather: job['overlap.paramGather'] ?? !megatron },
    precision: {
      compute,
      fp8: low !== compute,
      linear: low,
      fp8Recipe: job['precision.fp8Recipe'] ?? 'tensorwise',
      params,
      gradients: job['precision.gradients'] ?? (fsdp || megatron ? 'fp32' : compute),
    },
    recompute: {
      granularity: job['recompute.granularity'] ?? 'none',
      method: job['recompute.method'] ?? 'uniform',
      layers: recomputedLayers(job, sizes, model),
    },
    attention,
    compiled: job['compile.enabled'] ?? false,
    cudaGraphs: job['compile.cudaGraphs'] ?? 'none',
    dropout: job['dropout.enabled'] ?? megatron,
  };
}

/**
 * Completes a training job. Derived values (DP, accumulation) are expected to be there already when they can be known.
 * Never throws; `refusal.missing` names the fields that would help.
 */
export function completeTraining(
  job: PartialJob,
  framework: string,
  cluster: Cluster | undefined,
): { readonly job: TrainingJob } | { readonly refusal: Refusal } {
  const assumptions: Assumption[] = [];
  const completed = completeModel(job, job['parallel.tensor'] ?? 1);
  if ('unsupported' in completed) return refuse(completed.unsupported);
  if ('missing' in completed) return refuse("the model's shape is not known", completed.missing);
  const { model } = completed;
  const sizes = sizesOf(job, assumptions);
  if ('refusal' in sizes) return sizes;
  const problem = sizeProblem(sizes, model, placementOf(job) === 'two-way', countedEnds(job)) ?? endProblem(job, model, sizes);
  if (problem) return refuse(problem);
  if (firstExperts(model)) {
    const why = 'routing is taken as balanced: every expert gets an even share of the tokens, so that no capacity is exceeded';
    assumptions.push({ value: 'balanced experts', why });
  }
  if (!cluster) return refuse('no GPU is known: name one in the cluster settings', ['cluster.gpu']);
  return {
    job: {
      framework,
      model,
      parallel: parallelOf(job, framework, sizes, model, assumptions),
      ...numericsOf(job, framework, sizes, model, assumptions),
      batch: { micro: sizes.micro, global: sizes.global, accumulation: sizes.accumulation },
      sequenceLength: sizes.sequenceLength,
      documentLength: Math.min(sizes.sequenceLength, job['sequence.documentLength'] ?? sizes.sequenceLength),
      mfuConvention: job['report.mfuConvention'] ?? usualConvention(framework),
      cluster,
      assumptions: [...completed.assumptions, ...assumptions],
    },
  };
}
