/** Bands read from `measured-bands.json`: one per group of measurements, found by the parts of a regime that name the group. */
import measured from './measured-bands.json' with { type: 'json' };

/** How far a band reaches as a share of the value, and what it rests on. */
export interface BandBasis {
  readonly share: number;
  readonly basis: string;
}

const partNames = ['family', 'generation', 'technique', 'engine', 'footing'] as const;
export type RegimePart = (typeof partNames)[number];

/** What is known of a job before anything is measured, part by part. */
export type Regime = Readonly<Partial<Record<RegimePart, string>>>;

/** A band fitted on the rows that share the parts of the regime that are named; parts left out are any. */
export interface FittedBand extends Readonly<Partial<Record<RegimePart, string>>> {
  readonly quantity: string;
  /** Nine of ten measurements lie within this share of the prediction; of time the band goes down as far as up, as a factor. */
  readonly share: number;
  readonly rows: number;
  readonly sources: number;
}

/** Parts that name a group, narrowest group first. */
type Levels = readonly (readonly RegimePart[])[];
const servingTime: Levels = [['engine', 'generation'], ['engine', 'footing'], ['footing'], []];

/**
 * By quantity. `memory` and `time` are those of training, whose memory does not hang on the generation of the device; the others are
 * serving's: time of a token, time of a prompt, rate of a whole run, and bytes of the weights, of the activation peak, and the pool.
 * The arithmetic of a pool is its engine's own, so that no group of it spans engines.
 */
export const bandLevels = {
  memory: [['family', 'technique'], ['technique'], []],
  time: [['family', 'generation', 'technique'], ['family', 'technique'], ['technique'], []],
  decode: servingTime,
  prefill: servingTime,
  throughput: servingTime,
  weights: [['engine'], []],
  overhead: [['engine']],
  pool: [['engine', 'generation'], ['engine']],
} as const satisfies Readonly<Record<string, Levels>>;
export type BandQuantity = keyof typeof bandLevels;

/** The narrowest group with a band of its own. */
export function findBand(bands: readonly FittedBand[], quantity: BandQuantity, regime: Regime): FittedBand | undefined {
  const levels: Levels = bandLevels[quantity];
  for (const level of levels) {
    const found = bands.find(
      (band) =>
        band.quantity === quantity &&
        partNames.every((part) => (level.includes(part) ? band[part] === regime[part] : band[part] === undefined)),
    );
    if (found) return found;
  }
  return undefined;
}

/** The same among the bands of this release. */
export function measuredBand(quantity: BandQuantity, regime: Regime): FittedBand | undefined {
  return findBand(measured.bands as readonly FittedBand[], quantity, regime);
}

/** What a band rests on, in words; `parts` name the group. */
export function basisText({ rows }: FittedBand, parts: readonly string[]): string {
  const what = parts.length === 0 ? 'all published rows' : parts.join(', ');
  return `nine of ten of ${rows} published measurements (${what}) lie within it`;
}
