/** Fields of a job worth varying: what each is now, and the plausible values beside it. */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { JobField, PartialJob } from '../job-fields.ts';
import { firstExperts } from '../model-shape.ts';

export type KnobValue = string | number | boolean;

export interface Knob {
  readonly field: JobField;
  /** The value in force; undefined: the field means nothing for this job. */
  readonly now: (job: TrainingJob) => KnobValue | undefined;
  /** Plausible values; the one in force among them is left out. */
  readonly values: (now: KnobValue, job: TrainingJob) => readonly KnobValue[];
  /** Only worth a row where nobody wrote the value: nobody would change the model. */
  readonly onlyUnwritten?: boolean;
  /** Further fields that go with a value. */
  readonly beside?: (value: KnobValue, job: TrainingJob) => PartialJob;
}

type Now = Knob['now'];

/** `now` where the condition holds. */
const when =
  (applies: (job: TrainingJob) => boolean, now: Now): Now =>
  (job) =>
    applies(job) ? now(job) : undefined;

const toggle = (field: JobField, now: Now): Knob => ({ field, now, values: (value) => [!value] });
const choice = (field: JobField, values: readonly KnobValue[], now: Now, beside?: Knob['beside']): Knob => ({
  field,
  now,
  values: () => values,
  ...(beside ? { beside } : {}),
});
const scaled = (field: JobField, now: Now, factors: readonly number[] = [0.5, 2]): Knob => ({
  field,
  now,
  values: (value) => factors.map((factor) => Number(value) * factor).filter((one) => Number.isInteger(one) && one >= 1),
});

const sharded = ({ parallel }: TrainingJob): boolean => parallel.data * parallel.context > 1;
const split = ({ parallel }: TrainingJob): boolean => parallel.tensor > 1;
const isMoe = ({ model }: TrainingJob): boolean => firstExperts(model) !== undefined;
const trainsAll = ({ adapter }: TrainingJob): boolean => adapter === undefined;

/** Full recomputation needs a method: one checkpoint per layer is the usual choice. */
const recomputeMethod: Knob['beside'] = (value, job) =>
  value === 'full' && job.recompute.granularity !== 'full' ? { 'recompute.method': 'uniform', 'recompute.layers': 1 } : {};

const numerics: readonly Knob[] = [
  choice('attention.kernel', ['flash', 'unfused'], (job) => job.attention),
  choice('recompute.granularity', ['none', 'selective', 'full'], (job) => job.recompute.granularity, recomputeMethod),
  choice(
    'precision.gradients',
    ['fp32', 'bf16'],
    when(trainsAll, (job) => job.precision.gradients),
  ),
  choice('optimizer.kind', ['adam', 'adam-8bit'], (job) => job.optimizer.kind),
  choice(
    'optimizer.firstMoment',
    ['fp32', 'bf16'],
    when(trainsAll, (job) => job.optimizer.firstMoment),
    (value) => ({ 'optimizer.secondMoment': value as 'fp32' | 'bf16' }),
  ),
  choice(
    'optimizer.masterWeights',
    ['fp32', 'fp16'],
    when(
      (job) => job.optimizer.master !== 'none',
      (job) => job.optimizer.master,
    ),
  ),
  toggle(
    'precision.fp8',
    when(
      ({ cluster }) => cluster.accelerator.peak.fp8 !== undefined,
      (job) => job.precision.fp8,
    ),
  ),
  choice(
    'model.baseFormat',
    ['bf16', 'nf4', 'nf4-dq'],
    when(
      ({ adapter }) => adapter !== undefined,
      (job) => job.baseFormat,
    ),
  ),
  scaled(
    'adapter.rank',
    when(
      ({ adapter }) => adapter !== undefined,
      ({ adapter }) => adapter?.rank,
    ),
  ),
];

const kernels: readonly Knob[] = [
  toggle('loss.fused', (job) => job.loss.fused),
  toggle('kernels.fused', (job) => job.kernels.fused),
  toggle('compile.enabled', (job) => job.compiled),
  toggle('dropout.enabled', (job) => job.dropout),
  toggle('optimizer.fused', (job) => job.optimizer.fused),
  toggle(
    'overlap.gradReduce',
    when(sharded, (job) => job.overlap.gradReduce),
  ),
  toggle(
    'overlap.paramGather',
    when(
      (job) => sharded(job) && job.zero.stage > 0,
      (job) => job.overlap.paramGather,
    ),
  ),
  toggle(
    'parallel.tpCommOverlap',
    when(split, (job) => job.parallel.tpCommOverlap),
  ),
  toggle(
    'zero.reshardAfterForward',
    when(
      (job) => sharded(job) && job.zero.stage === 3,
      (job) => job.reshardAfterForward,
    ),
  ),
];

const sizes: readonly Knob[] = [
  toggle(
    'parallel.sequence',
    when(split, (job) => job.parallel.sequence),
  ),
  {
    field: 'zero.stage',
    now: when(
      (job) => sharded(job) && job.zero.implementation !== 'none',
      (job) => job.zero.stage,
    ),
    values: (_now, { zero }) => (zero.implementation === 'megatron-distributed-optimizer' ? [0, 1] : [0, 1, 2, 3]),
  },
  scaled('batch.micro', (job) => job.batch.micro),
  scaled('sequence.length', (job) => job.sequenceLength),
  {
    field: 'sequence.documentLength',
    now: (job) => job.documentLength,
    values: (_now, job) => [Math.max(1, Math.round(job.sequenceLength / 4)), job.sequenceLength],
  },
  scaled('parallel.tensor', (job) => job.parallel.tensor),
  scaled('parallel.pipeline', (job) => job.parallel.pipeline),
  scaled(
    'parallel.virtualStages',
    when(
      ({ parallel }) => parallel.pipeline > 1,
      (job) => job.parallel.virtualStages,
    ),
  ),
  scaled('parallel.context', (job) => job.parallel.context),
  scaled(
    'parallel.expert',
    when(isMoe, (job) => job.parallel.expert),
  ),
];

/** What a file may leave to a tokenizer, a model card or a recipe. */
const unwritten: readonly Knob[] = [
  toggle('model.gatedMlp', ({ model }) => {
    const feedForward = model.blocks[0]?.feedForward;
    return feedForward?.gated;
  }),
  toggle('model.tiedEmbeddings', ({ model }) => model.tiedEmbeddings),
  choice('model.vocab', [32_000, 128_256], ({ model }) => model.vocab),
  choice('precision.compute', ['bf16', 'fp32'], (job) => job.precision.compute),
  scaled('batch.global', (job) => job.batch.global, [8]),
  choice(
    'adapter.targets',
    ['q,v', 'all-linear'],
    when(
      ({ adapter }) => adapter !== undefined,
      ({ adapter }) => adapter?.targets.join(','),
    ),
  ),
];

export const fieldKnobs: readonly Knob[] = [
  ...numerics,
  ...kernels,
  ...sizes,
  ...unwritten.map((knob): Knob => ({ ...knob, onlyUnwritten: true })),
];
