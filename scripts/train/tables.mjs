// Which tables train which model, which columns tell apart what is reported on its own, and which ones are the shape.
import { layerProducts } from './layer-products.mjs';

const attention = ['batch_size', 'isl', 'step', 'num_heads', 'num_key_value_heads', 'head_dim', 'window_size'];
const latent = ['num_heads', 'batch_size', 'isl', 'step'];

/** `op`: how the program would be asked about a row. */
export const tables = [
  { model: 'gemm', files: [[/^gemm\./, 'gemm']], group: ['gemm_dtype', 'backend'], shape: ['m', 'n', 'k'], more: layerProducts },
  { model: 'gemm_power', files: [[/^gemm_power\./, 'gemm_power']], group: ['gemm_dtype', 'backend'], shape: ['m', 'n', 'k'] },
  {
    model: 'context_attention',
    files: [[/^context_attention\./, 'context_attention']],
    group: ['attn_dtype', 'kv_cache_dtype', 'backend'],
    shape: attention,
  },
  {
    model: 'generation_attention',
    files: [[/^generation_attention\./, 'generation_attention']],
    group: ['attn_dtype', 'kv_cache_dtype', 'backend'],
    shape: attention,
  },
  { model: 'context_mla', files: [[/^context_mla\./, 'context_mla']], group: ['kv_cache_dtype', 'backend'], shape: latent },
  { model: 'generation_mla', files: [[/^generation_mla\./, 'generation_mla']], group: ['kv_cache_dtype', 'backend'], shape: latent },
  {
    model: 'moe',
    files: [[/^moe\./, 'moe']],
    group: ['moe_dtype', 'backend'],
    shape: ['num_tokens', 'hidden_size', 'inter_size', 'topk', 'num_experts', 'moe_tp_size', 'moe_ep_size'],
  },
  {
    model: 'collective',
    files: [
      [/^(?:nccl|oneccl)\./, 'nccl'],
      [/^custom_allreduce\./, 'custom_allreduce'],
    ],
    group: ['op_name', 'backend'],
    shape: ['op_name', 'num_gpus', 'message_size'],
  },
];
