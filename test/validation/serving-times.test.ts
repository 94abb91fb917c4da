/** Runs of serving rows on timers whose answer is known, and what rows that leave things out are taken for. */
import { describe, expect, test } from 'vitest';
import type { StepTimer } from '../../server/src/core/serving/time/step-timer.ts';
import { readRows } from '../../server/src/validation/row.ts';
import { predictRow } from '../../server/src/validation/run.ts';
import type { ServingRun } from '../../server/src/validation/serving-run.ts';
import { tableCatalog } from '../../server/src/validation/table-catalog.ts';
import { loopSeconds, runTimes, steadyRate } from '../../server/src/validation/uniform-run.ts';

/** Every step takes a second. */
const second: StepTimer = { seconds: () => 1 };
/** A millisecond for each token. */
const byToken: StepTimer = { seconds: (tokens) => tokens / 1000 };

const run = (fields: Partial<ServingRun>): ServingRun => ({
  kind: 'batch',
  requests: 4,
  prompt: 100,
  output: 11,
  assumptions: [],
  ...fields,
});

describe('a run', () => {
  test('of a batch: prompts in steps of the batched tokens, then one step for each further token', () => {
    expect(runTimes(second, run({}), { slots: 4, batchedTokens: 200 })).toEqual({ prefill: 2, perToken: 1, whole: 12 });
    expect(runTimes(second, run({ prompt: 0 }), { slots: 4, batchedTokens: 200 }).whole).toBe(11);
  });

  test('of a queue: those that wait enter as slots fall free', () => {
    // Four slots: two rounds of eleven steps, whose first takes in the prompts.
    expect(runTimes(second, run({ kind: 'queue', requests: 8 }), { slots: 4, batchedTokens: 1000 }).whole).toBe(22);
    // With the tokens of one prompt in a step, they enter one after the other.
    expect(runTimes(second, run({ kind: 'queue', requests: 4 }), { slots: 4, batchedTokens: 104 }).whole).toBe(14);
    expect(runTimes(byToken, run({ kind: 'queue', requests: 8 }), { slots: 4, batchedTokens: 1000 }).whole).toBeCloseTo(0.8 + 0.08, 9);
  });

  test('of a batch that does not fit: those that are let in are timed, and the others follow', () => {
    const times = runTimes(byToken, run({}), { slots: 2, batchedTokens: 1000 });
    expect(times.prefill).toBeCloseTo(0.2, 9);
    expect(times.whole).toBeCloseTo(2 * (0.2 + 10 * 0.002), 9);
  });

  test('that keeps requests under way: most steps only decode while few prompts come', () => {
    const loop = run({ kind: 'loop', requests: 10, prompt: 100, output: 1000 });
    // A step with a prompt takes a second, one without a hundredth; a prompt comes in every hundredth step.
    const byPrompt: StepTimer = { seconds: (_tokens, _sampled, pairs) => (pairs > 0 ? 1 : 0.01) };
    expect(loopSeconds(byPrompt, loop, { slots: 50, batchedTokens: 1000 })).toBeCloseTo(0.99 * 0.01 + 0.01, 9);
    // Prompts cut into chunks come in more steps.
    expect(loopSeconds(byPrompt, loop, { slots: 50, batchedTokens: 60 })).toBeCloseTo(0.98 * 0.01 + 0.02, 9);
    expect(loopSeconds(byToken, loop, { slots: 50, batchedTokens: 1000 })).toBeCloseTo(0.011, 9);
    expect(loopSeconds(byToken, loop, { slots: 5, batchedTokens: 1000 })).toBeCloseTo(0.0055, 9);
  });

  test('without end: as many requests as fit, or as keep to the limit of a token', () => {
    const steady = run({ kind: 'steady', output: 100 });
    expect(steadyRate(second, steady, { slots: 50, batchedTokens: 1e6 })).toBe(50);
    // Each request costs two milliseconds a step: its token and its share of a prompt.
    expect(steadyRate(byToken, { ...steady, tokenLimit: 0.02 }, { slots: 50, batchedTokens: 1e6 })).toBeCloseTo(500, 3);
    expect(steadyRate(second, { ...steady, tokenLimit: 0.5 }, { slots: 50, batchedTokens: 1e6 })).toBeUndefined();
  });
});

function predicted(row: object) {
  const [reading] = readRows(JSON.stringify({ id: 'x', kind: 'throughput', ...row }));
  if (!reading || !('row' in reading)) throw new Error('no row');
  return predictRow(reading.row.input, tableCatalog);
}

describe('a row that leaves things out', () => {
  const submission = (id: string, scenario: string) =>
    predicted({
      source: 'mlperf-inference-6.0/x',
      model: { id },
      hardware: { gpu: 'NVIDIA B200-SXM-180GB', gpus: 8 },
      engine: { name: 'mlperf submission' },
      config: { scenario },
    });

  test('a submission to MLPerf has the lengths and limits of the rules, and says what is presumed', () => {
    const { predicted: offline, assumptions } = submission('llama2-70b-99', 'Offline');
    expect(assumptions.map(({ value }) => value)).toEqual(expect.arrayContaining(['294 tokens in, 294 out', 'nvfp4']));
    const interactive = submission('llama2-70b-99', 'Interactive').predicted;
    expect(interactive.tokens_per_s).toBeLessThan(offline.tokens_per_s as number);
    expect(submission('gpt-oss-120b', 'Offline').refused).toMatch(/lengths of its data set/);
  });

  test('a queue of TensorRT-LLM has as many requests as its benchmark, and its fp8 engines an fp8 cache', () => {
    const row = { hardware: { gpu: 'H100', gpus: 1 }, engine: { name: 'tensorrt-llm', version: '0.17' }, model: { id: 'Llama-3.1-8B' } };
    const of = (config: object) =>
      predicted({ ...row, config: { isl: 128, osl: 2048, ...config } }).predicted.output_tokens_per_s as number;
    expect(of({ quant: 'fp8' })).toBeGreaterThan(1.3 * of({ quant: 'fp16' }));
    expect(of({ quant: 'fp8', num_prompts: 3000 })).toBe(of({ quant: 'fp8' }));
  });

  test('the profiler of 2023 runs without graphs', () => {
    const { assumptions } = predicted({
      hardware: { gpu: 'H100', gpus: 2 },
      parallel: { tp: 2 },
      engine: { name: 'vllm-based profiler' },
      model: { id: 'llama2-70b' },
      config: { isl: 512, osl: 128, batch_size: 1 },
    });
    expect(assumptions).toContainEqual(expect.objectContaining({ field: 'serving.enforceEager', value: 'true' }));
  });
});
