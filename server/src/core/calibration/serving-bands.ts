/** Bands of what is shown for serving jobs, from the residuals over published measurements, as those of training are. */
import type { ServingJob } from '../estimate-inputs.ts';
import type { Band } from '../term.ts';
import { type BandBasis, basisText, measuredBand } from './measured-band.ts';
import { servingRegime } from './serving-regime.ts';

export type ServingTime = 'decode' | 'prefill' | 'throughput';
export type ServingQuantity = ServingTime | 'weights' | 'overhead' | 'pool';

/** Bands of engines of which too few measurements are published. */
const assumed: Readonly<Record<ServingQuantity, BandBasis>> = {
  decode: { share: 0.5, basis: 'assumed: no published measurement of this kind was compared' },
  prefill: { share: 0.5, basis: 'assumed: no published measurement of this kind was compared' },
  throughput: { share: 0.5, basis: 'assumed: no published measurement of this kind was compared' },
  weights: { share: 0.05, basis: 'assumed: no published measurement of this kind was compared' },
  overhead: { share: 1, basis: 'assumed: few logs of this engine are published' },
  pool: { share: 0.25, basis: 'assumed: the arithmetic of the engine is followed; few logs of it are published' },
};

/** Times of an engine or device that was not fitted on, where too few measurements of the like are published. */
const carried: BandBasis = { share: 1, basis: 'assumed: runs of this engine or kernels of this device were not fitted on' };

const times: ReadonlySet<ServingQuantity> = new Set<ServingTime>(['decode', 'prefill', 'throughput']);

/** All that an engine takes: one row publishes it, so this is no measured band. */
export const totalBand: BandBasis = { share: 0.05, basis: 'assumed: the engine fills its budget; what is outside it varies' };

export function servingBand(job: ServingJob, quantity: ServingQuantity): BandBasis {
  const regime = servingRegime(job);
  const band = measuredBand(quantity, regime);
  if (!band) return assumed[quantity];
  if (times.has(quantity) && regime.footing === 'carried' && band.footing === undefined && band.engine === undefined) return carried;
  const footing = regime.footing === 'measured' ? 'engines and devices that were fitted on' : 'engines or devices that were not fitted on';
  const parts = [
    ...(band.engine === undefined ? [] : [regime.engine]),
    ...(band.generation === undefined ? [] : [`on ${regime.generation}`]),
    ...(band.footing === undefined ? [] : [footing]),
  ];
  return { share: band.share, basis: basisText(band, parts) };
}

/** The band of a time or of a rate: as far down as up, as a factor. */
export function factorBand(value: number, { share, basis }: BandBasis): Band {
  return { low: value / (1 + share), high: value * (1 + share), basis };
}
