/** Bands of the step and of the rates computed from it (docs/model/uncertainty.md, "Rates and the least step"). */
import { timeBand } from '../calibration/bands.ts';
import { countedFlops } from '../compute/flops.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Band } from '../term.ts';
import type { FlopsPerSecond, Seconds } from '../units.ts';

/**
 * Seconds no step can go below: its products and attention, with those of layers that are computed again, all at the data sheet's
 * dense rate `peak` of one GPU. Kernels that skip masked scores are taken to do so; unfused attention computes them all.
 */
export function leastStep(job: TrainingJob, tokens: number, gpus: number, peak: FlopsPerSecond): Seconds {
  const { model, hardware } = countedFlops(job, tokens, job.attention === 'unfused' ? 'megatron' : 'maxtext');
  // Frozen weights need no gradients of their own: two passes of three remain.
  const passes = job.adapter ? 2 / 3 : 1;
  // What selective recomputation runs again hangs on the framework; of whole layers it is known.
  const again = job.recompute.granularity === 'full' ? hardware - model : 0;
  return (model * passes + again) / gpus / peak;
}

/** The band of a step of `step` seconds; its low end is no step that the GPUs could not make. */
export function stepBand(job: TrainingJob, step: Seconds, least: Seconds): Band {
  const { share, basis } = timeBand(job);
  // As far down as up, as a factor: half the time is as far off as twice the time, and the rate of one is that of the other.
  return { low: Math.min(step, Math.max(step / (1 + share), least)), high: step * (1 + share), basis };
}

/** The band of a rate that is something per step: highest in the shortest step. */
export function rateBand(value: number, step: Seconds, { low, high, basis }: Band): Band {
  return { low: (value * step) / high, high: (value * step) / low, basis };
}

/** The band of what grows with the step. */
export function scaledBand(value: number, step: Seconds, { low, high, basis }: Band): Band {
  return { low: (value * low) / step, high: (value * high) / step, basis };
}
