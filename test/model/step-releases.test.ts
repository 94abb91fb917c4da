/** What releases, hosts and kernels of engines change in the time of a step, each told from what it is made of. */
import { describe, expect, it } from 'vitest';
import type { PartialJob } from '../../server/src/core/job-fields.ts';
import { servingMemory } from '../../server/src/core/serving/memory/serving-memory.ts';
import { stepParts } from '../../server/src/core/serving/time/step-parts.ts';
import { stepTimer } from '../../server/src/core/serving/time/timer-of-job.ts';
import { sequencesOfReplica } from '../../server/src/core/serving/tokens-of-replica.ts';
import { servingJob } from './serving-jobs.ts';

const vllm = (release: string, gpu = 'h100-sxm-80gb', fields: PartialJob = {}) =>
  servingJob('Llama-2-70b', gpu, { 'parallel.tensor': 4, 'serving.engineVersion': release, ...fields });

describe('vLLM by release', () => {
  it('waits less for the host from release to release, most of all for many requests', () => {
    const waits = (requests: number) =>
      ['0.2.1', '0.3', '0.6.3', '0.10'].map((release) => stepParts(vllm(release)).host.waits(1, requests, 0));
    for (const requests of [1, 64]) expect(waits(requests)).toEqual([...waits(requests)].sort((a, b) => b - a));
    const [early = 0] = waits(64);
    expect(early - (waits(1)[0] ?? 0)).toBeGreaterThan(63 * 2e-4);
  });

  it('has hosts of their own pace beside A100 and H100', () => {
    const wait = (gpu: string) => stepParts(vllm('0.2.1', gpu)).host.waits(1, 8, 0);
    expect(wait('a100-sxm-80gb') / wait('h100-sxm-80gb')).toBeCloseTo(1.5, 6);
  });

  it('pays for memory mapped anew only when all sums of a pass exceed what the share leaves free', () => {
    const perToken = (tokens: number) => stepParts(vllm('0.2.1')).collectives(tokens) / tokens;
    // 2 * 80 sums of 16 KiB a token against 8 GB less the context.
    expect(perToken(2048)).toBeLessThan(1.05 * perToken(1024));
    expect(perToken(4096)).toBeGreaterThan(1.2 * perToken(2048));
    const later = stepParts(vllm('0.10'));
    expect(later.collectives(4096) / 4096).toBeLessThan(1.05 * (later.collectives(2048) / 2048));
  });

  it('multiplies more slowly on Hopper, and not on Ampere, with a library of before', () => {
    const layers = (release: string, gpu: string) => stepParts(vllm(release, gpu)).layers(8192);
    expect(layers('0.2.1', 'h100-sxm-80gb')).toBeGreaterThan(1.1 * layers('0.2.7', 'h100-sxm-80gb'));
    expect(layers('0.2.1', 'a100-sxm-80gb')).toBe(layers('0.2.7', 'a100-sxm-80gb'));
  });
});

describe('llama.cpp', () => {
  const job = (fields: PartialJob = {}) =>
    servingJob('Llama-2-7b', 'rtx-3090', { 'serving.quantization': 'q4_0', 'serving.maxModelLen': 4096, ...fields }, 'llama-cpp');

  it('decodes one token in little more than its weights take to stream', () => {
    const one = job();
    const { weights } = servingMemory(one, one.cluster.accelerator.memory.capacity.value);
    const bound = weights / one.cluster.accelerator.memory.bandwidth.value;
    const seconds = stepTimer(one).seconds(1, 1, 0, 128);
    expect(seconds).toBeGreaterThan(bound);
    expect(seconds).toBeLessThan(1.9 * bound);
  });

  it('writes weights out in 16 bits for long prompts, and loses time between kernels, in old builds', () => {
    const [old, today] = ['b2000', 'b5000'].map((release) => stepParts(job({ 'serving.engineVersion': release })));
    expect(old?.layers(32)).toBe(today?.layers(32));
    const values = 32 * (4 * 4096 ** 2 + 3 * 4096 * 11_008);
    const { bandwidth } = job().cluster.accelerator.memory;
    const restoring = (old?.layers(512) ?? 0) - (today?.layers(512) ?? 0);
    expect(restoring).toBeGreaterThan((2.5 * values) / bandwidth.value);
    expect(old?.host.waits(1, 1, 0)).toBeGreaterThan(today?.host.waits(1, 1, 0) ?? Number.NaN);
  });
});

it('experts in 4 bits compute at the rate of older instructions, which hardly matters while they stream', () => {
  const layers = (engine: string, tokens: number) =>
    stepParts(servingJob('Mixtral-8x7B', 'h100-sxm-80gb', { 'serving.quantization': 'awq' }, engine)).layers(tokens);
  expect(layers('vllm', 16_384)).toBeGreaterThan(2 * layers('lmdeploy', 16_384));
  expect(layers('vllm', 1)).toBeLessThan(1.5 * layers('lmdeploy', 1));
});

it('TensorRT-LLM counts sequences for each attention group, SGLang for all', () => {
  const fields = { 'parallel.tensor': 8, 'serving.attentionDataParallel': 4, 'serving.maxSequences': 256, 'serving.quantization': 'fp8' };
  const all = (engine: string) => sequencesOfReplica(servingJob('DeepSeek-V3', 'h200-sxm-141gb', fields, engine));
  expect(all('tensorrt-llm')).toBe(1024);
  expect(all('sglang')).toBe(256);
});
