/** How memory rules compare a term with its band against what the GPU offers. */
import type { Severity } from '../../finding.ts';
import type { Term } from '../../term.ts';
import { gib } from './format.ts';

/** Error when even the low end does not fit, warning when only part of the band does, undefined when all of it fits. */
export function overCapacity(needed: Term, usable: Term): Severity | undefined {
  if (low(needed) > usable.value) return 'error';
  return high(needed) > usable.value ? 'warning' : undefined;
}

export const low = (term: Term): number => term.band?.low ?? term.value;
export const high = (term: Term): number => term.band?.high ?? term.value;

/** "91.2 GiB (86.0 to 97.1)". */
export function withBand(term: Term): string {
  if (!term.band) return gib(term.value);
  return `${gib(term.value)} (${gib(term.band.low).replace(' GiB', '')} to ${gib(term.band.high).replace(' GiB', '')})`;
}

/** The largest parts of a sum, "Activations 41.0 GiB, Optimizer states 30.1 GiB". */
export function largestParts(term: Term, most = 3): string {
  return (term.children ?? [])
    .toSorted((a, b) => b.value - a.value)
    .slice(0, most)
    .filter((part) => part.value > 0)
    .map((part) => `${part.label} ${gib(part.value)}`)
    .join(', ');
}
