/**
 * Bytes of number formats by the names of Python libraries and of CUTLASS (cutlass/numeric_types.h, numpy and
 * ml_dtypes names).
 */
import { sizeOfType } from '../type-sizes.ts';

/** Bits by the name without its library. The first that fits counts. */
const bits: readonly (readonly [RegExp, number])[] = [
  [/^(?:u?int4(?:b_t)?|float4_e2m1\w*|float_e2m1_\w+|fp4|mx_float4_t|nv_float4_t)$/, 4],
  [/^(?:u?int8|float8_?\w*|float_e[45]m[23]\w*|e[45]m[23]\w*|fp8|mx_float8_t|float_ue8m0_t|float_ue4m3_t|bool)$/, 8],
  [/^(?:float6\w*|float_e[23]m[23]_\w+|mx_float6_t)$/, 6],
  [/^(?:u?int16|float16|bfloat16|bf16|fp16|half)$/, 16],
  [/^(?:u?int32|float32|fp32|tf32|tfloat32_t|float)$/, 32],
  [/^(?:u?int64|float64|fp64)$/, 64],
];

const bare = (format: string): string =>
  format
    .replace(/^["']|["']$/g, '')
    .replace(/<.*$/s, '')
    .replace(/^.*(?:\.|::)/, '');

/** @returns undefined for a format of another name. */
export function bytesOfFormat(format: string): number | undefined {
  const name = bare(format);
  const known = bits.find(([pattern]) => pattern.test(name))?.[1];
  return known === undefined ? sizeOfType(format) : known / 8;
}

/** A format by its usual short name: `int8_t` is int8, `cutlass::half_t` fp16. */
export function formatName(format: string): string {
  const name = bare(format).replace(/_t$/, '');
  const short: Readonly<Record<string, string>> = {
    half: 'fp16',
    float16: 'fp16',
    bfloat16: 'bf16',
    float: 'fp32',
    float32: 'fp32',
    double: 'fp64',
    tfloat32: 'tf32',
  };
  return short[name] ?? (/e[45]m[23]/.test(name) ? 'fp8' : name);
}
