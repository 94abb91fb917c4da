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

export const megatronNotModelled: NotModelledKeys = {
  ...each('cpu-offloading cpu-offloading-num-layers cpu-offloading-activations cpu-offloading-weights', { instead: onGpu }),
  ...each('fine-grained-activation-offloading offload-modules', { instead: 'activations stay on the GPU' }),
  'checkpoint-in-cpu': { instead: 'checkpointed activations stay on the GPU' },
  ...each('partition-activations distribute-saved-activations distribute-checkpointed-activations', {
    instead: 'saved activations are not divided over TP',
  }),
  'recompute-modules': { instead: 'only the attention core is computed again', unless: ['core_attn'] },
  ...each('exp-avg-dtype exp-avg-sq-dtype', { instead: 'the moments of the optimizer count as its framework default', unless: ['fp32'] }),
  'main-params-dtype': { instead: 'the master weights count as fp32', unless: ['fp32'] },
  'cross-entropy-loss-fusion': { instead: 'the loss is computed in separate steps' },
  'pp-partition-method': { instead: 'layers are spread evenly' },
  'ds-sequence-parallel-size': { instead: wholeSequence, unless: one },
  'remote-device': { instead: 'weights stay on the GPU', unless: ['none'] },
  'optimizer-offload-fraction': { instead: 'all optimizer states are offloaded, or none', unless: one },
  'memory-centric-tiled-linear': { instead: 'linear layers are computed in one piece' },
  'mlp-chunks-for-training': { instead: 'the MLP is computed in one piece', unless: one },
  'freeze-all-layers': { instead: 'all weights are trained' },
  'num-distributed-optimizer-instances': { instead: 'optimizer states are divided over the whole of DP', unless: one },
};

export const vllmNotModelled: NotModelledKeys = {
  ...each('enable-lora enable-lora-bias max-loras max-lora-rank max-cpu-loras lora-dtype lora-extra-vocab-size lora-modules', {
    instead: 'LoRA adapters take no memory and no time',
  }),
  ...each('speculative-config speculative-model num-speculative-tokens speculative-draft-tensor-parallel-size', {
    instead: 'one token per step, and no draft model in memory',
  }),
  'kv-transfer-config': { instead: 'one engine both prefills and decodes' },
  ...each('kv-offloading-size kv-offloading-backend', { instead: 'the KV cache is on the GPU alone' }),
  'num-gpu-blocks-override': { instead: 'the number of KV blocks follows from the memory' },
  'prefill-context-parallel-size': { instead: wholeSequence, unless: one },
};

export const deepspeedNotModelled: NotModelledKeys = {
  'activation_checkpointing.cpu_checkpointing': { instead: 'checkpointed activations stay on the GPU' },
  'activation_checkpointing.partition_activations': { instead: 'saved activations are not divided over TP' },
  'zero_optimization.zero_hpz_partition_size': { instead: 'weights are divided over the whole of DP only', unless: one },
  ...each('zero_optimization.zero_quantized_weights zero_optimization.zero_quantized_gradients', {
    instead: 'ZeRO sends unquantized numbers',
  }),
  'zero_optimization.mics_shard_size': { instead: 'states are divided over the whole of DP', unless: ['-1'] },
  'zero_optimization.offload_optimizer.ratio': { instead: 'all optimizer states are offloaded', unless: one },
  fp16_master_weights_and_gradients: { instead: 'the master weights count as fp32' },
  sequence_parallel_size: { instead: wholeSequence, unless: one },
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
