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
      for (const { rank, peak } of seriesOf(job)) ratios.push(peak.allocated / (stages[rank]?.allocated ?? 0));
    }, 200);
    // Gradients that leave for the host, and adapters, may overlap otherwise than at the four moments of the estimate.
    expect(Math.min(...ratios)).toBeGreaterThan(0.8);
    expect(Math.max(...ratios)).toBeLessThan(1.3);
    expect(ratios.filter((ratio) => Math.abs(ratio - 1) < 1e-6).length / ratios.length).toBeGreaterThan(0.95);
  });

  it('stacks up to what nvidia-smi shows at every moment', () => {
    forAll((job) => {
      const { stages } = numbersOf(job);
      for (const { rank, layers, times, device, peak } of seriesOf(job)) {
        if (peak.allocated > (stages[rank]?.reserved ?? 0)) continue;
        for (let index = 0; index < times.length; index++) {
          const stacked = layers.reduce((sum, { bytes }) => sum + (bytes[index] ?? 0), 0);
          expect(stacked / device).toBeCloseTo(1, 9);
        }
      }
    }, 30);
  });

  it('runs forward, is never negative, and ends with what stays between steps', () => {
    forAll((job) => {
      const { stages } = numbersOf(job);
      for (const { rank, layers, times } of seriesOf(job)) {
        expect(times.every((time, index) => time >= (times[index - 1] ?? 0))).toBe(true);
        expect(layers.every(({ bytes }) => bytes.every((value) => value >= -1e-6))).toBe(true);
        const used = layers.filter(({ id }) => id !== 'cache' && id !== 'outside');
        const last = used.reduce((sum, { bytes }) => sum + (bytes.at(-1) ?? 0), 0);
        expect(last / (stages[rank]?.resident ?? 0)).toBeCloseTo(1, 9);
      }
    });
  });

  it('names the operation and the component of the peak', () => {
    const job: RandomJob = {
      family: 'llama',
      framework: 'megatron-lm',
      fields: {
        'model.layers': 16,
        'model.hidden': 4096,
        'model.heads': 32,
        'model.vocab': 32000,
        'model.ffn': 11008,
        'model.gatedMlp': true,
        'parallel.pipeline': 4,
        'parallel.data': 32,
        'cluster.gpus': 128,
        'batch.micro': 1,
        'batch.global': 32 * 8,
        'sequence.length': 4096,
        'recompute.granularity': 'none',
      },
    };
    const numbers = numbersOf(job);
    const simulation = simulate(numbers.request);
    if ('refused' in simulation) throw new Error(simulation.refused);
    const first = memoryOverTime(complete(job), numbers, simulation, 0);
    // 1F1B: the first stage is fullest at its first backward pass, with four micro batches in flight.
    expect(first?.peak.component).toBe('feedForward');
    expect(simulation.kind[first?.peak.operation ?? -1]).toBe(1);
    expect(simulation.microBatch[first?.peak.operation ?? -1]).toBe(0);
    expect(memoryOverTime(complete(job), numbers, simulation, 7)).toBeUndefined();
  });
});
