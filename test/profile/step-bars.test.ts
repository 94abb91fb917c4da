/** The bars of a step and the operators of a layer: nothing lost, nothing counted twice. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layerOperators } from '../../server/src/core/profile/layer-operators.ts';
import { stepBars } from '../../server/src/core/profile/step-bars.ts';
import { busiestRank, stepTerm } from '../../server/src/core/training/step-terms.ts';
import { complete, estimateOf, numbersOf, type RandomJob, randomJob } from '../model/random-jobs.ts';

const forAll = (check: (job: RandomJob) => void, numRuns = 80): void => fc.assert(fc.property(randomJob, check), { numRuns });
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const band = { low: 0, high: 1, basis: 'none' };

describe('the bars of a step', () => {
  it('add up to the step of the estimate on every rank', () => {
    forAll((job) => {
      const numbers = numbersOf(job);
      const { step } = estimateOf(job).time;
      for (const plan of numbers.plans) {
        const bars = stepBars(stepTerm(complete(job), band, numbers, plan.rank));
        expect(sum(bars.map(({ term }) => term.value)) / step.value).toBeCloseTo(1, 9);
        expect(bars.every(({ term }) => term.value > 0)).toBe(true);
      }
    });
  });

  it('are those of the busiest rank in the estimate', () => {
    forAll((job) => {
      const numbers = numbersOf(job);
      const { step } = estimateOf(job).time;
      expect(stepBars(step)).toEqual(stepBars(stepTerm(complete(job), band, numbers, busiestRank(numbers))));
    }, 20);
  });

  it('say of every second what it is and what it comes from', () => {
    forAll((job) => {
      for (const { term } of stepBars(estimateOf(job).time.step)) {
        expect(term.formula, term.id).toBeTruthy();
        expect(term.inputs?.length, term.id).toBeGreaterThan(0);
        expect(
          term.inputs?.some(({ field }) => field !== undefined),
          term.id,
        ).toBe(true);
      }
    }, 40);
  });
});

describe('the operators of a layer', () => {
  it('take as long as its products, its attention and its memory-bound kernels', () => {
    forAll((job) => {
      const training = complete(job);
      const { devices, times } = numbersOf(job);
      training.model.blocks.forEach((block, kind) => {
        const work = times.blocks[kind];
        const operators = layerOperators(training, block, devices);
        for (const pass of ['forward', 'backward'] as const) {
          const all = sum(operators.filter((operator) => operator.pass === pass).map(({ seconds }) => seconds));
          const expected = work ? work[pass].gemm + work[pass].attention + work[pass].streaming : 0;
          expect(all / expected).toBeCloseTo(1, 9);
        }
      });
    });
  });

  it('never beat the roof that the data sheet gives', () => {
    forAll((job) => {
      const training = complete(job);
      const { devices } = numbersOf(job);
      const peak = Math.max(devices.linear.peak, devices.plain.peak);
      for (const block of training.model.blocks) {
        for (const { label, flops, bytes, seconds } of layerOperators(training, block, devices)) {
          if (flops !== undefined) expect(flops / seconds, label).toBeLessThanOrEqual(peak);
          if (bytes !== undefined) expect(bytes / seconds, label).toBeLessThanOrEqual(devices.plain.bandwidth * 1.0001);
        }
      }
    });
  });
});
