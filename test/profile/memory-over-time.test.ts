/** Memory over time against the figures of the estimate. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activationParts } from '../../server/src/core/memory/activation-parts.ts';
import { layerMemory } from '../../server/src/core/memory/activations.ts';
import { type MemoryOverTime, memoryOverTime } from '../../server/src/core/profile/memory-over-time.ts';
import { simulate } from '../../server/src/core/schedules/simulate.ts';
import { complete, numbersOf, type RandomJob, randomJob } from '../model/random-jobs.ts';

const forAll = (check: (job: RandomJob) => void, numRuns = 60): void => fc.assert(fc.property(randomJob, check), { numRuns });

function seriesOf(job: RandomJob): readonly MemoryOverTime[] {
  const numbers = numbersOf(job);
  const simulation = simulate(numbers.request);
  if ('refused' in simulation) throw new Error(simulation.refused);
  return numbers.plans.flatMap(({ rank }) => memoryOverTime(complete(job), numbers, simulation, rank) ?? []);
}

describe('parts of the activations', () => {
  it('add up to what a layer keeps', () => {
    forAll((job) => {
      const training = complete(job);
      for (const block of training.model.blocks) {
        const parts = Object.values(activationParts(training, block));
        expect(parts.every((bytes) => bytes >= -1e-6)).toBe(true);
        const { kept } = layerMemory(training, block);
        expect(Math.abs(parts.reduce((sum, bytes) => sum + bytes, 0) - kept)).toBeLessThanOrEqual(1e-9 * Math.max(1, kept));
      }
    }, 150);
  });
});

describe('memory over time', () => {
  it('peaks at no more than the estimate says, and at as much where the fullest moment is one of the schedule', () => {
    const ratios: number[] = [];
    forAll((job) => {
      const { stages } = numbersOf(job);
      seriesOf(job).forEach(({ peak }, rank) => {
        ratios.push(peak.allocated / (stages[rank]?.allocated ?? 0));
      });
    }, 200);
    ratios.sort((a, b) => a - b);
    console.log(ratios.length, ratios[0], ratios[Math.floor(ratios.length * 0.05)], ratios[ratios.length >> 1], ratios[Math.floor(ratios.length * 0.95)], ratios.at(-1));
    console.log(ratios.filter((r) => r > 1.0001).length, ratios.filter((r) => r < 0.999).length);
  });
});
