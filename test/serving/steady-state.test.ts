/** The steady state of a replica under load: its limits, Little's law, and that more load is never faster. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ReplicaLimits, steadyState, sustainedRate } from '../../server/src/core/serving/load/steady-state.ts';
import type { StepTimer } from '../../server/src/core/serving/time/step-timer.ts';
import type { ServingLoad } from '../../server/src/core/serving-load.ts';

/** Weights are streamed in 10 ms, a token costs 20 us, a pair and a cached token a little. */
const timer: StepTimer = {
  seconds: (tokens, sampled, pairs, live) => Math.max(0.01, tokens * 2e-5) + sampled * 1e-6 + pairs * 1e-11 + live * 2e-8,
};
const limits: ReplicaLimits = { maxSequences: 256, maxBatchedTokens: 2048, kvTokens: 400_000 };

const stateOf = (load: ServingLoad, replica = limits) => {
  const result = steadyState(timer, load, replica);
  if ('overloaded' in result) throw new Error(result.overloaded);
  return result.state;
};

describe('one request after the other', () => {
  const load = { rate: 1e-6, inputTokens: 1000, outputTokens: 100 };

  test('takes the step times and nothing else', () => {
    const { timeToFirstToken, timePerToken, decoding } = stateOf(load);
    expect(timeToFirstToken).toBeCloseTo(timer.seconds(1000, 1, 500_500, 0), 6);
    expect(timePerToken).toBeCloseTo(timer.seconds(1, 1, 0, 1050), 6);
    expect(decoding).toBeLessThan(1e-4);
  });

  test('a prompt beyond the token budget runs in chunks', () => {
    const { timeToFirstToken } = stateOf({ ...load, inputTokens: 6000 });
    expect(timeToFirstToken).toBeGreaterThan(3 * timer.seconds(2000, 1 / 3, 0, 0) * 0.999);
  });
});

const loads = fc.record({
  rate: fc.double({ min: 0.01, max: 30, noNaN: true }),
  inputTokens: fc.integer({ min: 1, max: 8000 }),
  outputTokens: fc.integer({ min: 2, max: 1500 }),
});

test("Little's law: requests that decode are the rate times the time they decode", () => {
  fc.assert(
    fc.property(loads, (load) => {
      const result = steadyState(timer, load, limits);
      fc.pre('state' in result);
      const { decoding, timePerToken } = result.state;
      expect(decoding).toBeCloseTo(load.rate * (load.outputTokens - 1) * timePerToken, 4);
      expect(decoding).toBeLessThanOrEqual(limits.maxSequences);
      expect(result.state.cachedTokens).toBeLessThanOrEqual(limits.kvTokens);
    }),
  );
});

test('more load is never faster', () => {
  fc.assert(
    fc.property(loads, fc.double({ min: 1, max: 3, noNaN: true }), (load, factor) => {
      const more = steadyState(timer, { ...load, rate: load.rate * factor }, limits);
      fc.pre('state' in more);
      const less = stateOf(load);
      expect(more.state.timePerToken).toBeGreaterThanOrEqual(less.timePerToken * (1 - 1e-9));
      expect(more.state.timeToFirstToken).toBeGreaterThanOrEqual(less.timeToFirstToken * (1 - 1e-9));
    }),
  );
});

describe('limits', () => {
  test.each([
    ['prompt time', { rate: 100, inputTokens: 2000, outputTokens: 2 }, limits],
    ['sequences', { rate: 20, inputTokens: 10, outputTokens: 1000 }, { ...limits, maxSequences: 16 }],
    ['KV cache', { rate: 4, inputTokens: 1000, outputTokens: 1000 }, { ...limits, kvTokens: 20_000 }],
    ['KV cache', { rate: 0.001, inputTokens: 1000, outputTokens: 1000 }, { ...limits, kvTokens: 1500 }],
  ] as const)('%s', (limit, load, replica) => {
    expect(steadyState(timer, load, replica)).toEqual({ overloaded: limit });
  });

  test('the sustained rate is the last that holds', () => {
    const load = { inputTokens: 1000, outputTokens: 200 };
    const rate = sustainedRate(timer, load, limits, {});
    expect(steadyState(timer, { ...load, rate: rate * 0.999 }, limits)).toHaveProperty('state');
    expect(steadyState(timer, { ...load, rate: rate * 1.001 }, limits)).toHaveProperty('overloaded');
    // 1,000 tokens at 20 us each beside decoding: never more than 50 prompts a second.
    expect(rate).toBeLessThan(50);
  });

  test('latency limits lower it, and impossible ones leave nothing', () => {
    const load = { inputTokens: 1000, outputTokens: 200 };
    const free = sustainedRate(timer, load, limits, {});
    const bound = sustainedRate(timer, load, limits, { timePerToken: 0.012 });
    expect(bound).toBeLessThan(free);
    expect(bound).toBeGreaterThan(0);
    expect(sustainedRate(timer, load, limits, { timePerToken: 0.005 })).toBe(0);
  });
});
