/** Rows of the tables of latent attention: mla_dtype, kv_cache_dtype, num_heads (on the GPU), batch_size, isl, step. */
import { type LatentCase, latentKernels } from '../inputs/latent-attention.ts';
import { generated, isFloat8 } from './attention.ts';
import { engineOf, type Row } from './row.ts';

function readLatent(row: Row, queries: number, past: number): LatentCase {
  const products = isFloat8(row, ['mla_dtype', 'attn_dtype', 'dtype'], 'bfloat16');
  const cache = isFloat8(row, ['kv_cache_dtype', 'kv_dtype'], products.fp8 ? 'fp8' : 'bfloat16');
  const written = row.text('kernel', 'kernel_source')?.toLowerCase();
  // `tp_size` says how the heads were shared out before; `num_heads` already counts those on this GPU.
  const heads = row.size(['num_heads', 'heads'], 1, Math.max(1, 128 / row.size(['tp_size', 'tp'], 1, 1)));
  return {
    fp8: products.fp8,
    fp8Cache: cache.fp8,
    foreign: products.foreign ?? cache.foreign,
    engine: engineOf(row),
    kernel: latentKernels.find((kernel) => written?.includes(kernel)),
    heads: Math.ceil(heads),
    batch: row.size(['batch_size', 'batch']),
    queries,
    past,
  };
}

export const readContextLatent = (row: Row): LatentCase =>
  readLatent(row, row.size(['isl', 'input_length', 'seq_len']), row.size(['step', 'prefix'], 0, 0));
export function readGenerationLatent(row: Row): LatentCase {
  const { queries, past } = generated(row);
  return readLatent(row, queries, past);
}
