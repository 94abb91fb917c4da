/**
 * What has to divide what when a job is split over GPUs. A rule that offers another value for one size asks here first, so
 * that mending one split does not break the next: values are tried on the job with everything derived from them.
 */
import { derive } from '../../derive.ts';
import type { FixChange } from '../../finding.ts';
import type { JobField, PartialJob, PartialJobDraft } from '../../job-fields.ts';
import type { Origin, Sources, SourcesDraft } from '../../origin.ts';
import { megatronCore } from './megatron.ts';
import { isCount, leavesRemainder } from './numbers.ts';
import { isDerivedFrom, isGrounded, isWritten } from './origins.ts';
import { unfitHeads } from './ulysses-heads.ts';

/** The fields that splits look at; a rule that uses `fitting` lists them in `mayRead`. */
export const splitFields = [
  'cluster.gpus',
  'parallel.tensor',
  'parallel.pipeline',
  'parallel.context',
  'parallel.contextKind',
  'parallel.data',
  'parallel.virtualStages',
  'parallel.layersPerVirtualStage',
  'parallel.layersFirstStage',
  'parallel.layersLastStage',
  'parallel.pipelineLayout',
  'parallel.embeddingCountsAsLayer',
  'parallel.lossCountsAsLayer',
  'overlap.pipelineTransfers',
  'zero.implementation',
  'model.layers',
  'model.heads',
  'model.kvHeads',
  'model.attentionKind',
  'model.maxPositions',
  'sequence.length',
  'batch.global',
  'batch.micro',
  'batch.accumulation',
  'serving.dataParallel',
  'serving.decodeContextParallel',
] as const satisfies readonly JobField[];

interface SplitJob {
  readonly job: PartialJob;
  readonly sources: Sources;
  readonly framework: string;
}

type Split = (job: PartialJob, sources: Sources, framework: string) => boolean;

/** True when both are counts and the part divides the whole, or when one of them is not known. */
const divides = (whole: number | undefined, part: number | undefined): boolean =>
  whole === undefined || part === undefined || !leavesRemainder(whole, part);

const product = (...parts: readonly (number | undefined)[]): number | undefined =>
  parts.reduce((all, part) => (all === undefined || part === undefined ? undefined : all * part), 1);

/** Nothing asks for stages of unequal size. */
export function isEven(job: PartialJob, sources: Sources): boolean {
  const uneven = ['parallel.layersFirstStage', 'parallel.layersLastStage', 'parallel.pipelineLayout'] as const;
  return uneven.every((field) => job[field] === undefined && !isWritten(sources, field));
}

/** Layers as they are dealt to stages, or undefined when stages are unequal on purpose. */
function dealtLayers(job: PartialJob, sources: Sources): number | undefined {
  if (!isEven(job, sources)) return undefined;
  const layers = job['model.layers'];
  const extra = Number(job['parallel.embeddingCountsAsLayer'] ?? false) + Number(job['parallel.lossCountsAsLayer'] ?? false);
  return layers === undefined ? undefined : layers + extra;
}

