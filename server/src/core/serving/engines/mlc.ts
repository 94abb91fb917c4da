/**
 * MLC: a share of the whole memory, less parameters and workspaces whose sizes are told by formula (mlc_llm cpp/serve/config.cc,
 * EstimateMemoryUsageOnMode).
 */
import type { ServingJob } from '../../estimate-inputs.ts';
import { firstAttention } from '../../model-shape.ts';
import { MiB } from '../../units.ts';
import { plainPool } from '../memory/kv-pool.ts';
import type { Engine, Overhead } from './engine.ts';

/** Attention workspaces, hidden tensors of a chunk, and what drawing tokens takes. */
function overhead({ model, tensor, maxSequences, maxBatchedTokens }: ServingJob): Overhead {
  const mixer = firstAttention(model);
  const heads = (mixer?.heads ?? 0) / tensor;
  const keyHeads = mixer?.kind === 'attention' ? mixer.kvHeads / tensor : 1;
  const width = mixer?.kind === 'attention' ? mixer.headDim : (mixer?.kvRank ?? 0);
  const attention =
    (maxSequences + 1) * 88 + maxBatchedTokens * (heads + 1) * 8 + maxBatchedTokens * width * (heads + keyHeads) * 4 + MiB(48);
  const hidden = maxBatchedTokens * 4 + maxSequences * 4 + (maxBatchedTokens * 2 + maxSequences) * width * heads * 2;
  const drawing = maxSequences * 20 + maxSequences * model.vocab * 16.125;
  return { activation: attention + hidden + drawing, outside: 0, captured: 0 };
}

export const mlc: Engine = {
  id: 'mlc',
  label: 'MLC LLM',
  shareField: 'serving.gpuMemoryUtilization',
  defaults: () => ({
    sequences: 4,
    batchedTokens: 2048,
    share: 0.85,
    blockSize: 16,
    why: "MLC's default in local mode (cpp/serve/config.cc)",
  }),
  overhead,
  pool: (job, { usable, weights, activation, caches }) => {
    const states = caches.state.layers * caches.state.bytes * job.maxSequences;
    const budget = job.share * usable;
    return {
      bytes: Math.max(0, budget - weights - activation - states),
      budget,
      formula: 'gpu_memory_utilization * total memory - parameters - workspaces',
      inputs: [
        { name: 'gpu_memory_utilization', value: job.share, field: 'serving.gpuMemoryUtilization' },
        { name: 'total memory', value: usable, field: 'cluster.gpu' },
      ],
      source: 'mlc_llm cpp/serve/config.cc EstimateMemoryUsageOnMode',
      states,
    };
  },
  tokens: plainPool,
};
