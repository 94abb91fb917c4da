/** The closed form of a steady load against the simulation of the same replica, requests and rate. */
import { describe, expect, test } from 'vitest';
import { steadyState, sustainedRate } from '../../server/src/core/serving/load/steady-state.ts';
import { simulateServing } from '../../server/src/core/serving/simulation/simulate-serving.ts';
import { syntheticWorkload } from '../../server/src/core/serving/simulation/workload/synthetic.ts';
import type { StepTimer } from '../../server/src/core/serving/time/step-timer.ts';

/** Roughly an 8B model on one large GPU, and one that prompts keep busier. */
const timers: Readonly<Record<string, StepTimer>> = {
  'weights bound': {
    seconds: (tokens, sampled, pairs, live) => 6e-3 + Math.max(0, tokens - 300) * 2e-5 + sampled * 1e-6 + pairs * 1e-10 + live * 4e-8,
  },
  'compute bound': {
    seconds: (tokens, sampled, pairs, live) => 2e-3 + tokens * 6e-5 + sampled * 1e-6 + pairs * 1e-9 + live * 1e-8,
  },
};
const limits = { maxSequences: 256, maxBatchedTokens: 2048, kvTokens: 500_000 };

const shapes = [
  { inputTokens: 1000, outputTokens: 200 },
  { inputTokens: 3000, outputTokens: 100 },
  { inputTokens: 100, outputTokens: 600 },
];

function simulated(timer: StepTimer, load: { readonly rate: number; readonly inputTokens: number; readonly outputTokens: number }) {
  return simulateServing(
    {
      engine: {
        policy: 'vllm',
        timer,
        kvTokens: limits.kvTokens,
        page: 16,
        maxSequences: limits.maxSequences,
        maxBatchedTokens: limits.maxBatchedTokens,
        chunkedPrefill: true,
        prefixCache: false,
        pipeline: 1,
      },
      replicas: 1,
      routing: 'round-robin',
      seed: 7,
    },
    syntheticWorkload({
      arrivals: { kind: 'poisson', rate: load.rate },
      prompt: { kind: 'fixed', tokens: load.inputTokens },
      output: { kind: 'fixed', tokens: load.outputTokens },
      requests: 4000,
      seed: 7,
    }),
  );
}

const cases = Object.entries(timers).flatMap(([name, timer]) =>
  shapes.flatMap((shape) => [0.1, 0.4, 0.7, 0.8].map((part) => ({ name, timer, shape, part }))),
);

describe('the closed form is within 12 % of the simulation', () => {
  test.each(cases)('$name, $shape, $part of the sustained rate', ({ timer, shape, part }) => {
    const load = { ...shape, rate: part * sustainedRate(timer, shape, limits, {}) };
    const closed = steadyState(timer, load, limits);
    if ('overloaded' in closed) throw new Error(closed.overloaded);
    const { tpot, ttft } = simulated(timer, load);
    for (const ratio of [closed.state.timePerToken / tpot.mean, closed.state.timeToFirstToken / ttft.mean]) {
      expect(ratio).toBeGreaterThan(0.88);
      expect(ratio).toBeLessThan(1.12);
    }
  });
});
