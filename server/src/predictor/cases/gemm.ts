/**
 * A row of a table of dense products: gemm_dtype, m, n, k; `batch` equal ones in one kernel. The two products of latent attention
 * beside its kernel (mla_bmm: bmm_dtype, num_tokens, num_heads) are such batches, one product for each head.
 */
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

/** Numbers of a head of latent attention: what its cached vector holds, and what a head makes of it. */
const latentRank = 512;
const latentHead = 128;

/** Rows and columns of each product: before the kernel queries become latent ones, after it latent outputs become values. */
function readSizes(row: Row): Pick<GemmCase, 'batch' | 'm' | 'n' | 'k'> {
  const latent = /mla.?(?:bmm|gen).?(?:gen.?)?(pre|post)?/i.exec(operatorWords(row));
  if (latent) {
    const after = latent[1]?.toLowerCase() === 'post';
    const [n, k] = after ? [latentHead, latentRank] : [latentRank, latentHead];
    return { batch: row.size(['num_heads', 'heads']), m: row.size(['num_tokens', 'tokens', 'm']), n, k };
  }
  return { batch: row.size(['batch', 'batch_size', 'b'], 1, 1), m: row.size(['m']), n: row.size(['n']), k: row.size(['k']) };
}

/** The operator, and the part of it that a table with several tells apart. */
const operatorWords = (row: Row): string => [row.text('op_name') ?? '', row.text('op') ?? ''].join(' ');

export function readGemm(row: Row): GemmCase {
  return {
    format: row.choice(['gemm_dtype', 'bmm_dtype', 'dtype', 'precision', 'quant_mode', 'gemm_quant_mode'], gemmFormatSpellings),
    engine: engineOf(row),
    inLayer: row.text('inside') === 'layer',
    ...readSizes(row),
  };
}
