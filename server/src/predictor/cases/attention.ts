/** Rows of the tables of attention: attn_dtype, kv_cache_dtype, batch_size, isl, step, num_heads, num_key_value_heads, head_dim, window_size. */
import { type AttentionCase, attentionKernels } from '../inputs/attention.ts';
import { engineOf, type Row, RowProblem, spellings } from './row.ts';

/** 16-bit and 8-bit floating point are what was measured. */
export const floatSpellings = spellings({
  bfloat16: 'bf16 float16 fp16 half auto',
  fp8: 'float8 fp8e4m3 fp8e4m3fn float8e4m3 float8e4m3fn e4m3 fp8e5m2 float8e5m2 fp8block fp8pertensor',
});

/** Formats nobody measured with keys and values of so few bytes: 8 bits stand for them. */
const likeFloat8: ReadonlySet<string> = new Set(['int8', 'nvfp4', 'fp4', 'int4', 'mxfp8', 'mxfp4']);

/** Whether numbers have 8 bits, and why that is not what is written. */
export function isFloat8(row: Row, names: readonly string[], otherwise: 'bfloat16' | 'fp8'): { fp8: boolean; foreign: string | undefined } {
  const written = row.text(...names)?.toLowerCase() ?? '';
  if (likeFloat8.has(written.replace(/[^a-z0-9]/g, '')))
    return { fp8: true, foreign: `${names[0]} ${written} was never measured and stands on fp8` };
  return { fp8: row.choice(names, floatSpellings, otherwise) === 'fp8', foreign: undefined };
}

function kernelOf(row: Row): string | undefined {
  const written = row.text('kernel', 'kernel_source')?.toLowerCase();
  return attentionKernels.find((kernel) => written?.includes(kernel));
}

function readAttention(row: Row, queries: number, past: number): AttentionCase {
  const heads = row.size(['num_heads', 'n_heads', 'heads']);
  const keyValueHeads = row.size(['num_key_value_heads', 'num_kv_heads', 'kv_heads'], 0, heads) || heads;
  if (keyValueHeads > heads) throw new RowProblem(`num_key_value_heads is ${keyValueHeads}, more than num_heads, ${heads}.`);
  const products = isFloat8(row, ['attn_dtype', 'dtype', 'fmha_quant_mode'], 'bfloat16');
  const cache = isFloat8(row, ['kv_cache_dtype', 'kv_dtype'], products.fp8 ? 'fp8' : 'bfloat16');
  return {
    fp8: products.fp8,
    fp8Cache: cache.fp8,
    foreign: products.foreign ?? cache.foreign,
    engine: engineOf(row),
    kernel: kernelOf(row),
    batch: row.size(['batch_size', 'batch']),
    queries,
    past,
    heads,
    keyValueHeads,
    headDim: row.size(['head_dim', 'head_size'], 1, 128),
    window: Math.max(0, row.size(['window_size', 'sliding_window'], -1, 0)),
  };
}

/** `isl` new tokens of each prompt; `step` of them came before and are in the cache. */
export const readContextAttention = (row: Row): AttentionCase =>
  readAttention(row, row.size(['isl', 'input_length', 'seq_len']), row.size(['step', 'prefix'], 0, 0));

/** New tokens and those in the cache: a row without `step` counts both under `isl`, of which one is new. */
export function generated(row: Row): { queries: number; past: number } {
  const length = row.size(['isl'], 1, 1);
  const cached = row.size(['step', 'context_length', 'kv_len'], 0, -1);
  if (cached >= 0) return { queries: length, past: cached };
  if (length === 1) throw new RowProblem('the column step is missing.');
  return { queries: 1, past: length - 1 };
}

/** One new token, or `isl`, against `step` in the cache. */
export function readGenerationAttention(row: Row): AttentionCase {
  const { queries, past } = generated(row);
  return readAttention(row, queries, past);
}
