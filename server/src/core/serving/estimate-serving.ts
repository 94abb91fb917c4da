/**
 * A serving job's memory (`memory/serving-memory.ts`, with the arithmetic of its engine) and a roofline of prefill and decode.
 *
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
import { cachedElements } from './memory/cached-elements.ts';
import { servingMemory } from './memory/serving-memory.ts';
import { servingTerms } from './serving-terms.ts';
import { prefillSeconds } from './time/prefill-seconds.ts';
import { stepSeconds } from './time/step-seconds.ts';

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
  const memory = servingMemory(job, usable.value);
  const { tokens } = memory;
  const batch = Math.max(1, Math.min(job.maxSequences, Math.floor(tokens / Math.max(1, job.maxModelLen / 2))));
  // A decode step reads every live token's keys and values once.
  const live = Math.min(tokens, batch * (job.maxModelLen / 2));
  const cacheBytes = bytesPerElement(job.kvCache);
  const decodeAttention = (block: Block) => streamTime(plain, live * cachedElements(block, job.tensor) * cacheBytes);
  const timePerToken = stepSeconds(job, linear, plain, batch, decodeAttention);
  const prompt = Math.max(1, Math.min(usualPrompt, Math.floor(job.maxModelLen / 2)));
  const firstToken = prefillSeconds(job, linear, plain, prompt);
  return {
    estimate: servingTerms(job, usable, { ...memory, batch, timePerToken, prompt, firstToken }),
  };
}
