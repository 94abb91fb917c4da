/** Requests of which so many are under way: Little's law holds, and more of them than an engine takes up only wait. */
import { describe, expect, test } from 'vitest';
import { settle } from '../../server/src/core/serving/load/closed-loop.ts';
import { steadyState, sustainedRate } from '../../server/src/core/serving/load/steady-state.ts';
import { timer } from './tools.ts';

const lengths = { inputTokens: 500, outputTokens: 101 };
const limits = { maxSequences: 32, maxBatchedTokens: 2048, kvTokens: 200_000 };

function settled(load: { readonly rate?: number; readonly concurrency?: number }, limitsOf = limits) {
  const found = settle(timer, { ...lengths, ...load }, limitsOf);
  if (!('state' in found)) throw new Error(`overloaded by ${found.overloaded}`);
  return found;
}

const present = ({ rate, state }: ReturnType<typeof settled>): number => rate * (state.timeToFirstToken + 100 * state.timePerToken);

describe('a closed loop', () => {
  test.each([1, 4, 16, 200])('of %i requests has as many under way', (concurrency) => {
    expect(present(settled({ concurrency })) / concurrency).toBeCloseTo(1, 3);
  });

  test('gives more requests per second the more are under way, up to what the engine sustains', () => {
    const rates = [1, 2, 4, 8, 16, 64, 1000].map((concurrency) => settled({ concurrency }).rate);
    expect(rates).toEqual(rates.toSorted((a, b) => a - b));
    const most = sustainedRate(timer, lengths, limits, {});
    expect(rates.at(-1)).toBeCloseTo(most, 6);
    // What the engine does not take up waits before its first token.
    const [some, many] = [settled({ concurrency: 500 }), settled({ concurrency: 1000 })];
    expect(many.state.timePerToken).toBe(some.state.timePerToken);
    expect(many.state.timeToFirstToken - some.state.timeToFirstToken).toBeCloseTo(500 / most, 2);
  });

  test('leaves a rate alone that has fewer under way, and holds back one that has more', () => {
    const rate = 0.5 * sustainedRate(timer, lengths, limits, {});
    const open = steadyState(timer, { ...lengths, rate }, limits);
    expect(settled({ rate, concurrency: 10_000 })).toEqual({ rate, ...open });
    expect(settled({ rate, concurrency: 1 }).rate).toBeLessThan(rate);
    expect(settled({ rate, concurrency: 1 }).rate).toBeCloseTo(settled({ concurrency: 1 }).rate, 9);
  });

  test('without room for one request is told as such', () => {
    expect(settle(timer, { ...lengths, concurrency: 4 }, { ...limits, kvTokens: 400 })).toEqual({ overloaded: 'KV cache' });
  });
});
