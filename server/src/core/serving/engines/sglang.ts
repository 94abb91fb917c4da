/**
 * SGLang: what a share of the memory leaves after the weights; the rest is for activations and graphs. Sources: sglang 0.5.5,
 * srt/server_args.py (_handle_gpu_memory_settings, adjust_mem_fraction_for_vlm), srt/model_executor/model_runner.py (profile_max_num_token,
 * handle_max_mamba_cache).
 */
import type { ServingJob } from '../../estimate-inputs.ts';
import { GiB, MiB } from '../../units.ts';
import { encoderPeak, forwardPeak, samplerPeak } from '../memory/activation-peak.ts';
import { plainPool } from '../memory/kv-pool.ts';
import {
  contextBytes,
  type DefaultsQuestion,
  type Engine,
  type EngineDefaults,
  memoryOf,
  type Overhead,
  type Pool,
  type PoolQuestion,
} from './engine.ts';

/** Chunks and the largest batch of a graph by memory: below each size, in GiB. */
const tiers = [
  { below: 20, chunk: 2048, graphs: 8, graphsWide: 8 },
  { below: 35, chunk: 2048, graphs: 24, graphsWide: 80 },
  { below: 60, chunk: 4096, graphs: 32, graphsWide: 160 },
  { below: 160, chunk: 8192, graphs: 256, graphsWide: 512 },
  { below: Number.POSITIVE_INFINITY, chunk: 16384, graphs: 512, graphsWide: 512 },
] as const;

/** Tokens in windows against tokens in layers that see everything (swa_full_tokens_ratio); states against the KV cache (mamba_full_memory_ratio). */
const windowShare = 0.8;
const stateShare = 0.9;

/** Sampling without a sort: 16-bit logits, an fp32 copy and probabilities. */
const logitBytes = 2 + 4 + 4;

/** MiB held back for activations and graphs. */
function reserved(question: DefaultsQuestion, memoryMiB: number, chunk: number, graphs: number): number {
  const { tensor, pipeline, attentionData, speculative } = question;
  let sum = 512 + Math.max(chunk, 2048) * 1.5 + graphs * 2 + ((tensor * pipeline) / 8) * 1024;
  if (attentionData > 1) sum += graphs * attentionData * (graphs > 300 ? 4.5 : 3);
  if (memoryMiB > 60 * 1024) sum = Math.max(sum, 10 * 1024);
  return sum + (speculative ? 2048 : 0);
}

/** A model with an image encoder leaves more free: by its layers times its width squared, against ViT-L/14. */
function encoderFactor({ model }: DefaultsQuestion): number {
  const [tower] = model.towers;
  if (tower === undefined) return 1;
  const size = (tower.layers * tower.hidden ** 2) / (24 * 1024 ** 2);
  return 0.95 * Math.max(0.8, Math.min(1.05, 1 - 0.1 * (size - 1)));
}

function defaults(question: DefaultsQuestion): EngineDefaults {
  const { accelerator, tensor } = question;
  const memoryMiB = memoryOf(accelerator) / MiB(1);
  const tier = tiers.find(({ below }) => memoryMiB < below * 1024) ?? tiers[4];
  const chunk = question.maxBatchedTokens ?? tier.chunk;
  const graphs = question.graphBatch ?? (tensor < 4 ? tier.graphs : tier.graphsWide);
  const share = (memoryMiB - reserved(question, memoryMiB, chunk, graphs)) / memoryMiB;
  return {
    sequences: 2048,
    batchedTokens: chunk,
    share: Math.max(0.01, Math.round(share * 1000) / 1000) * encoderFactor(question),
    blockSize: 1,
    why: `SGLang's heuristic for ${accelerator.label}: chunks of ${chunk}, graphs of up to ${graphs} requests`,
  };
}

function overhead(job: ServingJob): Overhead {
  const running = Math.min(job.maxSequences, 512);
  return {
    activation: Math.max(forwardPeak(job, job.maxBatchedTokens), samplerPeak(job, running, logitBytes), encoderPeak(job)),
    outside: contextBytes,
    captured: job.enforceEager ? 0 : GiB(1),
  };
}

function pool(job: ServingJob, { usable, weights, caches }: PoolQuestion): Pool {
  // The share is of what is free before the weights are loaded, with the context there.
  const free = Math.max(0, usable - contextBytes);
  const rest = Math.max(0, free * job.share - weights);
  const full = caches.full.layers + caches.window.layers > 0;
  const perRequest = caches.state.layers * caches.state.bytes;
  // Without a prefix cache there is one state for each running request; with one, states and tokens share the memory.
  const states =
    perRequest === 0
      ? 0
      : full
        ? job.prefixCaching
          ? (rest * stateShare) / (1 + stateShare)
          : Math.min(rest, perRequest * job.maxSequences)
        : 0;
  return {
    bytes: Math.max(0, rest - states),
    budget: free * job.share,
    formula: `mem-fraction-static * memory free before loading - weights${states > 0 ? ' - states of linear layers' : ''}`,
    inputs: [
      { name: 'mem-fraction-static', value: job.share, field: 'serving.staticMemoryShare' },
      { name: 'memory free before loading', value: free, field: 'cluster.gpu' },
    ],
    source: 'sglang/srt/model_executor/model_runner.py profile_max_num_token',
    states,
  };
}

export const sglang: Engine = {
  id: 'sglang',
  label: 'SGLang',
  // EagleWorker takes the pool of the model it drafts for; DefaultPoolConfigurator scales a cell by (1 + draft layers / layers).
  draftAfterPool: true,
  shareField: 'serving.staticMemoryShare',
  defaults,
  overhead,
  pool,
  tokens: (job, caches, bytes) => plainPool(job, caches, bytes, caches.full.layers > 0 && caches.window.layers > 0 ? windowShare : 1),
};
