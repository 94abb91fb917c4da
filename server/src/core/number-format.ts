/** Bytes of one element of a number format, scales not counted. */
import type { NumberFormat } from './job-fields.ts';

const bytes: Readonly<Record<NumberFormat, number>> = { fp32: 4, tf32: 4, fp16: 2, bf16: 2, fp8: 1, int8: 1, fp4: 0.5, int4: 0.5 };

export function bytesPerElement(format: NumberFormat): number {
  return bytes[format];
}
