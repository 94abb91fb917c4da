/** The step taken apart as the panel asks for it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profileStep, type StepProfile } from '../../server/src/core/profile/step-profile.ts';
import { idleSlots } from '../../server/src/core/schedules/idle-slots.ts';
import { simulate } from '../../server/src/core/schedules/simulate.ts';
import { estimateOf, machine, modelOf, type RandomJob, randomJob } from '../model/random-jobs.ts';

function profileOf({ fields, framework }: RandomJob): StepProfile {
  const profile = profileStep(fields, framework, machine);
  if ('refused' in profile) throw new Error(profile.refused);
  return profile;
}

describe('the profile of a step', () => {
  it('is that of the estimate, and its bars add up to the step with the bubble by cause', () => {
    const causes = new Set<string>();
    fc.assert(
      fc.property(randomJob, (job) => {
        const profile = profileOf(job);
        const { time, memory } = estimateOf(job);
        expect(profile.estimate.time.step).toEqual(time.step);
        expect(profile.stages).toBe(memory.stages.length);
        const simulation = simulate(profile.estimate.schedule);
        const idle = 'refused' in simulation ? undefined : idleSlots(simulation);
        for (let rank = 0; rank < profile.stages; rank++) {
          const { whole, bars } = profile.stepOf(rank, idle);
          expect(whole.value).toBe(time.step.value);
          const all = bars.reduce((sum, { term }) => sum + term.value, 0);
          expect(all / whole.value).toBeCloseTo(1, 9);
          for (const { term } of bars) if (term.id.startsWith('time.bubble.')) causes.add(term.id);
        }
      }),
      { numRuns: 80 },
    );
    expect([...causes]).toEqual(expect.arrayContaining(['time.bubble.warm-up', 'time.bubble.drain', 'time.bubble.imbalance']));
  });

  it('refuses with the reason what cannot be estimated', () => {
    expect(profileStep({ 'model.layers': 4 }, 'megatron-lm', machine)).toEqual({ refused: expect.stringMatching(/shape/) });
  });

  it('names the roofs in use and one of those that are as high', () => {
    const job: RandomJob = {
      family: 'llama',
      framework: 'megatron-lm',
      fields: {
        ...modelOf('llama'),
        'precision.compute': 'bf16',
        'precision.fp8': true,
        'batch.micro': 1,
        'batch.global': 128,
        'parallel.data': 128,
        'sequence.length': 4096,
      },
    };
    const { rates, bandwidth } = profileOf(job).roofs();
    expect(rates.map(({ format, used }) => [format, used])).toEqual([
      ['fp8', true],
      ['bf16', true],
      ['tf32', false],
      ['fp32', false],
    ]);
    expect(bandwidth).toBe(machine.accelerator.memory.bandwidth.value);
  });

  it('follows the memory of a stage over a schedule that is only tried', () => {
    fc.assert(
      fc.property(randomJob, (job) => {
        const profile = profileOf(job);
        const tried = simulate({
          ...profile.estimate.schedule,
          name: 'gpipe',
          virtualStages: 1,
          times: profile.estimate.schedule.times.map((row) => row.slice(0, 1)),
        });
        if ('refused' in tried) return;
        const memory = profile.memoryOf(tried, 0);
        expect(memory?.times.length).toBeGreaterThan(0);
        expect(memory?.layers.every(({ bytes }) => bytes.every((value) => value >= -1e-3 && Number.isFinite(value)))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
