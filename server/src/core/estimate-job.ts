/** The one entry of the performance model: a partial job and a cluster in, an estimate or a refusal out. */
import type { EstimateResult } from './estimate.ts';
import type { Cluster } from './hardware.ts';
import type { PartialJob } from './job-fields.ts';
import { completeServing } from './serving/complete-serving.ts';
import { isEngine } from './serving/engines/engines.ts';
import { estimateServing } from './serving/estimate-serving.ts';
import { completeTraining } from './training/complete-training.ts';
import { estimateTraining } from './training/estimate-training.ts';

/** Estimates a training or serving job. Never throws; derived fields are expected to be filled in where known. */
export function estimateJob(job: PartialJob, framework: string, cluster: Cluster | undefined): EstimateResult {
  if (isEngine(framework)) {
    const completed = completeServing(job, framework, cluster);
    return 'refusal' in completed ? completed : estimateServing(completed.job);
  }
  const completed = completeTraining(job, framework, cluster);
  return 'refusal' in completed ? completed : estimateTraining(completed.job);
}
