/**
 * Flags of `vllm serve` that came, went or were renamed: the first release known to have one, the last one, and what took its
 * place. Read by comparing vllm/engine/arg_utils.py of 0.6.3, 0.8.5, 0.10.2, 0.12.0, 0.16.0 to 0.24.0 and 0.33.0, so that "since" means
 * "not before" and "until" "not after" one of these; notes of what replaces a flag are those of the same files.
 */

import { type FlagTable, lifetimesOf } from './flag-table.ts';

/** `name | since | until | instead`. */
const lines = `
  num-speculative-tokens | - | 0.6 | speculative-config
  speculative-model | - | 0.6 | speculative-config
  speculative-draft-tensor-parallel-size | - | 0.6 | speculative-config
  speculative-max-model-len | - | 0.6 | speculative-config
  ngram-prompt-lookup-max | - | 0.6 | speculative-config
  max-context-len-to-capture | - | 0.6 | compilation-config
  quantization-param-path | - | 0.6 | -
  worker-use-ray | - | 0.6 | distributed-executor-backend
  speculative-config | 0.8 | - | -
  compilation-config | 0.8 | - | -
  hf-overrides | 0.8 | - | -
  kv-transfer-config | 0.8 | - | -
  data-parallel-size | 0.8 | - | -
  enable-expert-parallel | 0.8 | - | -
  max-num-partial-prefills | 0.8 | 0.24 | -
  max-long-partial-prefills | 0.8 | 0.24 | -
  use-v2-block-manager | - | 0.8 | -
  num-scheduler-steps | - | 0.8 | async-scheduling
  multi-step-stream-outputs | - | 0.8 | -
  device | - | 0.8 | -
  enable-reasoning | 0.8 | 0.8 | reasoning-parser
  enable-prompt-adapter | - | 0.8 | -
  tokenizer-pool-size | - | 0.8 | -
  kv-cache-memory-bytes | 0.10 | - | -
  decode-context-parallel-size | 0.10 | - | -
  enable-eplb | 0.10 | - | -
  async-scheduling | 0.10 | - | -
  cuda-graph-sizes | 0.10 | 0.12 | cudagraph-capture-sizes
  num-redundant-experts | 0.10 | 0.10 | eplb-config
  guided-decoding-backend | - | 0.10 | structured-outputs-config
  override-pooler-config | 0.8 | 0.10 | pooler-config
  max-seq-len-to-capture | - | 0.10 | compilation-config
  preemption-mode | - | 0.10 | -
  num-lookahead-slots | - | 0.10 | -
  scheduler-delay-factor | - | 0.10 | -
  lora-extra-vocab-size | - | 0.10 | -
  rope-scaling | - | 0.10 | hf-overrides
  rope-theta | - | 0.10 | hf-overrides
  disable-async-output-proc | - | 0.10 | -
  all2all-backend | 0.12 | - | -
  kv-offloading-size | 0.12 | - | -
  prefill-context-parallel-size | 0.12 | - | -
  cudagraph-capture-sizes | 0.12 | - | -
  max-cudagraph-capture-size | 0.12 | - | -
  nnodes | 0.12 | - | -
  task | - | 0.12 | runner
  attention-backend | 0.16 | - | -
  swap-space | - | 0.17 | kv-offloading-size
  calculate-kv-scales | 0.8 | 0.24 | -
  disable-log-requests | - | 0.16 | -
  spec-method | 0.24 | - | -
  spec-model | 0.24 | - | -
  spec-tokens | 0.24 | - | -
  device-memory-utilization | 0.33 | - | -
`;

export const vllmFlags: FlagTable = {
  engine: 'vllm',
  label: 'vLLM',
  lifetimes: lifetimesOf(lines),
  compared: ['0.6', '0.8', '0.10', '0.12', '0.16', '0.17', '0.18', '0.19', '0.20', '0.24', '0.33'],
  mayHave: { '0.8': '0.6.4', '0.10': '0.8.6', '0.12': '0.10.3', '0.16': '0.12.1', '0.24': '0.20.1', '0.33': '0.26.1' },
};
