/** Seconds of a layer's forward pass that its backward pass runs again. */
import type { TrainingJob } from '../estimate-inputs.ts';
import { recomputedShare } from '../training/recomputed-share.ts';
import type { Seconds } from '../units.ts';

export function recomputeTime(job: TrainingJob, attention: Seconds, forward: Seconds): Seconds {
  const { granularity } = job.recompute;
  if (granularity === 'full') return forward * recomputedShare(job);
  if (granularity === 'selective') return job.framework === 'torchtitan' ? 0.45 * forward : attention;
  return 0;
}
