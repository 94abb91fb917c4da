/**
 * llama.cpp: a cache of the whole context for all slots, set aside at the start whatever memory there is. Sources: src/llama-context.cpp (compute
 * buffers), src/llama-kv-cache.cpp, common/arg.cpp (defaults: batch 2048, micro batch 512).
 */
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Bytes } from '../../units.ts';
import { plainPool } from '../memory/kv-pool.ts';
import type { StageWeights } from '../memory/weight-bytes.ts';
import { type Contexts, contextBytes, type Engine, type Pool, type PoolQuestion } from './engine.ts';

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
  const { maxModelLen, maxSequences, slotTokens } = job;
  const perToken = caches.full.layers * caches.full.bytes * onGpu(job);
  // Layers with a window keep it for every slot, and a micro batch for each cache.
  const { size } = caches.window;
  const isUnified = slotTokens === maxModelLen;
  const inWindow = isUnified
    ? Math.min(maxModelLen, maxSequences * size + microBatch)
    : (slotTokens / maxModelLen) * Math.min(maxModelLen, size + microBatch);
  const windows = caches.window.layers * caches.window.bytes * onGpu(job) * inWindow;
  const states = caches.state.layers * caches.state.bytes * onGpu(job) * maxSequences;
  return {
    bytes: slotTokens * perToken + windows,
    budget: usable,
    formula: 'context of all slots * bytes per token',
    inputs: [
      { name: 'context of all slots', value: slotTokens, field: 'serving.maxModelLen' },
      { name: 'slots', value: maxSequences, field: 'serving.maxSequences' },
    ],
    source: 'llama.cpp src/llama-kv-cache.cpp',
    isExact: true,
    states,
  };
}

/** Contexts come in pieces of this many tokens. */
const contextStep = 256;

/** The context is that of all slots: one cache for them, or an equal part for each (src/llama-context.cpp, n_ctx_seq). */
function slotContexts(asked: number, slots: number, unified: boolean): Contexts {
  const padded = (tokens: number): number => Math.ceil(tokens / contextStep) * contextStep;
  const whole = padded(asked);
  if (unified || slots <= 1) return { each: whole, all: whole };
  const each = padded(Math.floor(whole / slots));
  return { each, all: each * slots };
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
  contexts: slotContexts,
  tokens: (job, caches, bytes) => {
    const { maxModelLen, slotTokens } = job;
    return {
      ...plainPool(job, caches, bytes),
      perToken: bytes / slotTokens,
      tokens: slotTokens,
      concurrency: slotTokens / maxModelLen,
      held: () => slotTokens,
      formula: 'cache of all slots / its tokens',
    };
  },
};
