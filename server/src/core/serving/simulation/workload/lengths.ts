/** Distributions of prompt and answer lengths, in tokens. */
import type { Random } from '../random.ts';

export type Lengths =
  | { readonly kind: 'fixed'; readonly tokens: number }
  | { readonly kind: 'uniform'; readonly least: number; readonly most: number }
  /** A log-normal of this mean and coefficient of variation, cut at `most`. */
  | { readonly kind: 'log-normal'; readonly mean: number; readonly variation: number; readonly most?: number };

/** Draws one length, at least 1. */
export function drawLength(lengths: Lengths, random: Random): number {
  switch (lengths.kind) {
    case 'fixed':
      return Math.max(1, Math.round(lengths.tokens));
    case 'uniform':
      return Math.max(1, Math.round(lengths.least + (lengths.most - lengths.least) * random.uniform()));
    case 'log-normal': {
      const variance = Math.log(1 + lengths.variation ** 2);
      const drawn = Math.exp(Math.log(lengths.mean) - variance / 2 + Math.sqrt(variance) * random.normal());
      return Math.max(1, Math.round(Math.min(drawn, lengths.most ?? Number.POSITIVE_INFINITY)));
    }
  }
}

/** The mean of the distribution, before rounding and cutting. */
export function meanLength(lengths: Lengths): number {
  if (lengths.kind === 'fixed') return lengths.tokens;
  return lengths.kind === 'uniform' ? (lengths.least + lengths.most) / 2 : lengths.mean;
}
