/** The timer of an engine step: what must hold for any model, and how near it is to its bound. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearFlopsPerToken } from '../../server/src/core/compute/flops.ts';
import type { ServingJob } from '../../server/src/core/estimate-inputs.ts';
import type { PartialJob } from '../../server/src/core/job-fields.ts';
import { countKinds, firstAttention } from '../../server/src/core/model-shape.ts';
import { bytesPerElement } from '../../server/src/core/number-format.ts';
import { kindParameters } from '../../server/src/core/parameters/model-parameters.ts';
import { servingMemory } from '../../server/src/core/serving/memory/serving-memory.ts';
import { onGrid } from '../../server/src/core/serving/time/grid.ts';
import { stepParts } from '../../server/src/core/serving/time/step-parts.ts';
import { stepTimer } from '../../server/src/core/serving/time/timer-of-job.ts';
import { servingJob } from './serving-jobs.ts';

const jobs = [
  servingJob('Llama-3.1-8B', 'h100-sxm-80gb'),
  servingJob('Llama-3.1-70B', 'h100-sxm-80gb', { 'parallel.tensor': 4, 'serving.quantization': 'fp8' }),
  servingJob('Llama-3.1-70B', 'a100-sxm-80gb', { 'parallel.tensor': 2, 'serving.quantization': 'awq' }),
  servingJob('Mixtral-8x7B', 'h100-sxm-80gb', { 'parallel.tensor': 2 }),
  servingJob('DeepSeek-V3', 'h200-sxm-141gb', { 'parallel.tensor': 8, 'serving.quantization': 'fp8' }),
  servingJob('Mistral-7B-v0.1', 'l40s', { 'serving.enforceEager': true }),
].map((job) => ({ job, timer: stepTimer(job) }));

const count = fc.integer({ min: 1, max: 20_000 });
const sums = fc.record({
  tokens: count,
  sampled: fc.integer({ min: 0, max: 1024 }),
  pairs: fc.integer({ min: 0, max: 4e8 }),
  live: fc.integer({ min: 0, max: 2e6 }),
});

describe('a function on a grid', () => {
  it('is exact at small counts and never far off between nodes', () => {
    const of = (tokens: number) => 3e-5 + 1e-6 * tokens ** 1.1;
    const gridded = onGrid(of);
    for (let tokens = 1; tokens <= 16; tokens++) expect(gridded(tokens)).toBeCloseTo(of(tokens), 12);
    fc.assert(
      fc.property(count, (tokens) => {
        expect(Math.abs(gridded(tokens) / of(tokens) - 1)).toBeLessThan(0.002);
      }),
    );
    expect(gridded(0)).toBe(0);
  });

  it('never falls, whatever the function does', () => {
    const gridded = onGrid((tokens) => 10 + Math.sin(tokens));
    fc.assert(
      fc.property(count, count, (a, b) => {
        expect(gridded(a + b)).toBeGreaterThanOrEqual(gridded(a));
      }),
    );
  });
});

describe('the time of an engine step', () => {
  it('never falls when tokens, drawn tokens, pairs or cached tokens are added', () => {
    for (const { timer } of jobs) {
      fc.assert(
        fc.property(sums, sums, (step, more) => {
          const least = timer.seconds(step.tokens, step.sampled, step.pairs, step.live);
          const slack = 1e-12;
          expect(timer.seconds(step.tokens + more.tokens, step.sampled, step.pairs, step.live)).toBeGreaterThanOrEqual(least - slack);
          expect(timer.seconds(step.tokens, step.sampled + more.sampled, step.pairs, step.live)).toBeGreaterThanOrEqual(least - slack);
          expect(timer.seconds(step.tokens, step.sampled, step.pairs + more.pairs, step.live)).toBeGreaterThanOrEqual(least - slack);
          expect(timer.seconds(step.tokens, step.sampled, step.pairs, step.live + more.live)).toBeGreaterThanOrEqual(least - slack);
        }),
      );
    }
  });

  it('of decoding is never below the bytes of weights and cache over the bandwidth', () => {
    for (const { job, timer } of jobs) {
      // With many tokens every expert is reached, and all weights of the layers are read.
      const kinds = kindParameters(job.model, { tensor: job.tensor, expert: 1, expertTensor: job.tensor });
      const counts = countKinds(job.model, 0, job.model.layers);
      const { perToken } = servingMemory(job, job.cluster.accelerator.memory.capacity.value);
      const weights = counts.reduce((sum, count, kind) => sum + count * (kinds[kind]?.total ?? 0), 0) * bytesPerElement(job.weights);
      for (const requests of [512, 1024, 4096]) {
        for (const context of [100, 2000, 8000]) {
          const seen = Math.min(context, windowOf(job));
          const bytes = weights + requests * seen * perToken;
          const seconds = timer.seconds(requests, requests, 0, requests * context);
          expect(seconds).toBeGreaterThan(bytes / job.cluster.accelerator.memory.bandwidth.value);
        }
      }
    }
  });

  it('of a prompt is never below its FLOPs at the peak', () => {
    for (const { job, timer } of jobs) {
      const { peak } = job.cluster.accelerator;
      const rate = (job.weights === 'fp8' ? peak.fp8 : peak.bf16)?.value ?? Number.NaN;
      const counts = countKinds(job.model, 0, job.model.layers);
      const each = job.model.blocks.reduce(
        (sum, block, kind) => sum + (counts[kind] ?? 0) * linearFlopsPerToken(block, job.model.hidden),
        0,
      );
      for (const tokens of [256, 4096, 16384]) {
        expect(timer.seconds(tokens, 1, (tokens * (tokens + 1)) / 2, 0)).toBeGreaterThan((each * tokens) / job.tensor / rate);
      }
    }
  });

  it('spends no more on the layers of a rank when TP grows', () => {
    for (const tokens of [1, 32, 512, 8192]) {
      const layers = [1, 2, 4, 8].map((tensor) =>
        stepParts(servingJob('Llama-3.1-70B', 'h200-sxm-141gb', { 'parallel.tensor': tensor })).layers(tokens),
      );
      expect(layers).toEqual([...layers].sort((a, b) => b - a));
    }
  });

  it('reads no more than the window of each request in a model of sliding windows', () => {
    const { timer } = jobs[5] as (typeof jobs)[number];
    expect(timer.seconds(8, 8, 0, 8 * 4096)).toBe(timer.seconds(8, 8, 0, 8 * 30_000));
  });

  // The bound: bytes of weights and cache over the bandwidth, of a rank, in milliseconds; and the most it may be missed by.
  it.each([
    ['Llama-3.1-8B', 'h100-sxm-80gb', {}, 1, 1024, 1.6],
    ['Llama-3.1-8B', 'h100-sxm-80gb', {}, 256, 2048, 1.5],
    ['Llama-3.1-8B', 'a100-sxm-80gb', {}, 64, 2048, 1.6],
    ['Llama-3.1-70B', 'h100-sxm-80gb', { 'parallel.tensor': 4, 'serving.quantization': 'fp8' }, 64, 4096, 1.8],
    ['Llama-3.1-70B', 'h200-sxm-141gb', { 'parallel.tensor': 8 }, 32, 8192, 2.4],
    ['Llama-3.1-405B', 'h200-sxm-141gb', { 'parallel.tensor': 8, 'serving.quantization': 'fp8' }, 64, 2048, 2.4],
    ['Llama-3.1-70B', 'b200-sxm-180gb', { 'serving.quantization': 'nvfp4' }, 16, 1024, 2.4],
  ] as const)('of %s on %s with %o, %d requests and %d tokens each is near its bound', (model, gpu, fields, requests, context, most) => {
    const job = servingJob(model, gpu, { ...fields, 'serving.maxModelLen': 2 * context });
    const { weights, perToken } = servingMemory(job, job.cluster.accelerator.memory.capacity.value);
    const embedding = (2 * job.model.paddedVocab * job.model.hidden) / job.tensor;
    const bound = (weights - embedding + requests * context * perToken) / job.cluster.accelerator.memory.bandwidth.value;
    const ratio = stepTimer(job).seconds(requests, requests, 0, requests * context) / bound;
    expect(ratio).toBeGreaterThan(1);
    expect(ratio).toBeLessThan(most);
  });

  it('reads weights in host memory over PCIe, and waits for the host when nothing is replayed', () => {
    const seconds = (fields: PartialJob) => stepTimer(servingJob('Llama-3.1-8B', 'h100-sxm-80gb', fields)).seconds(1, 1, 0, 100);
    expect(seconds({ 'serving.cpuOffloadGiB': 5 }) - seconds({})).toBeGreaterThan((5 * 2 ** 30) / 64e9);
    expect(seconds({ 'serving.enforceEager': true })).toBeGreaterThan(seconds({}));
  });
});

function windowOf({ model }: ServingJob): number {
  const mixer = firstAttention(model);
  return (mixer?.kind === 'attention' ? mixer.window : undefined) ?? Number.POSITIVE_INFINITY;
}

describe('what hangs on the release of the engine', () => {
  const onTensorRt = (model: string, release: string, more: PartialJob = {}): ServingJob => ({
    ...servingJob(model, 'h100-sxm-80gb', more),
    framework: 'tensorrt-llm',
    engine: { id: 'tensorrt-llm', release },
  });
  const decode = (job: ServingJob) => stepParts(job).attention.decode(64, 64 * 4000);

  it('TensorRT-LLM before 0.10 reads the cache once for 8 heads of 128, but takes 4 of them one by one', () => {
    const [four, eight] = ['Llama-3.1-8B', 'Llama-3.1-70B'];
    const ofFour = ['0.5', '0.9', '0.17'].map((release) => decode(onTensorRt(four, release, { 'serving.kvCacheDtype': 'fp8' })));
    expect(ofFour[0]).toBeCloseTo(ofFour[1] as number, 9);
    expect(ofFour[1] as number).toBeGreaterThan(1.5 * (ofFour[2] as number));
    const ofEight = ['0.5', '0.9', '0.17'].map((release) =>
      decode(onTensorRt(eight, release, { 'parallel.tensor': 4, 'serving.kvCacheDtype': 'fp8' })),
    );
    expect(ofEight[0] as number).toBeGreaterThan(1.5 * (ofEight[1] as number));
    expect(ofEight[1]).toBeCloseTo(ofEight[2] as number, 9);
  });

  it('blocks whose mixer and feed-forward run side by side sum once, but not in TensorRT-LLM 0.5', () => {
    const sums = (release: string) =>
      stepParts(onTensorRt('tiiuae/falcon-180B', release, { 'parallel.tensor': 4, 'serving.maxModelLen': 2048 })).collectives(512);
    expect(sums('0.5')).toBeCloseTo(2 * sums('0.9'), 6);
  });
});
