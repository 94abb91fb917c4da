/** Traffic by level and by pair against what each GPU sends. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trafficOf } from '../../server/src/core/profile/traffic.ts';
import { complete, estimateOf, gpus, modelOf, numbersOf, type RandomJob, randomJob } from '../model/random-jobs.ts';

const forAll = (check: (job: RandomJob) => void): void => fc.assert(fc.property(randomJob, check), { numRuns: 60 });
const trafficFor = (job: RandomJob) => trafficOf(complete(job), numbersOf(job));

describe('traffic by level', () => {
  it('is the traffic of the estimate, inside nodes and across them', () => {
    forAll((job) => {
      const { groups } = trafficFor(job);
      const expected = estimateOf(job).communication.filter(({ bytes }) => bytes.value > 0);
      expect(groups.map(({ cost }) => cost)).toEqual(expected);
      for (const { cost, insideBytes, acrossBytes } of groups) {
        expect((insideBytes + acrossBytes) / cost.bytes.value).toBeCloseTo(1, 12);
        expect(insideBytes).toBeGreaterThanOrEqual(0);
        expect(acrossBytes).toBeGreaterThanOrEqual(0);
      }
    });
  });

  it('stays inside a node where the group does, and crosses where every member is alone', () => {
    const job: RandomJob = {
      family: 'llama',
      framework: 'megatron-lm',
      fields: {
        ...modelOf('llama'),
        'parallel.tensor': 8,
        'parallel.pipeline': 2,
        'parallel.data': 8,
        'cluster.gpus': gpus,
        'batch.micro': 1,
        'batch.global': 64,
        'sequence.length': 4096,
      },
    };
    const across = Object.fromEntries(trafficFor(job).groups.map(({ cost, acrossBytes }) => [cost.id, acrossBytes / cost.bytes.value]));
    expect(across).toMatchObject({ tensor: 0, pipeline: 1, data: 1 });
  });
});

describe('traffic between pairs', () => {
  it('never is more than a GPU sends, and nobody sends to itself', () => {
    forAll((job) => {
      const { groups, pairs } = trafficFor(job);
      const sends = new Map(groups.map(({ cost }) => [cost.id, cost.bytes.value]));
      pairs.bytes.forEach((row, from) => {
        expect(row[from]).toEqual({});
        for (const [kind, most] of sends) {
          const all = row.reduce((sum, cell) => sum + (cell[kind] ?? 0), 0);
          expect(all).toBeLessThanOrEqual(most * (1 + 1e-9));
        }
      });
      expect(pairs.ranks.every(({ rank }) => rank < gpus)).toBe(true);
      expect(new Set(pairs.ranks.map(({ rank }) => rank)).size).toBe(pairs.ranks.length);
    });
  });

  it('shows every kind of traffic somewhere, and all that a whole group sends', () => {
    forAll((job) => {
      const { groups, pairs } = trafficFor(job);
      for (const { cost, size } of groups) {
        const rows = pairs.bytes.map((row) => row.reduce((sum, cell) => sum + (cell[cost.id] ?? 0), 0));
        expect(Math.max(...rows), cost.id).toBeGreaterThan(0);
        // Stages at the ends send one way only.
        if (size === 2 && cost.id !== 'pipeline') expect(Math.max(...rows) / cost.bytes.value).toBeCloseTo(1, 9);
      }
    });
  });
});
