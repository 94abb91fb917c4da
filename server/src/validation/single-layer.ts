/**
 * Forward and backward time of one layer, as benchmarks of single layers state them: what a second layer adds to one, so
 * that embedding, head and loss fall out.
 */
import type { TrainingEstimate } from '../core/estimate.ts';
import type { PartialJob } from '../core/job-fields.ts';

/** The same job with twice the layers. */
export function doubled(job: PartialJob): PartialJob {
  const { 'model.mixerPattern': mixers, 'model.ffnPattern': mlps } = job;
  return {
    ...job,
    'model.layers': 2 * (job['model.layers'] ?? 1),
    ...(mixers === undefined ? {} : { 'model.mixerPattern': mixers + mixers }),
    ...(mlps === undefined ? {} : { 'model.ffnPattern': mlps + mlps }),
  };
}

/** Milliseconds per layer for one micro batch, from a job of one layer and the same with two. */
export function layerTimes(one: TrainingEstimate, two: TrainingEstimate, micro: number): Record<string, number> {
  const sum = ({ schedule }: TrainingEstimate, part: 'forward' | 'backward') =>
    schedule.times.flat().reduce((total, chunk) => total + chunk[part], 0);
  const forward = 1e3 * (sum(two, 'forward') - sum(one, 'forward'));
  const backward = 1e3 * (sum(two, 'backward') - sum(one, 'backward'));
  return { layer_forward_ms: forward, layer_backward_ms: backward, layer_forward_ms_per_sample: forward / micro };
}
