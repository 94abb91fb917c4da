/**
 * Text Generation Inference: all that a warm-up prefill leaves, less a margin. Sources: server/text_generation_server/models/flash_causal_lm.py
 * (warmup), models/globals.py (TGI_WIGGLE_ROOM), utils/import_utils.py (get_cuda_free_memory); release 3.
 */
import { GiB } from '../../units.ts';
import { encoderPeak, forwardPeak, samplerPeak } from '../memory/activation-peak.ts';
import { plainPool } from '../memory/kv-pool.ts';
import { contextBytes, type Engine } from './engine.ts';

/** Share of the memory that is used at most, beside CUDA_MEMORY_FRACTION. */
const wiggleRoom = 0.9;

export const tgi: Engine = {
  id: 'tgi',
  label: 'Text Generation Inference',
  shareField: 'serving.gpuMemoryUtilization',
  defaults: ({ maxModelLen }) => ({
    sequences: 128,
    batchedTokens: Math.max(4096, Math.min(maxModelLen ?? 4096, 16384)),
    share: 1,
    blockSize: 1,
    why: "TGI's default (launcher/src/main.rs)",
  }),
  overhead: (job) => ({
    activation: Math.max(forwardPeak(job, job.maxBatchedTokens), samplerPeak(job, job.maxSequences, 2 + 4), encoderPeak(job)),
    outside: contextBytes,
    captured: job.enforceEager ? 0 : GiB(0.5),
  }),
  pool: (job, { usable, weights, activation, outside, caches }) => {
    const states = caches.state.layers * caches.state.bytes * job.maxSequences;
    const used = weights + activation + outside + states;
    const budget = usable * job.share * wiggleRoom;
    return {
      bytes: Math.max(0, budget - used),
      budget,
      formula: 'CUDA_MEMORY_FRACTION * 0.9 * total memory - weights - activations of the warm-up - context',
      inputs: [
        { name: 'CUDA_MEMORY_FRACTION', value: job.share, field: 'serving.gpuMemoryUtilization' },
        { name: 'total memory', value: usable, field: 'cluster.gpu' },
      ],
      source: 'text_generation_server/models/flash_causal_lm.py warmup',
      states,
    };
  },
  tokens: plainPool,
};
