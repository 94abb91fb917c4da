/** Learned times of products: the table the core reads, where it is used, and that reading it costs next to nothing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeCalibration } from '../../server/src/core/calibration/compute.ts';
import { describeDevice, gemmTime } from '../../server/src/core/compute/gemm.ts';
import { type LearnedProducts, learnedRatio } from '../../server/src/core/compute/learned.ts';
import { estimateServing } from '../../server/src/core/serving/estimate-serving.ts';
import { accelerators, findAccelerator, learnedProducts } from '../../server/src/data/index.ts';
import { clusterOf } from '../../server/src/engine/cluster.ts';
import { servingJob } from './serving-jobs.ts';

const axis = { first: 7, last: 9 };
/** A table whose ratio tells its place. */
const plain: LearnedProducts = {
  m: axis,
  n: axis,
  k: axis,
  ratios: Array.from({ length: 27 }, (_, at) => 1 + Math.floor(at / 9) + (Math.floor(at / 3) % 3) / 10 + (at % 3) / 100),
};

describe('the table', () => {
  test.each([
    [128, 128, 128, 1],
    [256, 128, 128, 2],
    [128, 512, 256, 1.21],
    [512, 512, 512, 3.22],
    [128 * Math.SQRT2, 128, 128, 1.5],
    [128, 256 * Math.SQRT2, 128, 1.15],
  ])('at %d x %d x %d says %d', (m, n, k, ratio) => expect(learnedRatio(plain, m, n, k)).toBeCloseTo(ratio, 9));

  test('beyond its ends is what it is at them, and between its points between theirs', () => {
    expect(learnedRatio(plain, 1, 1, 1)).toBe(1);
    expect(learnedRatio(plain, 2 ** 30, 2 ** 30, 2 ** 30)).toBeCloseTo(3.22, 9);
    const size = fc.integer({ min: 1, max: 4096 });
    fc.assert(
      fc.property(size, size, size, (m, n, k) => {
        const ratio = learnedRatio(plain, m, n, k);
        expect(ratio).toBeGreaterThanOrEqual(1 - 1e-9);
        expect(ratio).toBeLessThanOrEqual(3.22 + 1e-9);
      }),
    );
  });

  test('those of the data have a ratio for every point, none far from the curve, and 1 at the fewest rows', () => {
    const tables = accelerators.flatMap((accelerator) => learnedProducts(accelerator) ?? []);
    expect(tables.length).toBeGreaterThan(0);
    for (const { m, n, k, ratios } of tables) {
      const points = [m, n, k].map(({ first, last }) => last - first + 1).reduce((all, one) => all * one, 1);
      expect(ratios).toHaveLength(points);
      for (const ratio of ratios) expect(ratio >= 0.5 && ratio <= 2).toBe(true);
      expect(new Set(ratios.slice(0, points / (m.last - m.first + 1)))).toEqual(new Set([1]));
    }
  });
});

describe('where it is used', () => {
  const fields = { 'parallel.tensor': 4, 'serving.maxModelLen': 4096, 'serving.maxBatchedTokens': 4096 } as const;
  const firstToken = (gpu: string, isLearned: boolean): number => {
    const job = servingJob('Llama-3.1-70B', gpu, fields);
    const learned = isLearned ? learnedProducts(job.cluster.accelerator) : undefined;
    const result = estimateServing({ ...job, cluster: { ...job.cluster, ...(learned ? { learned } : {}) } });
    if (!('estimate' in result) || result.estimate.kind !== 'serving') throw new Error(JSON.stringify(result));
    return result.estimate.prefill.timeToFirstToken.value;
  };

  test('prompts on RTX PRO 6000 take other times with it, and on H100 the same', () => {
    expect(firstToken('rtx-pro-6000', true)).not.toBe(firstToken('rtx-pro-6000', false));
    expect(firstToken('rtx-pro-6000', true) / firstToken('rtx-pro-6000', false)).toBeCloseTo(1, 0);
    expect(firstToken('h100-sxm-80gb', true)).toBe(firstToken('h100-sxm-80gb', false));
  });

  test('the setting takes it off the cluster', () => {
    expect(clusterOf({ 'cluster.gpu': 'rtx-pro-6000' }).cluster?.learned).toBeDefined();
    expect(clusterOf({ 'cluster.gpu': 'rtx-pro-6000', 'report.learnedTimes': false }).cluster?.learned).toBeUndefined();
    expect(clusterOf({ 'cluster.gpu': 'h100' }).cluster?.learned).toBeUndefined();
  });
});

test('a hundred products with the table cost no more than a few times those without', () => {
  const accelerator = findAccelerator('rtx-pro-6000');
  const curve = accelerator && describeDevice(accelerator, 'bf16', computeCalibration(accelerator.architecture));
  const learned = accelerator && learnedProducts(accelerator);
  if (!curve || !learned) throw new Error('the card has a curve and a table');
  const both = { ...curve, learned };
  const hundred = (device: typeof curve): number => {
    let sum = 0;
    for (let at = 0; at < 100; at++) sum += gemmTime(device, 300 + 97 * at, 4096 + 64 * at, 4096);
    return sum;
  };
  const lowest = (device: typeof curve): number => {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 60; round++) {
      const began = performance.now();
      hundred(device);
      best = Math.min(best, performance.now() - began);
    }
    return best;
  };
  lowest(both);
  expect(lowest(both)).toBeLessThan(15 * lowest(curve));
});