/** What the rules about splits check; true when it works out or cannot be told. */
const splits: Readonly<Record<string, Split>> = {
  world: (job, sources) =>
    !isGrounded(sources, 'cluster.gpus') ||
    divides(job['cluster.gpus'], product(job['parallel.tensor'], job['parallel.pipeline'], job['parallel.context'] ?? 1)),
  heads: (job) => divides(job['model.heads'], job['parallel.tensor']),
  kvHeads: (job, _sources, framework) => {
    const { 'model.heads': heads, 'model.kvHeads': kvHeads, 'parallel.tensor': tensor } = job;
    if (framework === 'deepspeed' || job['model.attentionKind'] === 'MLA' || heads === undefined || heads === kvHeads) return true;
    // A split that breaks the heads is counted there alone, as the rules do.
    return !divides(heads, tensor) || divides(kvHeads, tensor) || divides(tensor, kvHeads);
  },
  layers: (job, sources, framework) =>
    !megatronCore.some((engine) => engine === framework) ||
    job['zero.implementation'] === 'deepspeed' ||
    divides(dealtLayers(job, sources), job['parallel.pipeline']),
  virtualStages: (job, sources) => {
    const layers = dealtLayers(job, sources);
    const stages = job['parallel.pipeline'];
    if (layers === undefined || stages === undefined || layers % stages !== 0) return true;
    const written = isWritten(sources, 'parallel.layersPerVirtualStage');
    return divides(layers / stages, (written ? job['parallel.layersPerVirtualStage'] : undefined) ?? job['parallel.virtualStages']);
  },
  interleaving: (job) => {
    const { 'parallel.pipeline': stages, 'parallel.virtualStages': virtual } = job;
    if (stages === undefined || virtual === undefined || virtual < 2) return true;
    return stages > ((job['overlap.pipelineTransfers'] ?? true) ? 1 : 2);
  },
  globalBatch: (job, sources) =>
    !isGrounded(sources, 'parallel.data') || divides(job['batch.global'], product(job['batch.micro'], job['parallel.data'])),
  microBatches: (job) => {
    const { 'parallel.pipeline': stages, 'parallel.virtualStages': virtual, 'batch.global': batch } = job;
    const perStep = product(job['batch.micro'], job['parallel.data']);
    if (stages === undefined || virtual === undefined || virtual < 2 || stages < 2 || batch === undefined || !perStep) return true;
    return divides(batch / perStep, stages);
  },
  batchTriple: (job, sources, framework) => {
    const triple = ['batch.global', 'batch.micro', 'batch.accumulation'] as const;
    if (framework !== 'deepspeed' || !triple.every((field) => isWritten(sources, field))) return true;
    const ranks = product(job['batch.micro'], job['batch.accumulation'], job['parallel.data']);
    return ranks === undefined || job['batch.global'] === ranks;
  },
  sequence: (job) => {
    const context = job['parallel.context'] ?? 1;
    return context === 1 || divides(job['sequence.length'], 2 * context);
  },
  ulysses: (job, _sources, framework) => unfitHeads(job, framework) === undefined,
  positions: (job) => !((job['model.maxPositions'] ?? Number.POSITIVE_INFINITY) < (job['sequence.length'] ?? 0)),
  servers: (job, _sources, framework) => {
    const ranks = product(job['parallel.tensor'], job['parallel.pipeline'] ?? 1, job['serving.dataParallel'] ?? 1);
    return framework !== 'vllm' || ranks === undefined || ranks <= (job['cluster.gpus'] ?? Number.POSITIVE_INFINITY);
  },
  decodeContext: (job) => divides(job['parallel.tensor'], job['serving.decodeContextParallel']),
};

/** The splits that do not work out. */
function broken({ job, sources, framework }: SplitJob): readonly string[] {
  return Object.keys(splits).filter((name) => splits[name]?.(job, sources, framework) === false);
}

/** Stands for the text that a fix will have written. */
const writtenByFix: Origin = { kind: 'key', uri: '', key: { start: 0, end: 0 }, value: { start: 0, end: 0 }, spelling: '' };

/** The job after a change, which is of a field wherever splits are concerned, with what was derived from the changed field worked out again. */
function after({ job, sources, framework }: SplitJob, change: FixChange): SplitJob {
  const draft: PartialJobDraft = {};
  const origins: SourcesDraft = { ...sources };
  const field = change.field as JobField;
  for (const name of splitFields) {
    if (name === field || isDerivedFrom(sources, name, field)) delete origins[name];
    else if (job[name] !== undefined) Object.assign(draft, { [name]: job[name] });
  }
  if (change.kind === 'set') {
    Object.assign(draft, { [field]: change.value });
    origins[field] = writtenByFix;
  }
  return { ...derive(draft, origins, framework), framework };
}

/** True when a change leaves no split broken that works out now. */
export function isHarmless(around: SplitJob, change: FixChange): boolean {
  const now = new Set(broken(around));
  return broken(after(around, change)).every((name) => now.has(name));
}

/**
 * Which of these values of a field can be offered: of those that break no split that works out now, the ones that leave the
 * fewest broken. Each fix then leaves fewer splits broken than before, so that no two fixes undo each other. Empty when every
 * value breaks something.
 */
export function fitting(around: SplitJob, field: JobField, values: readonly number[]): readonly number[] {
  const now = new Set(broken(around));
  const harmless = values
    .filter(isCount)
    .map((value) => ({ value, left: broken(after(around, { kind: 'set', field, value })) }))
    .filter(({ left }) => left.every((name) => now.has(name)));
  const fewest = Math.min(...harmless.map(({ left }) => left.length));
  return harmless.filter(({ left }) => left.length === fewest).map(({ value }) => value);
}
