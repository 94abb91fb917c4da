/**
 * Bands of the quantities shown, from the residuals over published measurements (docs/model/uncertainty.md says how;
 * `npm run generate` writes `measured-bands.json`).
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import { type BandRegime, bandRegime } from './band-regime.ts';
import measured from './measured-bands.json' with { type: 'json' };

/** How far a band reaches as a share of the value, and what it rests on. */
export interface BandBasis {
  readonly share: number;
  readonly basis: string;
}

export type BandQuantity = 'memory' | 'time';

/** A band fitted on the rows that share the parts of the regime that are named; parts left out are any. */
export interface FittedBand {
  readonly quantity: string;
  readonly family?: string;
  readonly generation?: string;
  readonly technique?: string;
  /** Nine of ten measurements lie within this share of the prediction; of time the band goes down as far as up, as a factor. */
  readonly share: number;
  readonly rows: number;
  readonly sources: number;
}

/** Parts of the regime that name a group, narrowest group first. Memory does not hang on the generation of the device. */
export const bandLevels: Readonly<Record<BandQuantity, readonly (readonly (keyof BandRegime)[])[]>> = {
  memory: [['family', 'technique'], ['technique'], []],
  time: [['family', 'generation', 'technique'], ['family', 'technique'], ['technique'], []],
};

/** The narrowest group with a band of its own. */
export function findBand(bands: readonly FittedBand[], quantity: BandQuantity, regime: BandRegime): FittedBand | undefined {
  for (const level of bandLevels[quantity]) {
    const found = bands.find(
      (band) =>
        band.quantity === quantity &&
        (['family', 'generation', 'technique'] as const).every((part) =>
          level.includes(part) ? band[part] === regime[part] : band[part] === undefined,
        ),
    );
    if (found) return found;
  }
  return undefined;
}

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

function basisOf(job: TrainingJob, quantity: BandQuantity): BandBasis {
  const regime = bandRegime(job);
  const band = findBand(measured.bands as readonly FittedBand[], quantity, regime);
  if (!band) return { share: 0.5, basis: 'no published measurement of this kind was compared' };
  const parts = [
    ...(band.family === undefined ? [] : [familyNames[regime.family]]),
    ...(band.technique === undefined ? [] : [techniqueNames[regime.technique]]),
    ...(band.generation === undefined ? [] : [`on ${regime.generation}`]),
  ];
  const what = parts.length === 0 ? 'all published rows' : parts.join(', ');
  return { share: band.share, basis: `nine of ten of ${band.rows} published measurements (${what}) lie within it` };
}

/** Training peaks and what stays between steps. */
export function memoryBand(job: TrainingJob): BandBasis {
  return basisOf(job, 'memory');
}

/** Step times, and what is computed from them. */
export function timeBand(job: TrainingJob): BandBasis {
  return basisOf(job, 'time');
}

/** Bands of the rest. */
export const bands = {
  weights: { share: 0.02, basis: 'published checkpoint sizes as engines report them' },
  servingTotal: { share: 0.05, basis: 'the engine fills its budget; what is outside it varies' },
  servingOverhead: { share: 0.5, basis: 'profile runs differ widely between engine releases' },
  servingTime: { share: 0.35, basis: 'about nine of ten of 727 published times and rates of serving engines lie within' },
  serving: { share: 0.06, basis: 'about the p90 error over published logs of vLLM' },
  servingElsewhere: { share: 0.12, basis: 'the arithmetic of the engine; few logs of it are published' },
  communication: { share: 0.5, basis: 'large messages; published small collectives are off by up to 80 % (docs/accuracy.md)' },
} as const;
