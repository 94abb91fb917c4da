// Attention inside measured decoder layers of other collections: two models, but on devices that the operator tables lack.
import { join } from 'node:path';
import { hash } from '../lib/hash.mjs';
import { readTable } from './read-table.mjs';

const names = { RTX4090: 'rtx4090', RTXPRO6000: 'rtxpro6000', A6000: 'rtx a6000', H100: 'h100', RTX3090: 'rtx3090' };
const heads = { 'meta-llama/Llama-3.1-8B': [32, 8], 'meta-llama/Llama-3.1-70B': [64, 8], 'Qwen/Qwen3-30B-A3B-Instruct-2507': [32, 4] };

const row = (gpu, [query, keyValue], tp, batch, isl, step, milliseconds) => ({
  device: names[gpu],
  backend: 'vllm',
  kernel: 'vllm_flash_attn_fa2',
  attn_dtype: 'bfloat16',
  kv_cache_dtype: 'bfloat16',
  batch_size: String(batch),
  isl: String(isl),
  step: String(step),
  num_heads: String(query / tp),
  num_key_value_heads: String(Math.max(1, keyValue / tp)),
  head_dim: '128',
  window_size: '0',
  latency_ms: String(milliseconds),
});

/** Batches of prompts alone, or of single tokens alone; the mixed ones are no case of the operator tables. */
function* measured(data) {
  for (const each of readTable(join(data, 'llmservingsim/attention.csv.gz'))) {
    const { gpu, model, tp, prefill_chunk: chunk, kv_prefill: past, n_decode: tokens, kv_decode: cached, time_us: time } = each;
    if (tokens === '0') yield row(gpu, heads[model], Number(tp), 1, chunk, past, time / 1e3);
    else if (chunk === '0') yield row(gpu, heads[model], Number(tp), tokens, 1, cached, time / 1e3);
  }
  for (const each of readTable(join(data, 'llmservingsim/v0_attention.csv.gz'))) {
    if (!names[each.gpu] || !heads[each.model] || hash(JSON.stringify(each)) % 10) continue;
    const { gpu, model, tp, batch_size: batch, prefill_chunk_size: chunk, kv_cache_size: past } = each;
    if (each.is_prefill === 'True') yield row(gpu, heads[model], Number(tp), batch, chunk, past, each.prefill_ms);
    else yield row(gpu, heads[model], Number(tp), batch, 1, past, each.decode_ms);
  }
}

const kept = (data, isGeneration) =>
  [...measured(data)].filter(
    (each) => each.latency_ms > 0 && (each.isl === '1') === isGeneration && (!isGeneration || Number(each.step) > 0),
  );
export const contextOfLayers = (data) => kept(data, false);
export const generationOfLayers = (data) => kept(data, true);
