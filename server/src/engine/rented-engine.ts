/** The engine of a job moved to another GPU: what it would be there, so that kinds of GPU can be compared. */
import { withFields } from '../core/derive.ts';
import type { ServingJob } from '../core/estimate-inputs.ts';
import type { PartialJob } from '../core/job-fields.ts';
import { completeServing } from '../core/serving/complete-serving.ts';
import { estimateServing } from '../core/serving/estimate-serving.ts';
import type { JobAnalysis } from './analysis.ts';
import { clusterOf } from './cluster.ts';

export interface RentedEngine {
  /** GPUs of one engine. */
  readonly gpus: number;
  readonly serving: ServingJob;
  readonly job: PartialJob;
  /** Tokens its KV cache holds. */
  /** Tokens in its cache when every request has cached so many. */
  readonly heldTokens: (each: number) => number;
  /** Half the width of the band of its step times, as a share. */
  readonly band: { readonly low: number; readonly high: number; readonly basis: string };
}

/** One engine with this TP on this GPU, or why it cannot be. */
export function engineOn({ job, sources, runsAs }: JobAnalysis, gpu: string, tensor: number): RentedEngine | { readonly refused: string } {
  const moved = withFields(job, sources, runsAs, {
    'cluster.gpu': gpu,
    'parallel.tensor': tensor,
    'serving.dataParallel': 1,
    'serving.replicas': 1,
  }).job;
  // How many GPUs the file's own machines have says nothing of the others.
  const { 'cluster.gpus': _gpus, 'cluster.nodes': _nodes, 'cluster.gpusPerNode': _perNode, ...free } = moved;
  const { cluster, problem } = clusterOf(free);
  if (!cluster) return { refused: problem ?? `there is no data sheet for the GPU "${gpu}"` };
  const completed = completeServing(free, runsAs, cluster);
  if ('refusal' in completed) return { refused: completed.refusal.why };
  const result = estimateServing(completed.job);
  if ('refusal' in result) return { refused: result.refusal.why };
  const { estimate } = result;
  if (estimate.kind !== 'serving' || estimate.memory.fits === 'no') return { refused: 'the weights do not fit' };
  const tpot = estimate.decode.timePerToken;
  const { low, high, basis } = tpot.band ?? { low: tpot.value, high: tpot.value, basis: 'no band is known' };
  return {
    gpus: completed.job.tensor * completed.job.pipeline,
    serving: completed.job,
    job: free,
    heldTokens: estimate.heldTokens,
    band: { low: low / tpot.value, high: high / tpot.value, basis },
  };
}
