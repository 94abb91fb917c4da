/** What must hold for the estimate of any job, whatever its model and split. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateJob } from '../../server/src/core/estimate-job.ts';
import { complete, estimateOf, everyTerm, machine, numbersOf, type RandomJob, randomJob } from './random-jobs.ts';

const forAll = (check: (job: RandomJob) => void, numRuns = 60): void => fc.assert(fc.property(randomJob, check), { numRuns });

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

describe('the tree of any estimate', () => {
  it('has finite numbers only, none negative, and units everywhere', () => {
    forAll((job) => {
      for (const { id, value, unit } of everyTerm(estimateOf(job))) {
        expect(Number.isFinite(value), id).toBe(true);
        expect(value, id).toBeGreaterThanOrEqual(0);
        expect(unit, id).toBeTruthy();
      }
    });
  });

  it('adds up: sums, largest and products are those of their children', () => {
    forAll((job) => {
      for (const { id, value, combine, children = [] } of everyTerm(estimateOf(job))) {
        if (children.length === 0 || combine === undefined || combine === 'none') continue;
        const values = children.map((child) => child.value);
        const whole =
          combine === 'sum'
            ? values.reduce((sum, one) => sum + one, 0)
            : combine === 'max'
              ? Math.max(...values)
              : values.reduce((product, one) => product * one, 1);
        expect(Math.abs(value - whole), id).toBeLessThanOrEqual(1e-9 * Math.max(value, whole));
      }
    });
  });

  it('has bands around its values, and shares of the step that add up to one', () => {
    forAll((job) => {
      const estimate = estimateOf(job);
      for (const { id, value, band } of everyTerm(estimate)) {
        if (!band || value === 0) continue;
        expect(band.low, id).toBeLessThanOrEqual(value);
        expect(band.high, id).toBeGreaterThanOrEqual(value);
      }
      const shares = Object.values(estimate.time.shares);
      for (const share of shares) expect(share).toBeGreaterThanOrEqual(-1e-12);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    });
  });

  it('says the same numbers as the plain path', () => {
    forAll((job) => {
      const numbers = numbersOf(job);
      const { memory, time, gpus, throughput } = estimateOf(job);
      expect(gpus).toBe(numbers.gpus);
      expect(time.step.value).toBe(numbers.step);
      expect(throughput.tokensPerSecond.value).toBeCloseTo(numbers.tokens / numbers.step, 6);
      expect(memory.stages).toHaveLength(numbers.stages.length);
      memory.stages.forEach((stage, rank) => {
        const plain = numbers.stages[rank];
        expect(stage.allocated.value / (plain?.allocated ?? 0)).toBeCloseTo(1, 12);
        expect(stage.reserved.value / (plain?.reserved ?? 0)).toBeCloseTo(1, 12);
        expect(stage.device.value / (plain?.device ?? 0)).toBeCloseTo(1, 12);
      });
    });
  });

  it('is the same each time, in whatever order its parts are opened, and leaves its input alone', () => {
    forAll((job) => {
      deepFreeze(job);
      const [first, second] = [estimateOf(job), estimateOf(job)];
      const opened = (estimate: typeof first) => everyTerm(estimate);
      void second.cost;
      void second.schedule;
      void second.communication;
      expect(opened(second)).toEqual(opened(first));
      expect(estimateJob(job.fields, job.framework, deepFreeze({ ...machine }))).toHaveProperty('estimate');
      expect(complete(job)).toEqual(complete(job));
    }, 25);
  });
});
