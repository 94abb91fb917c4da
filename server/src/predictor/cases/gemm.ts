/** A row of a table of dense products: gemm_dtype, m, n, k; `batch` equal ones in one kernel. */
import type { GemmCase } from '../inputs/gemm.ts';
import type { WrittenFormat } from '../inputs/gemm-formats.ts';
import { engineOf, type Row, spellings } from './row.ts';

export const gemmFormatSpellings: ReadonlyMap<string, WrittenFormat> = spellings<WrittenFormat>({
  bfloat16: 'bf16 float16 fp16 half w16a16 auto none',
  fp8: 'float8 fp8e4m3 fp8e4m3fn float8e4m3 float8e4m3fn e4m3 fp8e5m2 float8e5m2 e5m2 w8a8fp8 fp8tensor fp8pertensor fp8perchannel fp8pertoken fp8static fp8dynamic fp8ootb fp8staticpertensor',
  fp8_block: 'fp8blockwise blockfp8 fp8blockscaled fp8block128',
  nvfp4: 'fp4 w4a4 w4a4nvfp4 float4e2m1',
  sq: 'int8 smoothquant w8a8 int8sq w8a8int8 s8',
  int8_wo: 'w8a16 int8weightonly int8wo',
  int4_wo: 'w4a16 int4weightonly int4 awq gptq int4wo w4a16awq w4a16gptq w4a16mxfp4',
  float32: 'fp32 float f32 single',
  tf32: 'tensorfloat32',
  mxfp8: 'w8a8mxfp8 mxfp8e4m3',
  mxfp4: 'w4a4mxfp4',
  w4a8: 'w4afp8 w4a8fp8 w4a8awq w4a8mxfp4fp8 w4a8mxfp4mxfp8 w4a8nvfp4fp8',
});

export function readGemm(row: Row): GemmCase {
  return {
    format: row.choice(['gemm_dtype', 'dtype', 'precision', 'quant_mode', 'gemm_quant_mode'], gemmFormatSpellings),
    engine: engineOf(row),
    batch: row.size(['batch', 'batch_size', 'b'], 1, 1),
    m: row.size(['m']),
    n: row.size(['n']),
    k: row.size(['k']),
  };
}
