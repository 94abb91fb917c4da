/**
 * llama.cpp: a cache of the whole context for all slots, set aside at the start whatever memory there is. Sources: src/llama-context.cpp (compute
 * buffers), src/llama-kv-cache.cpp, common/arg.cpp (defaults: batch 2048, micro batch 512).
 */
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Bytes } from '../../units.ts';
import { plainPool } from '../memory/kv-pool.ts';
import type { StageWeights } from '../memory/weight-bytes.ts';
import { contextBytes, type Engine, type Pool, type PoolQuestion } from './engine.ts';

/** Tokens of one computed graph (`--ubatch-size`). */
const microBatch = 512;

/** Logits in fp32 for a micro batch, and the fp32 tensors of the widest layer. */
export function computeBuffer(job: ServingJob): Bytes {
  const { model } = job;
  const tokens = Math.min(microBatch, job.maxBatchedTokens);
  const widest = model.blocks.reduce((most, { feedForward }) => {
    if (feedForward === undefined) return most;
    const width = feedForward.kind === 'dense' ? feedForward.ffn : feedForward.topK * feedForward.ffn + feedForward.sharedFfn;
    return Math.max(most, width);
  }, 0);
  return 4 * tokens * (model.vocab + 2 * widest + 2 * model.hidden);
}

/** The share of the layers that is on the GPU: `-ngl` counts the head as one more. */
const onGpu = (job: ServingJob): number => Math.min(1, (job.gpuLayers ?? job.model.layers + 1) / job.model.layers);

/** The table of the embedding stays with the host; the head goes to the GPU after all layers. */
function resident(job: ServingJob, { bytes, input, output }: StageWeights): number {
  const asked = job.gpuLayers ?? Number.POSITIVE_INFINITY;
  const shared = job.model.tiedEmbeddings && job.pipeline === 1;
  const layers = Math.max(0, bytes - input - (shared ? 0 : output));
  return layers * onGpu(job) + (asked > job.model.layers ? output : 0);
}

export function fixedPool(job: ServingJob, { usable, caches }: PoolQuestion): Pool {
  const { maxModelLen, maxSequences } = job;
  const perToken = caches.full.layers * caches.full.bytes * onGpu(job);
  // Layers with a window keep it, and a micro batch, for every slot.
  const inWindow = Math.min(maxModelLen, maxSequences * caches.window.size + microBatch);
  const windows = caches.window.layers * caches.window.bytes * onGpu(job) * inWindow;
  const states = caches.state.layers * caches.state.bytes * onGpu(job) * maxSequences;
  return {
    bytes: maxModelLen * perToken + windows,
    budget: usable,
    formula: 'context of all slots * bytes per token',
    inputs: [
      { name: 'context', value: maxModelLen, field: 'serving.maxModelLen' },
      { name: 'slots', value: maxSequences, field: 'serving.maxSequences' },
    ],
    source: 'llama.cpp src/llama-kv-cache.cpp',
    isExact: true,
    states,
  };
}

export const llamaCpp: Engine = {
  id: 'llama-cpp',
  label: 'llama.cpp',
  hasFixedPool: true,
  shareField: 'serving.freeMemoryShare',
  defaults: () => ({ sequences: 1, batchedTokens: 2048, share: 1, blockSize: 1, why: "llama.cpp's default (common/arg.cpp)" }),
  overhead: (job) => ({ activation: computeBuffer(job), outside: contextBytes, captured: 0 }),
  resident,
  pool: fixedPool,
  tokens: (job, caches, bytes) => {
    const { maxModelLen, maxSequences } = job;
    const plain = plainPool(job, caches, bytes);
    // The slots share the context: each request gets its part of it.
    return {
      ...plain,
      perToken: bytes / maxModelLen,
      tokens: maxModelLen,
      concurrency: maxSequences,
      held: () => maxModelLen,
      formula: 'cache of the context / its tokens',
    };
  },
};
