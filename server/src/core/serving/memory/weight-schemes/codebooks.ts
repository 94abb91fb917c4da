/** Additive codebooks: AQLM (Egiazarian et al. 2024; aqlm/inference.py, QuantizedLinear). */
import { uniform, type WeightScheme } from './scheme.ts';

/**
 * `bits` per weight for the codes; the codebooks themselves (2^bits entries of a group of 8 in 16 bits, per matrix) and a 16-bit scale per output
 * channel lie beside them. The common ones are 1x16 (65,536 entries) and 2x8 (two of 256).
 */
export function aqlm(bits: number, books = 1): WeightScheme {
  const group = 8;
  const entries = 2 ** Math.min(16, Math.round((bits * group) / books));
  return uniform(
    `aqlm-${bits}bit`,
    `AQLM, ${bits} bits`,
    'int4',
    { bits, rowBytes: 2, matrixBytes: books * entries * group * 2 },
    'aqlm/inference.py, QuantizedLinear: codes, codebooks, scales',
  );
}
