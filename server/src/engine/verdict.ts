/** The estimate of a job whose fields and hardware are known, and what the rules say about it. */
import type { Assumption, EstimateResult } from '../core/estimate.ts';
import { estimateJob } from '../core/estimate-job.ts';
import type { JobField, JobKind, PartialJob } from '../core/job-fields.ts';
import type { JobAnalysis } from './analysis.ts';
import type { ResolvedCluster } from './cluster.ts';
import type { JobKeys } from './keys.ts';
import type { Layer } from './layers.ts';
import { jobKey } from './memo.ts';
import { assumptionsOfNames } from './missing-deepspeed.ts';
import { softened } from './not-modelled.ts';
import { guard, type Parts, type Verdict } from './parts.ts';
import { runRules } from './run-rules.ts';
import { trialsOf } from './trials.ts';
import { assumptionsForHidden, refusalForHidden } from './unknowns.ts';

/** Everything known about a job. */
export interface ResolvedJob extends Layer {
  /** The same without a number of GPUs that was only assumed, and what follows from it: rules judge by this. */
  readonly told: Layer;
}

/** By whose habits a job runs. */
type Runner = Pick<JobAnalysis, 'framework' | 'runsAs' | 'kind'>;

/** Estimate and findings, from the cache where the same was asked before. */
export function judge(
  parts: Parts,
  reading: Runner,
  { job, sources, told, keys }: ResolvedJob & { readonly keys: JobKeys },
  resolved: ResolvedCluster,
  ignored: readonly Assumption[],
): Verdict {
  const { framework, runsAs, kind } = reading;
  const key = `${jobKey(framework, kind, { job, sources }, resolved.cluster)} ${JSON.stringify([runsAs, keys.values, ignored])}`;
  const known = parts.verdicts.get(key);
  if (known) return known;
  const result = withAssumptions(estimate(parts, reading, { job, sources }, resolved), ignored);
  // Nothing is judged against hardware that only Rooflint named.
  const named = { framework: runsAs, frameworks: [framework, runsAs, ...keys.dialects], keys: keys.values };
  const input = { ...told, ...named, cluster: resolved.isAssumed ? undefined : resolved.cluster };
  const trial = trialsOf({ job, ...named, sources, kind });
  const tryChange = (change: PartialJob) => {
    const tried = trial(change);
    return 'estimate' in tried ? tried.estimate : undefined;
  };
  const judged = 'estimate' in result && !resolved.isAssumed ? { ...input, estimate: result.estimate, tryChange } : input;
  const findings = runRules(judged, kind, parts.log).map((finding) => softened(finding, ignored));
  return parts.verdicts.set(key, { result, findings });
}

function estimate(parts: Parts, { framework, runsAs, kind }: Runner, layer: Layer, resolved: ResolvedCluster): EstimateResult {
  const { job } = layer;
  if (resolved.problem) return { refusal: { why: resolved.problem, missing: ['cluster.gpu'] } };
  const early = refusalFor(kind, framework, job);
  if (early) return early;
  const hidden = refusalForHidden(layer, kind);
  if (hidden) return { refusal: hidden };
  const failed: EstimateResult = { refusal: { why: 'the estimate failed on this job; the log of the server says why', missing: [] } };
  const result = guard(parts, 'estimate', failed, () => estimateJob(job, runsAs, resolved.cluster));
  return withAssumptions(result, [...resolved.assumptions, ...assumptionsOfNames(layer), ...assumptionsForHidden(layer, kind, runsAs)]);
}

/** What starts other programs and says little about them. */
const carriers: ReadonlySet<string> = new Set(['kubernetes', 'compose', 'skypilot']);

/** Documents that are no whole job: what to open instead. */
function refusalFor(kind: JobKind, framework: string, job: Layer['job']): EstimateResult | undefined {
  if (kind === 'model') {
    return { refusal: { why: 'a model alone has no step time: open the launch script or serve command that names it', missing: [] } };
  }
  if (kind === 'cluster') {
    const why = carriers.has(framework)
      ? 'what is started here is not recognised: the image, or a program in another place, decides what runs; the machines alone are known'
      : 'this file says where something runs; no launch that Rooflint reads was found in it';
    return { refusal: { why, missing: [] } };
  }
  // A file of settings for a launch; a launch itself says at least how much a GPU gets.
  const isSettings = framework === 'deepspeed' || (framework === 'accelerate' && job['batch.micro'] === undefined);
  if (isSettings && job['model.layers'] === undefined && job['model.hidden'] === undefined) {
    const missing: readonly JobField[] = ['model.layers', 'model.hidden', 'model.heads', 'sequence.length'];
    return { refusal: { why: 'model shape unknown: open the launch script that names this file', missing } };
  }
  return undefined;
}

/** What was assumed on the way belongs to the estimate that rests on it; of two words on one field the first stands. */
function withAssumptions(result: EstimateResult, assumptions: readonly Assumption[]): EstimateResult {
  if (!('estimate' in result) || assumptions.length === 0) return result;
  const said = new Set(assumptions.flatMap(({ field }) => field ?? []));
  const others = result.estimate.assumptions.filter(({ field }) => field === undefined || !said.has(field));
  const all = [...assumptions, ...others];
  const { estimate } = result;
  return { estimate: estimate.kind === 'training' ? estimate.withAssumptions(all) : { ...estimate, assumptions: all } };
}
