/** Arguments of llama.cpp that change memory or time and that the model does not follow. */
import type { NotModelledKeys } from '../not-modelled.ts';

const onGpu = { instead: 'whole layers lie on the GPU' };

export const llamaCppNotModelled: NotModelledKeys = {
  'override-tensor': onGpu,
  'cpu-moe': onGpu,
  'n-cpu-moe': onGpu,
  'no-kv-offload': { instead: 'the cache of layers on the GPU lies there too' },
  'swa-full': { instead: 'layers with a window cache the window' },
  rpc: { instead: 'all layers are on this machine' },
  lora: { instead: 'adapters take no memory' },
};
