/** GPUs and replicas of a job with a change: what a wanted DP or number of micro batches means for what a file writes. Pure. */
import type { PartialJob } from '../../core/job-fields.ts';

/** GPUs that hold one replica of the model. */
function replicaOf(job: PartialJob): number {
  return (job['parallel.tensor'] ?? 1) * (job['parallel.pipeline'] ?? 1) * (job['parallel.context'] ?? 1);
}

/** The GPUs that a change of DP asks for, with whatever else is changed. */
export function gpusFor(job: PartialJob, change: PartialJob, data: number): number {
  return data * replicaOf({ ...job, ...change });
}

/** DP after a change: as it is wanted, else what the same GPUs give. Undefined where the GPUs are not known or not divisible. */
export function dataOf(job: PartialJob, change: PartialJob): number | undefined {
  const wanted = change['parallel.data'];
  if (wanted !== undefined) return wanted;
  const gpus = job['cluster.gpus'];
  const data = gpus === undefined ? job['parallel.data'] : gpus / replicaOf({ ...job, ...change });
  return data !== undefined && Number.isInteger(data) ? data : undefined;
}

/** The global batch that makes a number of micro batches. */
export function globalFor(job: PartialJob, change: PartialJob, microBatches: number): number | undefined {
  const [micro, data] = [change['batch.micro'] ?? job['batch.micro'], dataOf(job, change)];
  return micro === undefined || data === undefined ? undefined : microBatches * micro * data;
}
