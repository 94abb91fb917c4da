import { describe, expect, test } from 'vitest';
import type { EngineOptions } from '../../server/src/core/serving/simulation/simulation-options.ts';
import type { SyntheticWorkload } from '../../server/src/core/serving/simulation/workload/synthetic.ts';
import { drive, engine, listed, policies, run, synthetic, timer } from './tools.ts';

const speculation = { drafted: 3, acceptance: 0.6, draftShare: 0.05 };
const shared = { tokens: 200, groups: 3, turns: 4, conversations: 12 };

/** Engines that differ in what goes wrong easily, each under pressure for memory. */
const engines: readonly (readonly [string, Partial<EngineOptions>])[] = [
  ...policies.map((policy) => [policy, { policy }] as const),
  ['sglang, pages of one token', { policy: 'sglang', page: 1 }],
  ['vllm without chunks', { chunkedPrefill: false, maxBatchedTokens: 5000 }],
  ['sglang without chunks', { policy: 'sglang', chunkedPrefill: false }],
  ['vllm admitting by the first chunk', { reservePrompt: false, maxBatchedTokens: 256 }],
  ['vllm without a prefix cache', { prefixCache: false }],
  ['vllm in 4 stages', { pipeline: 4 }],
  ['sglang in 2 stages', { policy: 'sglang', pipeline: 2 }],
  ['tensorrt-llm in 2 stages', { policy: 'tensorrt-llm', pipeline: 2 }],
  ...policies.map((policy) => [`${policy}, speculating`, { policy, speculation }] as const),
];

const workloads: readonly (readonly [string, Partial<SyntheticWorkload>])[] = [
  ['single questions', {}],
  ['conversations', { shared }],
  ['all at once', { arrivals: { kind: 'at-once' } }],
];

describe.each(engines)('%s', (_, more) => {
  test.each(workloads)('keeps its books with %s', (_, load) => {
    for (const seed of [1, 2, 3]) {
      const replica = drive(
        engine({ kvTokens: 8192, ...more }),
        synthetic({ seed, requests: 300, ...load }),
        ({ pool, present, waiting }) => {
          expect(pool.used).toBeLessThanOrEqual(pool.blocks);
          expect(pool.used).toBeGreaterThanOrEqual(0);
          if (pool.caches) expect(pool.queued()).toBe(pool.free);
          expect(waiting.length).toBeLessThanOrEqual(present);
        },
      );
      const { recorder, table, pool, lanes } = replica;
      expect(recorder.finished + recorder.rejected).toBe(300);
      expect(recorder.rejected).toBeLessThan(30);
      expect(table.live).toBe(0);
      expect(replica.present).toBe(0);
      expect(pool.used).toBe(0);
      expect(pool.peak).toBeLessThanOrEqual(pool.blocks);
      for (const lane of lanes) {
        expect([lane.running, lane.decoding, lane.cached, lane.gain, lane.partial, lane.head]).toEqual([0, 0, 0, 0, -1, -1]);
        expect(Array.from({ length: 2000 }, (_, step) => lane.growth.at(lane.step + step)).every((blocks) => blocks === 0)).toBe(true);
      }
    }
  });

  test.each(workloads)('the short loop over decode steps changes nothing with %s', (_, load) => {
    const run1 = run({ engine: engine({ kvTokens: 8192, ...more }) }, synthetic({ requests: 300, ...load }));
    const run2 = run({ engine: engine({ kvTokens: 8192, ...more }), everyStep: true }, synthetic({ requests: 300, ...load }));
    expect(run1).toEqual(run2);
  });

  test('the same seed gives the same run, another one does not', () => {
    const once = (seed: number) => run({ engine: engine({ kvTokens: 8192, ...more }), seed }, synthetic({ seed, shared }));
    expect(once(5)).toEqual(once(5));
    expect(once(6).endToEnd.mean).not.toBe(once(5).endToEnd.mean);
  });
});

test('work is conserved: the engine is busy exactly while requests are there', () => {
  for (const policy of policies) {
    // A gap long enough for the first to end, then three at once.
    const result = run(
      { engine: engine({ policy }) },
      listed([{ time: 0, prompt: 100, output: 10 }, ...[90, 90, 90].map((time) => ({ time, prompt: 100, output: 10 }))]),
    );
    const first =
      timer.seconds(100, 1, 5050, 0) + Array.from({ length: 9 }, (_, i) => timer.seconds(1, 1, 0, 100 + i)).reduce((a, b) => a + b);
    const rest =
      timer.seconds(300, 3, 3 * 5050, 0) + Array.from({ length: 9 }, (_, i) => timer.seconds(3, 3, 0, 300 + 3 * i)).reduce((a, b) => a + b);
    expect(result.seconds).toBeCloseTo(90 + rest, 9);
    expect(result.busyShare * result.seconds).toBeCloseTo(first + rest, 9);
  }
});

test('a saturated engine gives batch over step time', () => {
  const [prompt, output, batch] = [64, 2048, 16];
  const flat = { seconds: (tokens: number) => 0.01 + tokens * 1e-6 };
  for (const policy of policies) {
    const result = run(
      { engine: engine({ policy, timer: flat, maxSequences: batch, kvTokens: 1e6 }) },
      listed(Array.from({ length: batch * 8 }, () => ({ prompt, output }))),
    );
    const bound = batch / flat.seconds(batch);
    expect(result.outputTokensPerSecond).toBeLessThanOrEqual(bound * 1.002);
    expect(result.outputTokensPerSecond).toBeGreaterThan(bound * 0.98);
  }
});

test('requests are admitted in the order of their arrival', () => {
  for (const policy of policies) {
    const requests = Array.from({ length: 40 }, (_, index) => ({ time: index * 1e-3, prompt: 300, output: 50 }));
    const whole = run({ engine: engine({ policy, maxSequences: 4 }) }, listed(requests));
    // With one place at a time each waits for all before it, so times in the system grow steadily.
    const one = run({ engine: engine({ policy, maxSequences: 1 }) }, listed(requests));
    expect(whole.finished).toBe(40);
    expect(one.ttft.p50 / one.ttft.max).toBeGreaterThan(0.45);
    expect(one.ttft.p50 / one.ttft.max).toBeLessThan(0.55);
  }
});
