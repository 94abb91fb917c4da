/** The cheapest mix of servers: against counting all mixes, against single kinds, and where nothing can be had. */
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aloneMix, cheapestMix, type Demand, type ServerKind } from '../../server/src/core/serving/mix/gpu-mix.ts';
import { highsSolver } from '../../server/src/io/integer-programme.ts';

const solve = highsSolver(join(import.meta.dirname, '../../node_modules/highs/build'));

const demands: readonly Demand[] = [
  { label: 'short', rate: 30 },
  { label: 'long', rate: 2 },
];
const small: ServerKind = { label: 'L4', pricePerHour: 0.8, sustained: [3, 0] };
const large: ServerKind = { label: 'H100', pricePerHour: 4, sustained: [12, 2.5] };

test('short requests go to small servers and long ones to large ones, which fill up with short ones', async () => {
  const found = await cheapestMix([small, large], demands, solve);
  if ('refused' in found) throw new Error(found.refused);
  // One large server is busy with long requests for 0.8 of its time and takes 2.4 short ones in the rest; ten small ones take 27.6.
  expect(found.mix.servers.map(({ kind, count }) => [kind.label, count])).toEqual([
    ['L4', 10],
    ['H100', 1],
  ]);
  expect(found.mix.servers[1]?.shares[1]).toBeCloseTo(1, 9);
  expect(found.mix.pricePerHour).toBeLessThan(aloneMix(large, demands)?.pricePerHour ?? 0);
  expect(aloneMix(small, demands)).toBeUndefined();
});

test('a demand that no server can meet is refused by name', async () => {
  expect(await cheapestMix([small], demands, solve)).toEqual({ refused: 'no server meets the latency limits for long' });
});

test('servers that cannot be had are not rented', async () => {
  const found = await cheapestMix([{ ...small, available: 2 }, large], demands, solve);
  if ('refused' in found) throw new Error(found.refused);
  expect(found.mix.servers.find(({ kind }) => kind.label === 'L4')?.count ?? 0).toBeLessThanOrEqual(2);
  expect(await cheapestMix([{ ...large, available: 1 }], demands, solve)).toHaveProperty('refused');
});

/** Cheapest of all mixes with up to `most` servers of each of two kinds, by filling the better kind first for each sort. */
function counted(kinds: readonly [ServerKind, ServerKind], sort: Demand, most: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let first = 0; first <= most; first++) {
    for (let second = 0; second <= most; second++) {
      const rate = first * (kinds[0].sustained[0] ?? 0) + second * (kinds[1].sustained[0] ?? 0);
      if (rate >= sort.rate - 1e-9) best = Math.min(best, first * kinds[0].pricePerHour + second * kinds[1].pricePerHour);
    }
  }
  return best;
}

test('with one sort of request it is the cheapest of all mixes that are counted', async () => {
  const kind = fc.record({
    label: fc.constant('kind'),
    pricePerHour: fc.integer({ min: 1, max: 40 }),
    sustained: fc.tuple(fc.integer({ min: 1, max: 9 })),
  });
  await fc.assert(
    fc.asyncProperty(kind, kind, fc.integer({ min: 1, max: 30 }), async (one, other, rate) => {
      const sort = { label: 'all', rate };
      const found = await cheapestMix([one, other], [sort], solve);
      if ('refused' in found) throw new Error(found.refused);
      expect(found.mix.pricePerHour).toBeCloseTo(counted([one, other], sort, 30), 6);
      for (const { load } of found.mix.servers) expect(load).toBeLessThanOrEqual(1 + 1e-6);
    }),
    { numRuns: 40 },
  );
});
