// Which tables train which model, which rows of other collections go with them, and which columns are the shape.
import { contextOfLayers, generationOfLayers } from './layer-attention.mjs';
import { layerProducts } from './layer-products.mjs';
import { singlePrecision } from './single-precision.mjs';

const attention = ['batch_size', 'isl', 'step', 'num_heads', 'num_key_value_heads', 'head_dim', 'window_size'];
const latent = ['num_heads', 'batch_size', 'isl', 'step'];

/** `op`: how the program would be asked about a row. */
export const tables = [
  {
    model: 'gemm',
    files: [[/^gemm\./, 'gemm']],
    shape: ['m', 'n', 'k'],
    more: (data) => [...layerProducts(data), ...singlePrecision(data)],
  },
  { model: 'gemm_power', files: [[/^gemm_power\./, 'gemm_power']], shape: ['m', 'n', 'k'] },
  {
    model: 'context_attention',
    files: [[/^context_attention\./, 'context_attention']],
    shape: attention,
    more: contextOfLayers,
  },
  {
    model: 'generation_attention',
    files: [[/^generation_attention\./, 'generation_attention']],
    shape: attention,
    more: generationOfLayers,
  },
  { model: 'context_mla', files: [[/^context_mla\./, 'context_mla']], shape: latent },
  { model: 'generation_mla', files: [[/^generation_mla\./, 'generation_mla']], shape: latent },
  {
    model: 'moe',
    files: [[/^moe\./, 'moe']],
    shape: ['num_tokens', 'hidden_size', 'inter_size', 'topk', 'num_experts', 'moe_tp_size', 'moe_ep_size'],
  },
  {
    model: 'collective',
    files: [
      [/^(?:nccl|oneccl)\./, 'nccl'],
      [/^custom_allreduce\./, 'custom_allreduce'],
    ],
    shape: ['op_name', 'num_gpus', 'message_size'],
  },
];
