/** Bands of the step and of the rates computed from it (docs/model/uncertainty.md, "Rates and the least step"). */
import { timeBand } from '../calibration/bands.ts';
import { modelFlops } from '../compute/flops.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { bandOf } from '../memory/stage-terms.ts';
import type { Band } from '../term.ts';
import type { FlopsPerSecond, Seconds } from '../units.ts';

/** Seconds no step can go below: its products and attention, masked, all at the data sheet's dense rate `peak` of one GPU. */
export function leastStep(job: TrainingJob, tokens: number, gpus: number, peak: FlopsPerSecond): Seconds {
  // Frozen weights need no gradients of their own: two passes of three remain.
  const passes = job.adapter ? 2 / 3 : 1;
  return (modelFlops(job, tokens, 'maxtext') * passes) / gpus / peak;
}

/** The band of a step of `step` seconds; its low end is no step that the GPUs could not make. */
export function stepBand(job: TrainingJob, step: Seconds, least: Seconds): Band {
  const band = bandOf(step, timeBand(job));
  return { ...band, low: Math.min(step, Math.max(band.low, least)) };
}

/** The band of a rate that is something per step: highest in the shortest step. */
export function rateBand(value: number, step: Seconds, { low, high, basis }: Band): Band {
  return { low: (value * step) / high, high: (value * step) / low, basis };
}

/** The band of what grows with the step. */
export function scaledBand(value: number, step: Seconds, { low, high, basis }: Band): Band {
  return { low: (value * low) / step, high: (value * high) / step, basis };
}
