/** What is said about a number beside its value: the convention behind a rate, and what its band rests on. */
import type { Term } from '../core/term.ts';
import { conventionOf } from '../engine/terms.ts';

/**
 * The label of a quantity. A rate of FLOPs names whose FLOPs are counted, and one that is a share of a peak names the peak:
 * "MFU (Megatron-LM's FLOPs, bf16 peak)". Without them such a number cannot be compared with another.
 */
export function quantityLabel(term: Term): string {
  const counted = conventionOf(term);
  if (counted === undefined) return term.label;
  const format = /^dense (\S+) rate/.exec(term.inputs?.find(({ name }) => name === 'peak')?.from ?? '')?.[1];
  return `${term.label} (${counted}'s FLOPs${format === undefined ? '' : `, ${format} peak`})`;
}

/** What the band rests on, or why there is none. */
export function bandWords(term: Term): string {
  if (term.band) return term.band.basis;
  return term.id === 'memory.usable' ? 'no band: data sheet or driver figure' : 'no band: counted from the shape';
}
