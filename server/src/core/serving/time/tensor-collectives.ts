/** The sums over TP that end mixer and feed-forward of every layer. */
import { allReduceTime } from '../../comms/collectives.ts';
import { place } from '../../comms/network.ts';
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Seconds } from '../../units.ts';

export function collectiveSeconds(job: ServingJob, tokens: number): Seconds {
  if (job.tensor === 1) return 0;
  const placement = place(job.cluster, { size: job.tensor, stride: 1 });
  return 2 * job.model.layers * allReduceTime(placement, job.tensor, tokens * job.model.hidden * 2);
}
