/** Requests of which so many are under way: Little's law holds, and more of them than an engine takes up only wait. */
import { describe, expect, test } from 'vitest';
import { type Scheduler, settle } from '../../server/src/core/serving/load/closed-loop.ts';
import { steadyState, sustainedRate } from '../../server/src/core/serving/load/steady-state.ts';
import { engine, listed, policies, run, synthetic, timer } from './tools.ts';

const lengths = { inputTokens: 500, outputTokens: 101 };
const limits = { maxSequences: 32, maxBatchedTokens: 2048, kvTokens: 200_000 };
const scheduler: Scheduler = { policy: 'vllm', page: 16, chunkedPrefill: true, pipeline: 1 };

function settled(load: { readonly rate?: number; readonly concurrency?: number }, limitsOf = limits) {
  const found = settle(timer, { ...lengths, ...load }, limitsOf, scheduler);
  if (!('state' in found)) throw new Error(`overloaded by ${found.overloaded}`);
  return found;
}

const present = ({ rate, state }: ReturnType<typeof settled>): number => rate * (state.timeToFirstToken + 100 * state.timePerToken);

describe('a closed loop', () => {
  test.each([1, 4, 16, 200])('of %i requests has as many under way, but for the last that leave', (concurrency) => {
    expect(present(settled({ concurrency })) / concurrency).toBeLessThan(1 + 1e-9);
    expect(present(settled({ concurrency })) / concurrency).toBeGreaterThan(0.9);
  });

  test('gives more requests per second the more are under way, up to what the engine sustains', () => {
    const rates = [1, 2, 4, 8, 16, 32].map((concurrency) => settled({ concurrency }).rate);
    expect(rates).toEqual(rates.toSorted((a, b) => a - b));
    // What the engine does not take up waits before its first token.
    const [full, some, many] = [settled({ concurrency: 32 }), settled({ concurrency: 200 }), settled({ concurrency: 400 })];
    for (const { rate } of [some, many]) expect(rate / full.rate).toBeCloseTo(1, 1);
    expect(many.state.timePerToken / some.state.timePerToken).toBeCloseTo(1, 1);
    expect(many.state.timeToFirstToken - some.state.timeToFirstToken).toBeGreaterThan(150 / full.rate);
  });

  test.each([8, 64, 300, 1500])('of %i is what the simulation of as many requests shows', (concurrency) => {
    for (const policy of policies) {
      const found = settle(timer, { ...lengths, concurrency }, limits, { ...scheduler, policy });
      if (!('state' in found)) throw new Error(found.overloaded);
      const simulated = run(
        { engine: engine({ policy, ...limits }), concurrency },
        synthetic({
          arrivals: { kind: 'at-once' },
          prompt: { kind: 'fixed', tokens: lengths.inputTokens },
          output: { kind: 'fixed', tokens: lengths.outputTokens },
          requests: 2000,
        }),
      );
      expect(found.rate / simulated.requestsPerSecond).toBeCloseTo(1, 1);
      expect(Math.abs(found.state.timeToFirstToken / simulated.ttft.mean - 1)).toBeLessThan(0.12);
      expect(Math.abs(found.state.timePerToken / simulated.tpot.mean - 1)).toBeLessThan(0.05);
    }
  });

  test('takes no less for a token, and answers no more, because more requests wait', () => {
    const of = (concurrency: number) => settled({ concurrency });
    const full = of(32);
    // Numbers that are no multiples of what runs together.
    for (const concurrency of [40, 50, 60, 80, 100, 300]) {
      expect(of(concurrency).state.timePerToken / full.state.timePerToken).toBeCloseTo(1, 2);
      expect(of(concurrency).rate / full.rate).toBeCloseTo(1, 2);
    }
    const waits = [32, 40, 50, 60, 80, 100, 300].map((concurrency) => of(concurrency).state.timeToFirstToken);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  });

  test('leaves a rate alone that has fewer under way, and holds back one that has more', () => {
    const rate = 0.5 * sustainedRate(timer, lengths, limits, {});
    const open = steadyState(timer, { ...lengths, rate }, limits);
    expect(settled({ rate, concurrency: 10_000 })).toEqual({ rate, ...open });
    expect(settled({ rate, concurrency: 1 }).rate).toBeLessThan(rate);
    expect(settled({ rate, concurrency: 1 })).toEqual(settled({ concurrency: 1 }));
  });

  test('without room for one request is told as such', () => {
    expect(settle(timer, { ...lengths, concurrency: 4 }, { ...limits, kvTokens: 400 }, scheduler)).toEqual({ overloaded: 'KV cache' });
  });
});

describe('a simulated closed loop', () => {
  const atOnce = { arrivals: { kind: 'at-once' } } as const;

  test.each(policies)('of %s has no more under way than it says, and all of them while requests are left', (policy) => {
    for (const replicas of [1, 3]) {
      const { meanInSystem, finished } = run(
        { engine: engine({ policy }), replicas, concurrency: 12 },
        synthetic({ ...atOnce, requests: 600 }),
      );
      expect(finished).toBe(600);
      expect(meanInSystem).toBeLessThanOrEqual(12);
      // The last dozen leave one after the other.
      expect(meanInSystem).toBeGreaterThan(11);
    }
  });

  test('of one client is a request after the other', () => {
    const requests = [
      { prompt: 300, output: 20 },
      { prompt: 900, output: 5 },
      { prompt: 40, output: 60 },
    ];
    const alone = requests.map((request) => run({}, listed([request])).seconds);
    const { seconds, ttft } = run({ concurrency: 1 }, listed(requests));
    expect(seconds).toBeCloseTo(
      alone.reduce((sum, one) => sum + one, 0),
      9,
    );
    expect(ttft.mean).toBeLessThan(run({}, listed(requests)).ttft.mean);
  });

  test('with room for all is the same as none', () => {
    for (const load of [atOnce, {}]) expect(run({ concurrency: 400 }, synthetic(load))).toEqual(run({}, synthetic(load)));
  });

  test('holds with prefill and decode apart', () => {
    const disaggregation = { prefill: engine(), prefillReplicas: 2, bytesPerToken: 1e5, bandwidth: 1e10, latency: 1e-4 };
    const { meanInSystem, finished } = run({ disaggregation, replicas: 2, concurrency: 8 }, synthetic({ ...atOnce, requests: 300 }));
    expect(finished).toBe(300);
    expect(meanInSystem).toBeLessThanOrEqual(8);
  });
});
