/** Rows of the tables of attention: attn_dtype, kv_cache_dtype, batch_size, isl, step, num_heads, num_key_value_heads, head_dim, window_size. */
import { type AttentionCase, attentionKernels } from '../inputs/attention.ts';
import { engineOf, type Row, RowProblem, spellings } from './row.ts';

/** 16-bit and 8-bit floating point are what was measured. */
export const floatSpellings = spellings({
  bfloat16: 'bf16 float16 fp16 half auto',
  fp8: 'float8 fp8e4m3 fp8e4m3fn float8e4m3 float8e4m3fn e4m3 fp8e5m2 fp8block fp8pertensor',
});

function kernelOf(row: Row): string | undefined {
  const written = row.text('kernel', 'kernel_source')?.toLowerCase();
  return attentionKernels.find((kernel) => written?.includes(kernel));
}

function readAttention(row: Row, queries: number, past: number): AttentionCase {
  const heads = row.size(['num_heads', 'n_heads', 'heads']);
  const keyValueHeads = row.size(['num_key_value_heads', 'num_kv_heads', 'kv_heads'], 0, heads) || heads;
  if (keyValueHeads > heads) throw new RowProblem(`num_key_value_heads is ${keyValueHeads}, more than num_heads, ${heads}.`);
  const dtype = row.choice(['attn_dtype', 'dtype'], floatSpellings, 'bfloat16');
  return {
    fp8: dtype === 'fp8',
    fp8Cache: row.choice(['kv_cache_dtype', 'kv_dtype'], floatSpellings, dtype) === 'fp8',
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

/** One new token, or `isl`, against `step` in the cache. */
export const readGenerationAttention = (row: Row): AttentionCase =>
  readAttention(row, row.size(['isl'], 1, 1), row.size(['step', 'context_length'], 0));
