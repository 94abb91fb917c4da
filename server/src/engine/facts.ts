/** A job as flat facts under short stable names, for `rooflint read` and whoever compares readings. */
import { fieldInfo, jobFields } from '../core/fields.ts';
import type { JobField, JobFields, JobKind } from '../core/job-fields.ts';
import type { Origin, Range } from '../core/origin.ts';
import type { JobAnalysis } from './analysis.ts';
import { formatFieldValue } from './format.ts';

/** Where a fact stands, or how it came about. A `linked` fact stands in another file. */
export type FactSource =
  | { readonly kind: 'written'; readonly range: Range }
  | { readonly kind: 'linked'; readonly uri: string; readonly range: Range }
  | { readonly kind: 'model-card'; readonly name: string }
  | { readonly kind: 'default'; readonly why: string }
  | { readonly kind: 'derived'; readonly from: readonly string[]; readonly how: string }
  | { readonly kind: 'setting'; readonly name: string }
  | { readonly kind: 'assumed'; readonly why: string };

export interface Facts {
  readonly framework: string;
  readonly kind: JobKind | 'kernel';
  readonly facts: Readonly<Record<string, unknown>>;
  readonly sources: Readonly<Record<string, FactSource>>;
  /** Facts that stand in the file but cannot be known from it, with the reason. */
  readonly unresolved: Readonly<Record<string, string>>;
}

/** Names a checkpoint's configuration uses for number formats. */
const checkpointTypes: Readonly<Record<string, string>> = { bf16: 'bfloat16', fp16: 'float16', fp32: 'float32' };

/** Serving engines are counted in GPUs per replica and training jobs in ranks; the same field has two usual names. */
function factName(field: JobField, kind: JobKind): string {
  return field === 'cluster.gpus' && kind === 'serving' ? 'gpus' : fieldInfo[field].fact;
}

function factValue(field: JobField, value: unknown): unknown {
  if (field === 'model.dtype') return checkpointTypes[String(value)] ?? value;
  return typeof value === 'object' ? formatFieldValue(value as JobFields[JobField]) : value;
}

function sourceOf(origin: Origin | undefined, uri: string, kind: JobKind): FactSource {
  switch (origin?.kind) {
    case 'key':
    case 'auto':
    case 'unresolved':
      return origin.uri === uri ? { kind: 'written', range: origin.value } : { kind: 'linked', uri: origin.uri, range: origin.value };
    case 'model-card':
      return { kind: 'model-card', name: origin.name };
    case 'default':
      return { kind: 'default', why: origin.why };
    case 'derived':
      return { kind: 'derived', from: origin.from.map((field) => factName(field, kind)), how: origin.how };
    case 'setting':
      return { kind: 'setting', name: origin.name };
    case 'assumed':
      return { kind: 'assumed', why: origin.why };
    case undefined:
      return { kind: 'assumed', why: 'no origin was recorded' };
  }
}

/** The facts of one job of the document `uri`. Facts of the adapter itself come on top of the fields. */
export function factsOf(job: JobAnalysis, uri: string): Facts {
  const facts: Record<string, unknown> = {};
  const sources: Record<string, FactSource> = {};
  const unresolved: Record<string, string> = {};
  for (const field of jobFields) {
    const value = job.told.job[field];
    const origin = job.told.sources[field];
    const name = factName(field, job.kind);
    if (value !== undefined && !(name in facts)) {
      facts[name] = factValue(field, value);
      sources[name] = sourceOf(origin, uri, job.kind);
    } else if (value === undefined && origin?.kind === 'auto') {
      facts[name] = 'auto';
      sources[name] = sourceOf(origin, uri, job.kind);
    } else if (value === undefined && origin?.kind === 'unresolved') unresolved[name] = origin.why;
  }
  addSharding(job, facts, sources);
  return { framework: job.framework, kind: job.kind, facts: { ...facts, ...job.facts }, sources, unresolved };
}

/** Megatron's users speak of the distributed optimizer where others say ZeRO-1. */
function addSharding(job: JobAnalysis, facts: Record<string, unknown>, sources: Record<string, FactSource>): void {
  if (job.job['zero.implementation'] !== 'megatron-distributed-optimizer') return;
  facts.distributed_optimizer = (job.job['zero.stage'] ?? 0) >= 1;
  const source = sources.zero_stage;
  if (source) sources.distributed_optimizer = source;
}
