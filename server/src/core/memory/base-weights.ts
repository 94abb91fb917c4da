/**
 * Bytes of one frozen weight with its scales.
 *
 * NF4: 4 bits and one fp32 scale per block of 64; double quantization stores the scales in 8 bits with one fp32 scale per
 * 256 of them, 4.127 bits in all (Dettmers et al. 2023, QLoRA, section 3). GPTQ and AWQ: 4 bits, and an fp16 scale and a
 * 4-bit zero point per group of 128 (Frantar et al. 2022; Lin et al. 2023). MXFP4: an 8-bit scale per 32 (OCP MX 1.0).
 */
import type { BaseFormat } from '../job-fields.ts';

const bytes: Readonly<Record<BaseFormat, number>> = {
  fp32: 4,
  bf16: 2,
  fp16: 2,
  fp8: 1,
  int8: 1,
  nf4: 0.5 + 4 / 64,
  'nf4-dq': 0.5 + 1 / 64 + 4 / (64 * 256),
  'gptq-4bit': 0.5 + 2 / 128 + 0.5 / 128,
  'awq-4bit': 0.5 + 2 / 128 + 0.5 / 128,
  mxfp4: 0.5 + 1 / 32,
};

export function storedBytes(format: BaseFormat): number {
  return bytes[format];
}

/** Formats that must be expanded to the compute type before each product. */
export function isQuantized(format: BaseFormat): boolean {
  return format !== 'fp32' && format !== 'bf16' && format !== 'fp16';
}
