/** How the weights of a served model are quantized, by the flag or the checkpoint, and what that asks of a GPU. */
import type { JobField, PartialJob } from '../../job-fields.ts';

export const quantizationFields = ['serving.quantization', 'model.quantization'] as const satisfies readonly JobField[];

/** The scheme in the words of whoever says it, and which field that is. The checkpoint knows it better than a family's name. */
export function quantizationOf(
  job: PartialJob,
): { readonly name: string; readonly field: (typeof quantizationFields)[number] } | undefined {
  const flag = job['serving.quantization'];
  const checkpoint = job['model.quantization'];
  if (checkpoint !== undefined && (flag === undefined || /^(?:modelopt|compressed-tensors|quark|auto)$/.test(flag)))
    return { name: checkpoint.toLowerCase(), field: 'model.quantization' };
  return flag === undefined || flag === 'none' ? undefined : { name: flag.toLowerCase(), field: 'serving.quantization' };
}

const fp4 = /nvfp4|mxfp4|modelopt[-_]fp4|w4a4/;
const fp8 = /fp8|float8|mxfp8/;

/** The width of the floating-point numbers that weights are stored in, where they are floating-point. */
export const floatBits = (name: string): 4 | 8 | undefined => (fp4.test(name) ? 4 : fp8.test(name) ? 8 : undefined);
