/**
 * What the model says of a job after a change of some fields: put in, everything derived worked out again, checked by the
 * rules and estimated. Used by lists of neighbouring values and by rules that say what a change would gain.
 */
import { withFields } from '../core/derive.ts';
import type { EstimateResult } from '../core/estimate.ts';
import { estimateJob } from '../core/estimate-job.ts';
import type { JobKind, PartialJob } from '../core/job-fields.ts';
import { clusterOf } from './cluster.ts';
import type { Layer } from './layers.ts';
import { type RuledJob, runRules } from './run-rules.ts';
import { refusalForHidden } from './unknowns.ts';
import { withAssumedWorld } from './world.ts';

export interface TriedJob extends Omit<RuledJob, 'cluster' | 'estimate' | 'tryChange'> {
  readonly kind: JobKind;
}

export type Trial = (change: PartialJob) => EstimateResult;

/** Trials of one job, each done once. What the framework would refuse after a change, and does not now, is a refusal. */
export function trialsOf(tried: TriedJob): Trial {
  const done = new Map<string, EstimateResult>();
  let known: ReadonlySet<string> | undefined;
  return (change) => {
    const key = JSON.stringify(change);
    const before = done.get(key);
    if (before) return before;
    known ??= new Set(errorsOf(tried).map(({ rule, what }) => rule + what));
    const result = resultOf(tried, change, known);
    done.set(key, result);
    return result;
  };
}

function errorsOf({ kind, ...job }: TriedJob) {
  return runRules({ ...job, cluster: clusterOf(job.job).cluster }, kind, () => {}).filter(({ severity }) => severity === 'error');
}

function resultOf(tried: TriedJob, change: PartialJob, known: ReadonlySet<string>): EstimateResult {
  const changed = withChange(tried, change);
  const refused = errorsOf({ ...tried, ...changed }).find(({ rule, what }) => !known.has(rule + what));
  return refused ? { refusal: { why: refused.what, missing: [] } } : estimateChanged(tried, changed);
}

/** The job with a change and everything that follows from it. */
export function withChange(tried: TriedJob, change: PartialJob): Layer {
  const { job, sources } = withFields(tried.job, tried.sources, tried.framework, withAssumedWorld(tried, change));
  return { job: change['recompute.granularity'] === undefined ? job : withRecomputeMethod(job), sources };
}

/** Its estimate, whatever the rules say. */
export function estimateChanged({ framework, kind }: TriedJob, changed: Layer): EstimateResult {
  const hidden = refusalForHidden(changed, kind);
  return hidden ? { refusal: hidden } : estimateJob(changed.job, framework, clusterOf(changed.job).cluster);
}

/** Says of changes what the framework would refuse about them and does not refuse now; undefined for those it would take. */
export function refusalsOf(tried: TriedJob): (change: PartialJob) => string | undefined {
  const known = new Set(errorsOf(tried).map(({ rule, what }) => rule + what));
  return (change) => errorsOf({ ...tried, ...withChange(tried, change) }).find(({ rule, what }) => !known.has(rule + what))?.what;
}

/** Full recomputation needs a method: one checkpoint per layer is the usual choice. Other kinds must have none. */
function withRecomputeMethod(job: PartialJob): PartialJob {
  if (job['recompute.granularity'] !== 'full') {
    const { 'recompute.method': _method, 'recompute.layers': _layers, ...rest } = job;
    return rest;
  }
  return { ...job, 'recompute.method': job['recompute.method'] ?? 'uniform', 'recompute.layers': job['recompute.layers'] ?? 1 };
}
