/** When requests arrive. */
import type { Random } from '../random.ts';

export type Arrivals =
  | { readonly kind: 'at-once' }
  /** Evenly spaced, `rate` per second. */
  | { readonly kind: 'fixed'; readonly rate: number }
  | { readonly kind: 'poisson'; readonly rate: number }
  /** Gaps of a gamma distribution: a coefficient of variation above 1 makes bursts, 1 is Poisson. */
  | { readonly kind: 'gamma'; readonly rate: number; readonly variation: number };

/** Seconds until the next request. */
export function drawGap(arrivals: Arrivals, random: Random): number {
  switch (arrivals.kind) {
    case 'at-once':
      return 0;
    case 'fixed':
      return 1 / arrivals.rate;
    case 'poisson':
      return random.exponential() / arrivals.rate;
    case 'gamma': {
      const shape = 1 / arrivals.variation ** 2;
      return random.gamma(shape) / shape / arrivals.rate;
    }
  }
}
