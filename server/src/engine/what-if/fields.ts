/** The fields that can be tried from the panel, in the order in which they are put in, and what a job has for each now. */
import type { FieldRange } from '../../core/field-info.ts';
import { fieldInfo } from '../../core/fields.ts';
import type { JobField, PartialJob } from '../../core/job-fields.ts';
import type { JobAnalysis } from '../analysis.ts';

export type Value = string | number | boolean;

/** What machines and groups there are comes before what is divided among them; micro batches follow from all others. */
export const trainingFields = [
  'cluster.gpu',
  'cluster.interconnect',
  'parallel.tensor',
  'parallel.pipeline',
  'parallel.context',
  'parallel.expert',
  'parallel.data',
  'zero.stage',
  'recompute.granularity',
  'parallel.virtualStages',
  'parallel.schedule',
  'batch.micro',
  'batch.accumulation',
] as const satisfies readonly JobField[];

export const servingFields = [
  'cluster.gpu',
  'parallel.tensor',
  'parallel.pipeline',
  'serving.dataParallel',
  'serving.replicas',
  'serving.maxSequences',
  'serving.maxBatchedTokens',
  'serving.gpuMemoryUtilization',
  'serving.kvCacheDtype',
] as const satisfies readonly JobField[];

export type TriedField = (typeof trainingFields)[number] | (typeof servingFields)[number];

export const fieldsOf = ({ kind }: Pick<JobAnalysis, 'kind'>): readonly TriedField[] =>
  kind === 'training' ? trainingFields : kind === 'serving' ? servingFields : [];

/** What is meant where nothing is said. */
const otherwise: { readonly [F in TriedField]?: Value } = {
  'parallel.tensor': 1,
  'parallel.pipeline': 1,
  'parallel.context': 1,
  'parallel.expert': 1,
  'zero.stage': 0,
  'recompute.granularity': 'none',
  'serving.dataParallel': 1,
  'serving.replicas': 1,
};

/** The value the estimate rests on; undefined where nothing is known. */
export function valueIn(field: TriedField, { job, cluster, result }: JobAnalysis): Value | undefined {
  const schedule = 'estimate' in result && result.estimate.kind === 'training' ? result.estimate.schedule : undefined;
  switch (field) {
    case 'cluster.gpu':
      return cluster?.accelerator.id;
    case 'cluster.interconnect':
      return cluster?.scaleOut.id;
    case 'parallel.schedule':
      return schedule?.name ?? job[field];
    case 'parallel.virtualStages':
      return schedule?.virtualStages ?? job[field] ?? 1;
    case 'batch.accumulation':
      return schedule?.microBatches ?? job[field];
    default:
      return job[field] ?? otherwise[field];
  }
}

const longestWord = 100;

/** What of a change from outside makes sense for the job: known fields, numbers within their range. */
export function cleanChange(job: Pick<JobAnalysis, 'kind'>, change: { readonly [field: string]: unknown }): PartialJob {
  const clean = fieldsOf(job).flatMap((field) => {
    const value = change[field];
    return Object.hasOwn(change, field) && isPossible(field, value) ? [[field, value]] : [];
  });
  return Object.fromEntries(clean) as PartialJob;
}

function isPossible(field: TriedField, value: unknown): boolean {
  if (words.has(field)) return typeof value === 'string' && value.length <= longestWord && /^[\w.-]+$/.test(value);
  const { min = 0, max = 1e9, whole = false }: FieldRange = fieldInfo[field].range ?? {};
  return typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value));
}

const words: ReadonlySet<TriedField> = new Set([
  'cluster.gpu',
  'cluster.interconnect',
  'recompute.granularity',
  'parallel.schedule',
  'serving.kvCacheDtype',
]);

/** What a change asks for, in the order of the fields. */
export function wantedOf(job: Pick<JobAnalysis, 'kind'>, change: PartialJob): readonly (readonly [TriedField, Value])[] {
  return fieldsOf(job).flatMap((field) => {
    const value = change[field];
    return value === undefined ? [] : [[field, value] as const];
  });
}
