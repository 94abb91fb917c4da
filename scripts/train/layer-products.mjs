// Products inside measured decoder layers of other collections: few shapes, but on devices that the operator tables lack.
// Sizes of the models are those of their published config.json.
import { join } from 'node:path';
import { hash } from '../lib/hash.mjs';
import { readTable } from './read-table.mjs';

const models = {
  'meta-llama/Llama-3.1-8B': { hidden: 4096, heads: 32, kv: 8, head: 128, inter: 14336 },
  'meta-llama/Llama-3.1-70B': { hidden: 8192, heads: 64, kv: 8, head: 128, inter: 28672 },
  'Qwen/Qwen3-30B-A3B-Instruct-2507': { hidden: 2048, heads: 32, kv: 4, head: 128 },
};

/** Output and input size of a named layer of one tensor-parallel rank. */
function sizesOf(layer, { hidden, heads, kv, head, inter }, tp) {
  const sizes = {
    qkv_proj: [(heads + 2 * kv) * head, hidden],
    q_proj: [heads * head, hidden],
    k_proj: [kv * head, hidden],
    v_proj: [kv * head, hidden],
    gate_up_proj: inter && [2 * inter, hidden],
    gate_proj: inter && [inter, hidden],
    up_proj: inter && [inter, hidden],
  };
  if (sizes[layer]) return { n: sizes[layer][0] / tp, k: sizes[layer][1] };
  if (layer === 'o_proj') return { n: hidden, k: (heads * head) / tp };
  return layer === 'down_proj' && inter ? { n: hidden, k: inter / tp } : undefined;
}

const product = (device, m, size, milliseconds) => ({
  device,
  backend: 'vllm',
  gemm_dtype: 'bfloat16',
  inside: 'layer',
  m: String(m),
  n: String(size.n),
  k: String(size.k),
  latency_ms: String(milliseconds),
});

function simulated(data) {
  const names = { RTX4090: 'rtx4090', RTXPRO6000: 'rtxpro6000', A6000: 'rtx a6000', H100: 'h100', RTX3090: 'rtx3090' };
  const dense = readTable(join(data, 'llmservingsim/dense.csv.gz')).map((row) => [row, row.layer, row.tokens, row.time_us / 1e3]);
  const older = readTable(join(data, 'llmservingsim/v0_layers.csv.gz'))
    .filter((row) => hash(`${row.input},${row.layer_name}`) % 12 === 0)
    .map((row) => [row, row.layer_name, row.input, row['latency(ns)'] / 1e6]);
  return [...dense, ...older].flatMap(([row, layer, tokens, milliseconds]) => {
    const size = models[row.model] && names[row.gpu] && sizesOf(layer, models[row.model], Number(row.tp));
    return size ? [product(names[row.gpu], tokens, size, milliseconds)] : [];
  });
}

function vidur(data) {
  return readTable(join(data, 'vidur/mlp.csv.gz')).flatMap((row) => {
    const [tokens, tp, hidden, inter, heads, kv] = [row.num_tokens, row.tp, row.n_embd, row.n_expanded_embd, row.n_head, row.n_kv_head].map(
      Number,
    );
    if (hash(JSON.stringify(row)) % 2 || kv % tp) return [];
    const up = row.use_gated_mlp === 'True' ? 2 * inter : inter;
    const layers = [
      [{ n: ((heads + 2 * kv) * (hidden / heads)) / tp, k: hidden }, row.attn_pre_proj_ms],
      [{ n: hidden, k: hidden / tp }, row.attn_post_proj_ms],
      [{ n: up / tp, k: hidden }, row.mlp_up_proj_ms],
      [{ n: hidden, k: inter / tp }, row.mlp_down_proj_ms],
    ];
    return layers.map(([size, milliseconds]) => product(row.gpu, tokens, size, milliseconds));
  });
}

export const layerProducts = (data) => [...simulated(data), ...vidur(data)].filter((row) => row.latency_ms > 0);
