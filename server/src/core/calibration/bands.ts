/**
 * Bands of what is shown for training jobs, from the residuals over published measurements (docs/model/uncertainty.md says how;
 * `npm run generate` writes `measured-bands.json`). Those of serving stand in `serving-bands.ts`.
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import { type BandRegime, bandRegime } from './band-regime.ts';
import { type BandBasis, basisText, measuredBand } from './measured-band.ts';

const techniqueNames: Readonly<Record<BandRegime['technique'], string>> = {
  adapter: 'adapters on frozen weights',
  experts: 'mixtures of experts',
  'expert-loop': 'experts that run one by one',
  fp8: 'fp8',
  plain: '16-bit training',
};
const familyNames: Readonly<Record<BandRegime['family'], string>> = {
  megatron: 'Megatron',
  deepspeed: 'DeepSpeed',
  fsdp: 'FSDP',
  single: 'unsharded training',
};

function basisOf(job: TrainingJob, quantity: 'memory' | 'time'): BandBasis {
  const regime = bandRegime(job);
  const band = measuredBand(quantity, regime);
  if (!band) return { share: 0.5, basis: 'no published measurement of this kind was compared' };
  const parts = [
    ...(band.family === undefined ? [] : [familyNames[regime.family]]),
    ...(band.technique === undefined ? [] : [techniqueNames[regime.technique]]),
    ...(band.generation === undefined ? [] : [`on ${regime.generation}`]),
  ];
  return { share: band.share, basis: basisText(band, parts) };
}

/** Training peaks and what stays between steps. */
export function memoryBand(job: TrainingJob): BandBasis {
  return basisOf(job, 'memory');
}

/** Step times, and what is computed from them. */
export function timeBand(job: TrainingJob): BandBasis {
  return basisOf(job, 'time');
}

/** Of single collectives. */
export const communicationBand: BandBasis = {
  share: 0.5,
  basis: 'large messages; published small collectives are off by up to 80 % (docs/accuracy.md)',
};
