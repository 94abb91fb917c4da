/**
 * vLLM's memory budget and a roofline of prefill and decode.
 *
 *   KV pool = utilization * total memory - weights - activation peak of the profile run - memory outside PyTorch
 *   KV bytes per token and GPU = 2 * layers / PP * max(1, KV heads / TP) * head size * bytes
 *
 * (vllm/v1/worker/gpu_worker.py determine_available_memory; vllm/v1/kv_cache_interface.py.)
 * Decode streams the weights and the live KV cache once per token; prefill is compute bound. Known to be wrong for
 * speculative decoding and disaggregated serving, which are not modelled.
 */
import { peakRate } from '../compute/gemm.ts';
import type { EstimateResult } from '../estimate.ts';
import type { ServingJob } from '../estimate-inputs.ts';
import { usableMemory } from '../memory/usable.ts';
import { GiB, MiB } from '../units.ts';
import { activationPeak } from './memory/activation-peak.ts';
import { kvBytesPerToken } from './memory/kv-bytes.ts';
import { weightBytes } from './memory/weight-bytes.ts';
import { servingTerms } from './serving-terms.ts';

/** Memory vLLM holds outside PyTorch's allocator, and per captured CUDA graph set. */
const outsideTorch = GiB(0.6);
const perRank = MiB(250);
const graphs = GiB(0.7);

/** Estimates a complete serving job. Refuses what the device cannot run. */
export function estimateServing(job: ServingJob): EstimateResult {
  const { accelerator } = job.cluster;
  if (peakRate(accelerator, 'bf16') === undefined)
    return { refusal: { why: `the data sheet of ${accelerator.label} gives no dense 16-bit rate`, missing: [] } };
  const usable = usableMemory(accelerator);
  const weights = Math.max(0, weightBytes(job) - GiB(job.cpuOffloadGiB));
  const activation = activationPeak(job);
  const outside = outsideTorch + (job.tensor * job.pipeline > 1 ? perRank : 0);
  const captured = job.enforceEager ? 0 : graphs;
  const budget = job.gpuMemoryUtilization * usable.value;
  const pool = job.kvCacheBytes ?? Math.max(0, budget - weights - activation - outside);
  const perToken = kvBytesPerToken(job);
  const tokens = Math.floor(pool / (perToken * job.blockSize)) * job.blockSize;
  return {
    estimate: servingTerms(job, usable, {
      weights,
      activation,
      outside,
      captured,
      pool,
      perToken,
      tokens,
      budget,
    }),
  };
}
