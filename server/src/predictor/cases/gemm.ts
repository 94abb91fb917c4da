/** A row of a table of dense products: gemm_dtype, m, n, k. */
import type { GemmCase, GemmFormat } from '../inputs/gemm.ts';
import { engineOf, type Row, spellings } from './row.ts';

export const gemmFormatSpellings: ReadonlyMap<string, GemmFormat> = spellings<GemmFormat>({
  bfloat16: 'bf16 float16 fp16 half w16a16',
  fp8: 'float8 fp8e4m3 fp8e4m3fn float8e4m3 float8e4m3fn e4m3 w8a8fp8 fp8tensor fp8pertensor fp8static fp8dynamic',
  fp8_block: 'fp8blockwise blockfp8 fp8blockscaled fp8block128',
  nvfp4: 'fp4 w4a4 w4a4nvfp4 mxfp4',
  sq: 'int8 smoothquant w8a8 int8sq w8a8int8 s8',
  int8_wo: 'w8a16 int8weightonly int8wo',
  int4_wo: 'w4a16 int4weightonly int4 awq gptq int4wo w4a16awq',
});

export function readGemm(row: Row): GemmCase {
  return {
    format: row.choice(['gemm_dtype', 'dtype', 'precision'], gemmFormatSpellings),
    engine: engineOf(row),
    m: row.size(['m']),
    n: row.size(['n']),
    k: row.size(['k']),
  };
}
