import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schedules } from '../../server/src/core/schedules/index.ts';
import type { ScheduleRequest } from '../../server/src/core/schedules/schedule.ts';
import { simulate, simulateMakespan } from '../../server/src/core/schedules/simulate.ts';
import { equalStages } from './request.ts';

function refusal(request: ScheduleRequest): string {
  const full = simulate(request);
  const short = simulateMakespan(request);
  if (!('refused' in full && 'refused' in short)) throw new Error('not refused');
  expect(short.refused).toBe(full.refused);
  return full.refused;
}

describe('impossible requests', () => {
  const good = equalStages({ name: '1f1b', stages: 2, microBatches: 4, virtualStages: 1 });

  it.each([
    ['no stages', { ...good, stages: 0 }, /stages must be a whole number of at least 1, not 0/],
    ['half a micro batch', { ...good, microBatches: 2.5 }, /micro batches must be a whole number.*2\.5/],
    ['a thousand million micro batches', { ...good, microBatches: 1e9 }, /more than the/],
    ['NaN micro batches', { ...good, microBatches: Number.NaN }, /not NaN/],
    ['no VPP', { ...good, virtualStages: -1 }, /virtual stages must be/],
    ['VPP under 1F1B', equalStages({ name: '1f1b', stages: 2, microBatches: 4, virtualStages: 2 }), /1F1B has no virtual stages/],
    ['interleaving without VPP', { ...good, name: 'interleaved-1f1b' }, /needs at least 2 virtual stages/],
    [
      'one stage interleaved',
      equalStages({ name: 'interleaved-1f1b', stages: 1, microBatches: 4, virtualStages: 2 }),
      /at least 2 pipeline/,
    ],
    ['three stages both ways', equalStages({ name: 'dualpipe', stages: 3, microBatches: 8, virtualStages: 2 }), /even number of pipeline/],
    [
      'too few micro batches both ways',
      equalStages({ name: 'dualpipe', stages: 4, microBatches: 6, virtualStages: 2 }),
      /at least 8 micro/,
    ],
    ['three chunks in a fold', equalStages({ name: 'zb-v', stages: 4, microBatches: 8, virtualStages: 3 }), /exactly 2 chunks/],
    ['missing times', { ...good, times: good.times.slice(1) }, /Stage 1 needs the times/],
    ['missing memory', { ...good, memory: [] }, /Stage 0 needs the activation bytes/],
    ['NaN times', { ...good, times: [[{ forward: Number.NaN, backward: 1 }], [{ forward: 1, backward: 1 }]] }, /A time of stage 0/],
    ['infinite memory', { ...good, residentBytes: [1, Number.POSITIVE_INFINITY] }, /memory figure of stage 1/],
    ['a negative transfer', { ...good, transfer: -1 }, /transfer time/],
    ['an unknown schedule', { ...good, name: 'zigzag' as '1f1b' }, /no pipeline schedule named "zigzag"/],
    ['five thousand stages', { ...good, stages: 5000 }, /more than the 4096/],
  ] as const)('refuses %s with a sentence', (_what, request, sentence) => {
    expect(refusal(request)).toMatch(sentence);
    expect(refusal(request)).toMatch(/^[A-Z0-9].*\.$/);
  });

  it('never throws, whatever the numbers', () => {
    const wild = fc.oneof(fc.double(), fc.integer({ min: -2, max: 5 }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(wild, wild, wild, wild, (stages, microBatches, virtualStages, time) => {
        for (const { id: name } of schedules) {
          const request = { ...good, name, stages, microBatches, virtualStages, transfer: time };
          expect(() => simulate(request)).not.toThrow();
          expect(() => simulateMakespan(request)).not.toThrow();
        }
      }),
    );
  });
});
