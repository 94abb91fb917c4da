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
import { computeCalibration } from '../calibration/compute.ts';
import { type Device, describeDevice, streamTime } from '../compute/gemm.ts';
import type { EstimateResult } from '../estimate.ts';
import type { ServingJob } from '../estimate-inputs.ts';
import { usableMemory } from '../memory/usable.ts';
import type { Block } from '../model-shape.ts';
import { bytesPerElement } from '../number-format.ts';
import { GiB, MiB } from '../units.ts';
import { activationPeak } from './memory/activation-peak.ts';
import { cachedElements } from './memory/cached-elements.ts';
import { kvBytesPerToken } from './memory/kv-bytes.ts';
import { weightBytes } from './memory/weight-bytes.ts';
import { servingTerms } from './serving-terms.ts';
import { prefillSeconds } from './time/prefill-seconds.ts';
import { stepSeconds } from './time/step-seconds.ts';

/** Memory vLLM holds outside PyTorch's allocator, and per captured CUDA graph set. */
const outsideTorch = GiB(0.6);
const perRank = MiB(250);
const graphs = GiB(0.7);

/** Tokens of the prompt that the time to first token is told for, at most half the context. */
const usualPrompt = 4096;

/** Estimates a complete serving job. Refuses what the device cannot run. */
export function estimateServing(job: ServingJob): EstimateResult {
  const { accelerator } = job.cluster;
  const calibration = computeCalibration(accelerator.architecture);
  const plain = describeDevice(accelerator, 'bf16', calibration);
  if (!plain) return { refusal: { why: `the data sheet of ${accelerator.label} gives no dense 16-bit rate`, missing: [] } };
  const fp8 = job.weights === 'fp8' || job.weights === 'int8';
  const linear: Device = {
    ...((fp8 ? describeDevice(accelerator, job.weights, calibration) : undefined) ?? plain),
    elementBytes: bytesPerElement(job.weights),
  };
  const usable = usableMemory(accelerator);
  const weights = Math.max(0, weightBytes(job) - GiB(job.cpuOffloadGiB));
  const activation = activationPeak(job);
  const outside = outsideTorch + (job.tensor * job.pipeline > 1 ? perRank : 0);
  const captured = job.enforceEager ? 0 : graphs;
  const budget = job.gpuMemoryUtilization * usable.value;
  const pool = job.kvCacheBytes ?? Math.max(0, budget - weights - activation - outside);
  const perToken = kvBytesPerToken(job);
  const tokens = Math.floor(pool / (perToken * job.blockSize)) * job.blockSize;
  const batch = Math.max(1, Math.min(job.maxSequences, Math.floor(tokens / Math.max(1, job.maxModelLen / 2))));
  // A decode step reads every live token's keys and values once.
  const live = Math.min(tokens, batch * (job.maxModelLen / 2));
  const cacheBytes = bytesPerElement(job.kvCache);
  const decodeAttention = (block: Block) => streamTime(plain, live * cachedElements(block, job.tensor) * cacheBytes);
  const timePerToken = stepSeconds(job, linear, plain, batch, decodeAttention);
  const prompt = Math.max(1, Math.min(usualPrompt, Math.floor(job.maxModelLen / 2)));
  const firstToken = prefillSeconds(job, linear, plain, prompt);
  return {
    estimate: servingTerms(job, usable, {
      weights,
      activation,
      outside,
      captured,
      pool,
      perToken,
      tokens,
      batch,
      timePerToken,
      prompt,
      firstToken,
      budget,
    }),
  };
}
