/**
 * Keys that change memory or time and that the performance model does not follow. Each says what the estimate does
 * instead, so that nobody takes the key for one without effect. Names as in the flag tables of the adapters.
 */
import type { Setting } from './setting.ts';
import { settingText } from './setting.ts';

export interface NotModelled {
  /** What the estimate does as if the key were not there. */
  readonly instead: string;
  /** Values that ask for exactly that. */
  readonly unless?: readonly string[];
}

export type NotModelledKeys = { readonly [name: string]: NotModelled };

const each = (names: string, entry: NotModelled): NotModelledKeys =>
  Object.fromEntries(
    names
      .split(/\s+/)
      .filter((name) => name !== '')
      .map((name) => [name, entry]),
  );

const one = ['1', '1.0'];
const onGpu = 'activations and weights stay on the GPU';
const wholeSequence = 'every GPU keeps the whole sequence';

/** Modules whose recomputation is followed. */
const recomputed = ['core_attn', 'layernorm', 'mlp', 'moe_act', 'mla_up_proj', 'moe', 'shared_experts'];
const frozen = 'all weights are trained';

export const megatronNotModelled: NotModelledKeys = {
  ...each('cpu-offloading cpu-offloading-num-layers cpu-offloading-activations cpu-offloading-weights', { instead: onGpu }),
  ...each('fine-grained-activation-offloading offload-modules moe-paged-stash', { instead: 'activations stay on the GPU' }),
  'checkpoint-in-cpu': { instead: 'checkpointed activations stay on the GPU' },
  ...each('partition-activations distribute-saved-activations distribute-checkpointed-activations', {
    instead: 'saved activations are not divided over TP',
  }),
  'recompute-modules': {
    instead: `only ${recomputed.slice(0, -1).join(', ')} and ${recomputed.at(-1)} are computed again`,
    unless: recomputed,
  },
  'cross-entropy-loss-fusion': { instead: 'the loss is computed in separate steps' },
  'pp-partition-method': { instead: 'layers are spread evenly' },
  'remote-device': { instead: 'weights stay on the GPU', unless: ['none'] },
  'memory-centric-tiled-linear': { instead: 'linear layers are computed in one piece' },
  'mlp-chunks-for-training': { instead: 'the MLP is computed in one piece', unless: one },
  ...each('freeze-all-layers freeze-LM freeze-ViT', { instead: frozen }),
  ...each('first-last-layers-bf16 te-precision-config-file', { instead: 'all linear layers have the same number format' }),
  ...each('fp8-dot-product-attention fp8-multi-head-attention', { instead: 'attention runs in 16 bits' }),
  ...each('moe-dispatch-fwd-dtype moe-combine-bwd-dtype', { instead: 'tokens travel to the experts in 16 bits', unless: ['bf16'] }),
  'moe-shared-expert-overlap': { instead: 'shared experts hide no exchange of tokens' },
  'delay-wgrad-compute': { instead: 'weight gradients are computed with the others' },
  ...each('heterogeneous-layers-config-path heterogeneous-layers-config-encoded-json', { instead: 'all layers are alike' }),
  'enable-mhc-connections': { instead: 'there is one residual stream' },
  ...each('tensor-parallel-num-weight-shards expert-tensor-parallel-num-weight-shards', {
    instead: 'weights are divided over TP alone',
    unless: one,
  }),
  ...each('encoder-tensor-model-parallel-size encoder-pipeline-model-parallel-size', { instead: 'the encoder is split like the decoder' }),
  'hierarchical-context-parallel-sizes': { instead: 'context parallelism is one group' },
  ...each('ds-sequence-parallel-fpdt ds-sequence-parallel-fpdt-offloading', { instead: 'attention is computed in one piece on the GPU' }),
  'enable-full-sharding-in-hsdp': { instead: 'states are divided inside each copy' },
  'outer-dp-sharding-strategy': { instead: 'states are divided inside each copy', unless: ['no_shard'] },
  ...each('megatron-fsdp-main-params-dtype', { instead: 'the master weights count as fp32', unless: ['fp32'] }),
};

export const vllmNotModelled: NotModelledKeys = {
  ...each('enable-lora enable-lora-bias max-loras max-lora-rank max-cpu-loras lora-dtype lora-extra-vocab-size lora-modules', {
    instead: 'LoRA adapters take no time',
  }),
  'kv-transfer-config': { instead: 'one engine both prefills and decodes' },
  ...each('kv-offloading-size kv-offloading-backend', { instead: 'the KV cache is on the GPU alone' }),
  'num-gpu-blocks-override': { instead: 'the number of KV blocks follows from the memory' },
  ...each('num-redundant-experts enable-eplb', { instead: 'every expert is there once' }),
  'all2all-backend': { instead: 'the exchange of tokens between replicas takes no time' },
  'prefill-context-parallel-size': { instead: wholeSequence, unless: one },
};

export const deepspeedNotModelled: NotModelledKeys = {
  'activation_checkpointing.cpu_checkpointing': { instead: 'checkpointed activations stay on the GPU' },
  'activation_checkpointing.partition_activations': { instead: 'saved activations are not divided over TP' },
  ...each('zero_optimization.zero_quantized_weights zero_optimization.zero_quantized_gradients', {
    instead: 'ZeRO sends unquantized numbers',
  }),
  'zero_optimization.zero_quantized_nontrainable_weights': { instead: 'frozen weights are kept in the training precision' },
};

const offWords: readonly string[] = ['false', 'False', 'null', 'none', 'None', '0'];

/** What the estimate does instead of what the setting asks for; undefined when the setting is none of these, or is off. */
export function insteadOf(keys: NotModelledKeys, setting: Setting): string | undefined {
  const entry = Object.hasOwn(keys, setting.name) ? keys[setting.name] : undefined;
  if (entry === undefined || setting.scalar === null) return undefined;
  const values = [settingText(setting) ?? '', ...setting.rest];
  const asks = values.some((value) => !offWords.includes(value) && !(entry.unless ?? []).includes(value));
  return asks ? entry.instead : undefined;
}
