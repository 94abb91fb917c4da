/** Engines and loads by chance, many of them too small for their load: every request ends or is refused, and the books balance. */
import { expect, test } from 'vitest';
import { Random } from '../../server/src/core/serving/simulation/random.ts';
import type { EngineOptions, SimulationOptions } from '../../server/src/core/serving/simulation/simulation-options.ts';
import type { SyntheticWorkload } from '../../server/src/core/serving/simulation/workload/synthetic.ts';
import { engine, policies, run, synthetic } from './tools.ts';

const requests = 120;

function anyRun(seed: number): { readonly options: Partial<SimulationOptions>; readonly load: Partial<SyntheticWorkload> } {
  const random = new Random(seed, 77);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random.uniform() * values.length)] as T;
  const anyEngine = (): EngineOptions =>
    engine({
      policy: pick(policies),
      kvTokens: pick([300, 2000, 5000, 20000]),
      page: pick([1, 7, 16, 64]),
      maxSequences: pick([1, 3, 64, 500]),
      maxBatchedTokens: pick([64, 512, 2048, 9000]),
      chunkedPrefill: pick([true, true, false]),
      prefixCache: pick([true, true, false]),
      pipeline: pick([1, 1, 2, 4]),
      reservePrompt: pick([true, false]),
      conservativeness: pick([0, 0.3, 1, 2]),
      ...(random.uniform() < 0.3 ? { speculation: { drafted: pick([1, 3, 8]), acceptance: pick([0, 0.5, 1]), draftShare: 0.05 } } : {}),
    });
  const [decode, { speculation: _, ...prefill }] = [anyEngine(), anyEngine()];
  const link = { bytesPerToken: 1e5, bandwidth: pick([1e6, 1e9]), latency: 1e-3 };
  return {
    options: {
      engine: decode,
      replicas: pick([1, 1, 2, 5]),
      routing: pick(['round-robin', 'least-requests', 'prefix-aware'] as const),
      seed,
      ...(random.uniform() < 0.3 ? { disaggregation: { prefill, prefillReplicas: pick([1, 2]), ...link } } : {}),
    },
    load: {
      seed,
      requests,
      arrivals: pick([{ kind: 'at-once' }, { kind: 'poisson', rate: 5 }, { kind: 'gamma', rate: 20, variation: 3 }] as const),
      prompt: pick([
        { kind: 'fixed', tokens: 1 },
        { kind: 'log-normal', mean: 400, variation: 1.5 },
        { kind: 'uniform', least: 1, most: 100 },
      ] as const),
      output: pick([
        { kind: 'fixed', tokens: 1 },
        { kind: 'log-normal', mean: 100, variation: 1.5 },
        { kind: 'uniform', least: 1, most: 30 },
      ] as const),
      ...(random.uniform() < 0.5
        ? { shared: { tokens: pick([0, 5, 100]), groups: 2, turns: pick([1, 3]), conversations: pick([1, 10]) } }
        : {}),
    },
  };
}

test.each(Array.from({ length: 100 }, (_, index) => index + 1))('engine %i', (seed) => {
  const { options, load } = anyRun(seed);
  const result = run(options, synthetic(load));
  expect(result.finished + result.rejected).toBe(requests);
  expect(result.kvPeakShare).toBeLessThanOrEqual(1);
  expect(result.busyShare).toBeLessThanOrEqual(1 + 1e-9);
  if (!options.disaggregation && result.finished > 0) {
    expect(result.meanInSystem * result.seconds).toBeCloseTo(result.finished * result.endToEnd.mean, 5);
  }
  expect(run({ ...options, everyStep: true }, synthetic(load))).toEqual(result);
});
