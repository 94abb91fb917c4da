/** Share of the layers whose forward pass full recomputation runs again. */
import type { TrainingJob } from '../estimate-inputs.ts';

export function recomputedShare(job: TrainingJob): number {
  const { granularity, method, layers } = job.recompute;
  if (granularity !== 'full') return 0;
  return method === 'block' ? Math.min(1, layers / Math.max(1, job.model.layers)) : 1;
}
