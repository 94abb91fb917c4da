/** Jobs of every family of model, split in every way that fits, for properties that must hold for all of them. */
import fc from 'fast-check';
import type { TrainingEstimate } from '../../server/src/core/estimate.ts';
import type { TrainingJob } from '../../server/src/core/estimate-inputs.ts';
import { estimateJob } from '../../server/src/core/estimate-job.ts';
import type { PartialJob } from '../../server/src/core/job-fields.ts';
import type { Term } from '../../server/src/core/term.ts';
import { completeTraining } from '../../server/src/core/training/complete-training.ts';
import { trainingNumbers } from '../../server/src/core/training/training-numbers.ts';
import { cluster } from './shapes.ts';

export const machine = cluster('h100-sxm-80gb', 16);

const base: PartialJob = {
  'model.hidden': 2048,
  'model.heads': 16,
  'model.headDim': 128,
  'model.kvHeads': 16,
  'model.ffn': 5632,
  'model.vocab': 32768,
  'model.gatedMlp': true,
  'model.tiedEmbeddings': false,
};

const moe: PartialJob = { 'model.experts': 16, 'model.expertsPerToken': 2, 'model.expertFfn': 1408, 'model.sharedExpertFfn': 1408 };
const latent: PartialJob = {
  'model.kvLoraRank': 512,
  'model.qLoraRank': 768,
  'model.qkNopeHeadDim': 128,
  'model.qkRopeHeadDim': 64,
  'model.valueHeadDim': 128,
};
const scans: PartialJob = { 'model.ssmInner': 4096, 'model.ssmState': 128, 'model.ssmHeads': 64, 'model.ssmGroups': 8, 'model.ssmConv': 4 };

/** Families; a pattern is repeated over the layers. */
export const families: Readonly<Record<string, { readonly fields: PartialJob; readonly mixers?: string; readonly feedForwards?: string }>> =
  {
    gpt: { fields: { 'model.gatedMlp': false, 'model.tiedEmbeddings': true, 'model.ffn': 8192 } },
    llama: { fields: { 'model.kvHeads': 8 } },
    moe: { fields: { ...moe, 'model.kvHeads': 8 } },
    'moe after dense layers': { fields: { ...moe, 'model.firstDenseLayers': 2 } },
    latent: { fields: latent },
    'latent moe': { fields: { ...latent, ...moe, 'model.firstDenseLayers': 1 } },
    window: { fields: { 'model.slidingWindow': 512 }, mixers: 'www*' },
    hybrid: { fields: { ...scans, 'model.attentionKind': 'hybrid' }, mixers: 'MMM*' },
    'hybrid moe': { fields: { ...scans, ...moe, 'model.attentionKind': 'hybrid' }, mixers: 'MM*M', feedForwards: 'E-E-' },
  };

export interface Split {
  readonly tensor: number;
  readonly pipeline: number;
  readonly virtualStages: number;
  readonly context: number;
  readonly expert: number;
  readonly expertTensor: number;
}

export const layers = 16;

/** The model fields of a family with `count` layers. */
export function modelOf(family: string, count = layers): PartialJob {
  const { fields, mixers, feedForwards } = families[family] ?? { fields: {} };
  const repeat = (pattern: string): string => pattern.repeat(Math.ceil(count / pattern.length)).slice(0, count);
  return {
    ...base,
    ...fields,
    'model.layers': count,
    ...(mixers ? { 'model.mixerPattern': repeat(mixers) } : {}),
    ...(feedForwards ? { 'model.ffnPattern': repeat(feedForwards) } : {}),
  };
}

export const hasExperts = (family: string): boolean => families[family]?.fields['model.experts'] !== undefined;

export interface RandomJob {
  readonly family: string;
  readonly framework: string;
  readonly fields: PartialJob;
}

const split = fc.record({
  tensor: fc.constantFrom(1, 2, 4, 8),
  pipeline: fc.constantFrom(1, 2, 4),
  virtualStages: fc.constantFrom(1, 2),
  context: fc.constantFrom(1, 2),
  expert: fc.constantFrom(1, 2, 4, 8),
  expertTensor: fc.constantFrom(1, 2),
}) as fc.Arbitrary<Split>;

/** GPUs of every random job. */
export const gpus = 128;

/** The fields of a split of all GPUs; EP and its TP only where there are experts and they fit. */
export function splitFields({ tensor, pipeline, virtualStages, context, expert, expertTensor }: Split, family: string): PartialJob {
  const data = gpus / (tensor * pipeline * context);
  const inside = expert * expertTensor <= tensor * context * data && hasExperts(family);
  return {
    'parallel.tensor': tensor,
    'parallel.pipeline': pipeline,
    ...(pipeline > 1 ? { 'parallel.virtualStages': virtualStages } : {}),
    'parallel.context': context,
    'parallel.data': data,
    'cluster.gpus': gpus,
    ...(inside ? { 'parallel.expert': expert, 'parallel.expertTensor': expertTensor } : {}),
  };
}

