/**
 * vLLM: a share of the whole memory, less weights, the peak of a profile run and what grew outside PyTorch's allocator. Sources:
 * vllm/v1/worker/gpu_worker.py determine_available_memory, vllm/worker/worker.py (V0), vllm/engine/arg_utils.py (defaults by use and
 * device), vllm/config/cache.py; releases 0.4 to 0.20.
 */
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Accelerator } from '../../hardware.ts';
import { GiB } from '../../units.ts';
import { encoderPeak, forwardPeak, samplerPeak } from '../memory/activation-peak.ts';
import { groupedPool, plainPool } from '../memory/kv-pool.ts';
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
import { type EngineChoice, since } from './engine-id.ts';

/**
 * Bytes per logit while tokens are drawn. Sorting: 16-bit logits 2, fp32 copy 4, sorted values and int64 indices 4 + 8, the sort's own
 * copies of both 12, probabilities and their sums 8. The sampler of 0.18 and later does not sort: logits 2 + 4, filtered 4, probabilities 4, noise 4.
 */
const sortedLogit = 38;
const filteredLogit = 18;

/** What grows outside the allocator during the profile run: workspaces; with NCCL, its first buffers. */
const workspaces = GiB(0.05);
const collectives = GiB(0.2);
/** Multicast and symmetric-memory buffers of groups of more than two GPUs behind switches, held since 0.18. */
const multicast = GiB(1.5);

/** Graphs of the whole step for up to 512 tokens. */
const capturedGraphs = GiB(1);

const isV1 = (engine: EngineChoice): boolean => since(engine, '0.8');
/** GPUs whose defaults are the larger ones: 70 GiB and more, but not A100. */
const isLarge = (accelerator: Accelerator): boolean => memoryOf(accelerator) >= GiB(70) && !/a100/i.test(accelerator.id);

/** Batch limits when none are given; `LLM(...)` takes larger batches than a server. V0 without chunked prefill runs a whole context in one step. */
function batch({ engine, accelerator, maxModelLen, offline }: DefaultsQuestion): {
  readonly sequences: number;
  readonly batchedTokens: number;
} {
  if (isV1(engine) && isLarge(accelerator)) return { sequences: 1024, batchedTokens: offline ? 16_384 : 8192 };
  if (isV1(engine)) return { sequences: 256, batchedTokens: offline ? 8192 : 2048 };
  const chunked = maxModelLen !== undefined && maxModelLen > 32768;
  return { sequences: 256, batchedTokens: chunked ? 2048 : Math.max(2048, maxModelLen ?? 2048) };
}

function defaults(question: DefaultsQuestion): EngineDefaults {
  const { engine, accelerator, offline } = question;
  const release = engine.release === undefined ? "vLLM's default" : `vLLM's default in ${engine.release}`;
  return {
    ...batch(question),
    share: since(engine, '0.20') ? 0.92 : 0.9,
    blockSize: 16,
    why: `${release} for ${offline ? 'offline inference' : 'online serving'} on ${accelerator.label}`,
  };
}

function overhead(job: ServingJob): Overhead {
  const { engine, cluster, tensor, pipeline, maxSequences, maxBatchedTokens } = job;
  const sequences = Math.min(maxSequences, maxBatchedTokens);
  const logits = samplerPeak(job, sequences, since(engine, '0.18') ? filteredLogit : sortedLogit);
  const switched = cluster.accelerator.scaleUp !== undefined && cluster.accelerator.vendor.toLowerCase() === 'nvidia';
  const shared = switched && tensor > 2 && since(engine, '0.18') ? multicast : 0;
  return {
    activation: Math.max(forwardPeak(job, maxBatchedTokens), logits, encoderPeak(job)),
    outside: workspaces + (tensor * pipeline > 1 ? collectives : 0) + shared,
    unseen: contextBytes,
    captured: job.enforceEager ? 0 : capturedGraphs,
  };
}

function pool(job: ServingJob, { usable, weights, activation, outside, captured, caches }: PoolQuestion): Pool {
  const budget = job.share * usable;
  const source = isV1(job.engine)
    ? 'vllm/v1/worker/gpu_worker.py determine_available_memory'
    : 'vllm/worker/worker.py determine_num_available_blocks';
  if (job.kvCacheBytes !== undefined)
    return { bytes: job.kvCacheBytes, budget, formula: 'as configured', inputs: [], source, isExact: true };
  // Graphs are estimated before the pool is sized since 0.20 (its logs speak of 0.21, those of 0.20.0 have it); before, they took what the share leaves.
  const graphs = since(job.engine, '0.20') ? captured : 0;
  // V0 holds states for all sequences beside its pool.
  const states = isV1(job.engine) ? 0 : caches.state.layers * caches.state.bytes * job.maxSequences;
  return {
    bytes: Math.max(0, budget - weights - activation - outside - graphs - states),
    budget,
    formula: `gpu-memory-utilization * total memory - weights - activation peak - outside${graphs > 0 ? ' - CUDA graphs' : ''}${states > 0 ? ' - states' : ''}`,
    inputs: [
      { name: 'gpu-memory-utilization', value: job.share, field: 'serving.gpuMemoryUtilization' },
      { name: 'total memory', value: usable, field: 'cluster.gpu' },
    ],
    source,
    states,
  };
}

export const vllm: Engine = {
  id: 'vllm',
  label: 'vLLM',
  shareField: 'serving.gpuMemoryUtilization',
  defaults,
  overhead,
  pool,
  tokens: (job, caches, bytes) => (isV1(job.engine) ? groupedPool(job, caches, bytes) : plainPool(job, caches, bytes)),
};
