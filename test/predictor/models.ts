/** What the tests of the learned models share: every model file, and random questions to it. */
import { join } from 'node:path';
import fc from 'fast-check';
import { type FamilyName, families } from '../../server/src/predictor/families.ts';
import { loadNetwork, type Network } from '../../server/src/predictor/network.ts';

export const modelFolder = join(process.cwd(), 'server/src/predictor/models');
export const familyNames = Object.keys(families) as FamilyName[];

export function networkOf(family: FamilyName): Network {
  return loadNetwork(modelFolder, families[family].model, families[family].inputs);
}

/** Sizes of every length: an arbitrary double would be tiny, and its power of two 1, nearly always. */
const upTo = (most: number) => fc.integer({ min: 0, max: 4096 }).map((step) => Math.round(most ** (step / 4096)));
const device = fc.constantFrom(
  'a100_sxm',
  'h100_sxm',
  'h200_sxm',
  'l40s',
  'b200_sxm',
  'gb300',
  'rtx_pro_6000_server',
  'l4',
  'mi300x',
  'a40',
);
const backend = fc.constantFrom('vllm', 'trtllm', 'sglang', undefined);
const float = fc.constantFrom('bfloat16', 'fp8');

/** Rows of each operator as the tables of aiconfigurator write them. */
export const rows: Readonly<Record<FamilyName, fc.Arbitrary<Record<string, unknown>>>> = {
  gemm: gemmRows('gemm'),
  gemm_power: gemmRows('gemm_power'),
  context_attention: attentionRows('context_attention', { isl: upTo(16384), step: fc.constant(0) }),
  generation_attention: attentionRows('generation_attention', { isl: fc.constant(1), step: upTo(131072) }),
  context_mla: latentRows('context_mla', { isl: upTo(16384), step: fc.constant(0) }),
  generation_mla: latentRows('generation_mla', { isl: fc.constant(1), step: upTo(131072) }),
  moe: fc.record({
    op: fc.constant('moe'),
    device,
    backend,
    moe_dtype: fc.constantFrom('bfloat16', 'fp8', 'fp8_block', 'nvfp4', 'int4_wo', 'w4a16_mxfp4'),
    num_tokens: upTo(65536),
    hidden_size: fc.constantFrom(2048, 4096, 7168),
    inter_size: fc.constantFrom(768, 2048, 14336),
    topk: fc.integer({ min: 1, max: 8 }),
    num_experts: fc.constantFrom(8, 128, 256),
    moe_tp_size: fc.constantFrom(1, 2, 4, 8),
    moe_ep_size: fc.constantFrom(1, 2, 8),
    distribution: fc.constantFrom('balanced', 'power_law_1.01', 'power_law_1.2'),
  }),
  nccl: fc.record({
    op: fc.constant('nccl'),
    device,
    nccl_dtype: fc.constantFrom('half', 'int8'),
    op_name: fc.constantFrom('all_gather', 'all_reduce', 'alltoall', 'reduce_scatter'),
    num_gpus: fc.integer({ min: 2, max: 8 }),
    message_size: upTo(2 ** 29),
  }),
  custom_allreduce: fc.record({
    op: fc.constant('custom_allreduce'),
    device,
    backend,
    kernel: fc.constantFrom('vLLM_custom_graph', 'SGLang_CustomAllReduce_eager', undefined),
    allreduce_dtype: fc.constant('bfloat16'),
    num_gpus: fc.constantFrom(2, 4, 8),
    message_size: upTo(2 ** 29),
  }),
};

function gemmRows(op: string) {
  const gemm_dtype = fc.constantFrom('bfloat16', 'fp8', 'fp8_block', 'nvfp4', 'sq', 'int8_wo', 'int4_wo', 'float32', 'tf32');
  return fc.record({ op: fc.constant(op), device, backend, gemm_dtype, m: upTo(65536), n: upTo(65536), k: upTo(65536) });
}

function attentionRows(op: string, lengths: { isl: fc.Arbitrary<number>; step: fc.Arbitrary<number> }) {
  return fc
    .record({
      op: fc.constant(op),
      device,
      backend,
      attn_dtype: float,
      kv_cache_dtype: float,
      batch_size: upTo(512),
      ...lengths,
      num_key_value_heads: fc.constantFrom(1, 2, 8),
      group: fc.constantFrom(1, 4, 8),
      head_dim: fc.constantFrom(64, 128, 256),
      window_size: fc.constantFrom(0, 128, 1024),
    })
    .map(({ group, ...row }) => ({ ...row, num_heads: group * row.num_key_value_heads }));
}

function latentRows(op: string, lengths: { isl: fc.Arbitrary<number>; step: fc.Arbitrary<number> }) {
  return fc.record({
    op: fc.constant(op),
    device,
    backend,
    mla_dtype: fc.constant('bfloat16'),
    kv_cache_dtype: float,
    num_heads: upTo(128),
    batch_size: upTo(256),
    ...lengths,
  });
}
