/** SGLang's arguments that change memory or time and that the model does not follow. */
import type { NotModelledKeys } from '../not-modelled.ts';

const host = { instead: 'the KV cache is on the GPU alone' };
const experts = { instead: 'every expert is there once' };
const offload = { instead: 'all weights are on the GPU' };

export const sglangNotModelled: NotModelledKeys = {
  'enable-hierarchical-cache': host,
  'hicache-size': host,
  'hicache-ratio': host,
  'enable-lmcache': host,
  'ep-num-redundant-experts': experts,
  'enable-eplb': experts,
  'init-expert-location': experts,
  'kt-weight-path': offload,
  'kt-num-gpu-experts': offload,
  'offload-group-size': offload,
  'enable-two-batch-overlap': { instead: 'a step is computed in one batch' },
  'enable-double-sparsity': { instead: 'attention reads the whole KV cache' },
  'mamba-full-memory-ratio': { instead: 'states of linear attention take what the sequences need' },
  'max-mamba-cache-size': { instead: 'states of linear attention take what the sequences need' },
  'moe-dense-tp-size': { instead: 'dense layers are divided over TP' },
};
