/** Bytes of the types kernels are written in (CUDA C++ Programming Guide, "Built-in Vector Types"; cuda_fp16.h, cuda_bf16.h, cuda_fp8.h). */

const scalars: { readonly [type: string]: number | undefined } = {
  bool: 1,
  char: 1,
  int8_t: 1,
  uint8_t: 1,
  uchar: 1,
  __nv_fp8_e4m3: 1,
  __nv_fp8_e5m2: 1,
  short: 2,
  int16_t: 2,
  uint16_t: 2,
  ushort: 2,
  half: 2,
  __half: 2,
  half_t: 2,
  nv_bfloat16: 2,
  __nv_bfloat16: 2,
  __hip_bfloat16: 2,
  bfloat16: 2,
  bfloat16_t: 2,
  bf16: 2,
  int: 4,
  unsigned: 4,
  uint: 4,
  int32_t: 4,
  uint32_t: 4,
  float: 4,
  half2: 4,
  __half2: 4,
  nv_bfloat162: 4,
  __nv_bfloat162: 4,
  long: 8,
  size_t: 8,
  int64_t: 8,
  uint64_t: 8,
  double: 8,
};

/** `float4`, `uchar2`, `ulonglong2`: the scalar and how many. */
const vector = /^(u?char|u?short|u?int|float|double|u?longlong|u?long)([1-4])$/;
const ofVector: { readonly [type: string]: number | undefined } = { char: 1, short: 2, int: 4, float: 4, double: 8, longlong: 8, long: 8 };

/** @returns the bytes of a type as written, or undefined where only a declaration elsewhere tells. */
export function sizeOfType(type: string): number | undefined {
  if (type.includes('*')) return 8;
  const bare = type
    .replace(/\b(?:const|volatile|static|constexpr|signed|std|cutlass|nvcuda)\b(?:::)?/g, ' ')
    .replace(/\bunsigned\s+(?=\w)/g, '')
    .replace(/\blong\s+long\b|\blong\s+int\b/g, 'long')
    .trim();
  const known = scalars[bare];
  if (known !== undefined) return known;
  const parts = vector.exec(bare);
  if (!parts) return undefined;
  const each = ofVector[(parts[1] ?? '').replace(/^u(?=char|short|int|long)/, '')];
  return each === undefined ? undefined : each * Number(parts[2]);
}