/** What a job may choose beside; each in some of the jobs. */
const extras = fc.record(
  {
    'parallel.contextKind': fc.constantFrom('ring', 'all-to-all', 'all-gather'),
    'parallel.tpCommOverlap': fc.boolean(),
    'overlap.paramGather': fc.boolean(),
    'precision.fp8': fc.boolean(),
    'precision.gradients': fc.constantFrom('fp32', 'bf16'),
    'optimizer.kind': fc.constantFrom('adam', 'sgd', 'adafactor', 'lion', 'muon', 'adam-8bit'),
    'optimizer.precisionAware': fc.boolean(),
    'optimizer.fused': fc.boolean(),
    'zero.offloadOptimizer': fc.constantFrom('none', 'cpu'),
    'zero.offloadParam': fc.constantFrom('none', 'cpu'),
    'loss.fused': fc.boolean(),
    'loss.chunks': fc.constantFrom(1, 8),
    'kernels.fused': fc.boolean(),
    'compile.enabled': fc.boolean(),
    'dropout.enabled': fc.boolean(),
    'offload.activations': fc.boolean(),
    'sequence.documentLength': fc.constantFrom(128, 1000),
    'recompute.method': fc.constantFrom('uniform', 'block'),
    'recompute.layers': fc.constantFrom(1, 2, 5),
    'adapter.kind': fc.constantFrom('lora', 'qlora'),
    'adapter.rank': fc.constantFrom(8, 64),
    'parallel.schedule': fc.constantFrom('gpipe', '1f1b', 'zb-h1', 'zb-h2', 'zb-2p'),
    'parallel.vocabPipeline': fc.constantFrom('vocab-1', 'vocab-2', 'interlaced'),
    'parallel.dataShard': fc.constantFrom(2, 8),
    'zero.implementation': fc.constantFrom('fsdp1', 'fsdp2', 'deepspeed'),
    'zero.reshardAfterForward': fc.boolean(),
    'model.encoderLayers': fc.constantFrom(4),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<PartialJob>;

/** An image tower in front. */
const tower = fc.constant<PartialJob>({
  'vision.layers': 12,
  'vision.hidden': 1024,
  'vision.heads': 16,
  'vision.ffn': 4096,
  'vision.gatedMlp': false,
  'vision.bias': true,
  'vision.tokens': 576,
  'vision.otherParameters': 1_000_000,
  'vision.projectorParameters': 4_000_000,
});

/** Most jobs choose nothing beside. */
const someExtras = fc.oneof(fc.constant<PartialJob>({}), extras, tower);

export const randomJob: fc.Arbitrary<RandomJob> = fc
  .record({
    family: fc.constantFrom(...Object.keys(families)),
    split,
    framework: fc.constantFrom('megatron-lm', 'megatron-lm', 'torchtitan', 'deepspeed'),
    micro: fc.constantFrom(1, 2),
    rounds: fc.constantFrom(4, 8),
    length: fc.constantFrom(1024, 4096),
    sequence: fc.boolean(),
    stage: fc.constantFrom(0, 1, 2, 3),
    recompute: fc.constantFrom('none', 'selective', 'full'),
    attention: fc.constantFrom('flash', 'unfused'),
    gradReduce: fc.boolean(),
    mtp: fc.constantFrom(0, 0, 1),
    extra: someExtras,
  })
  .map((chosen): RandomJob => {
    const { family, framework } = chosen;
    const sizes = splitFields(chosen.split, family);
    const stage = framework === 'megatron-lm' ? Math.min(1, chosen.stage) : chosen.stage;
    return {
      family,
      framework,
      fields: {
        ...modelOf(family),
        ...sizes,
        'model.mtpLayers': chosen.mtp,
        'batch.micro': chosen.micro,
        'batch.global': chosen.micro * chosen.rounds * (sizes['parallel.data'] ?? 1),
        'sequence.length': chosen.length,
        'parallel.sequence': chosen.sequence,
        'zero.stage': stage as 0 | 1 | 2 | 3,
        'recompute.granularity': chosen.recompute,
        'attention.kernel': chosen.attention,
        'overlap.gradReduce': chosen.gradReduce,
        'precision.compute': 'bf16',
        ...chosen.extra,
      } as PartialJob,
    };
  })
  // Not every schedule runs every shape.
  .filter(({ fields, framework }) => 'estimate' in estimateJob(fields, framework, machine));

export function complete({ fields, framework }: Pick<RandomJob, 'fields' | 'framework'>): TrainingJob {
  const completed = completeTraining(fields, framework, machine);
  if ('refusal' in completed) throw new Error(completed.refusal.why);
  return completed.job;
}

export function numbersOf(job: Pick<RandomJob, 'fields' | 'framework'>) {
  const numbers = trainingNumbers(complete(job));
  if ('refused' in numbers) throw new Error(numbers.refused);
  return numbers;
}

export function estimateOf({ fields, framework }: Pick<RandomJob, 'fields' | 'framework'>): TrainingEstimate {
  const result = estimateJob(fields, framework, machine);
  if (!('estimate' in result) || result.estimate.kind !== 'training') throw new Error(JSON.stringify(result));
  return result.estimate;
}

/** Peak of the fullest GPU in plain numbers. */
export const peakOf = (job: Pick<RandomJob, 'fields' | 'framework'>): number =>
  Math.max(...numbersOf(job).stages.map(({ device }) => device));

/** The same job with other fields. */
export const changed = (job: RandomJob, fields: PartialJob): RandomJob => ({ ...job, fields: { ...job.fields, ...fields } });

export function everyTerm(estimate: TrainingEstimate): readonly Term[] {
  const inside = (term: Term): readonly Term[] => [term, ...(term.children ?? []).flatMap(inside)];
  const { memory, time, throughput, communication, parameters } = estimate;
  return [
    parameters,
    ...memory.stages.flatMap(({ allocated, reserved, device }) => [allocated, reserved, device]),
    memory.usable,
    time.step,
    ...Object.values(throughput),
    ...communication.flatMap(({ bytes, busy, exposed }) => [bytes, busy, exposed]),
  ].flatMap(inside);
}
