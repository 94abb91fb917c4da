import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSchedule, schedules } from '../../server/src/core/schedules/index.ts';
import { nearestChoice, reshape } from '../../server/src/core/schedules/reshape.ts';
import { simulate } from '../../server/src/core/schedules/simulate.ts';
import { anyRequest, equalStages } from './request.ts';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('reshape', () => {
  it('keeps the chunk times of the file when VPP stays', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const { name, microBatches, virtualStages } = request;
        expect(reshape(request, { name, microBatches, virtualStages })).toEqual(request);
      }),
    );
  });

  it('keeps the time and the activations of each rank when VPP changes', () => {
    fc.assert(
      fc.property(anyRequest, fc.integer({ min: 1, max: 6 }), (request, virtualStages) => {
        fc.pre(request.name !== 'dualpipe');
        const other = reshape(request, { name: 'interleaved-1f1b', microBatches: 8, virtualStages });
        for (let rank = 0; rank < request.stages; rank++) {
          expect(other.times[rank]).toHaveLength(virtualStages);
          const before = sum((request.times[rank] ?? []).map((chunk) => chunk.forward + chunk.backward));
          expect(sum((other.times[rank] ?? []).map((chunk) => chunk.forward + chunk.backward))).toBeCloseTo(before, 9);
          const bytes = sum((request.memory[rank] ?? []).map((chunk) => chunk.activations));
          expect(sum((other.memory[rank] ?? []).map((chunk) => chunk.activations))).toBeCloseTo(bytes, 9);
        }
        expect(other.transfer).toBe(request.transfer);
      }),
    );
  });

  it('gives each rank of a two-way pipeline its own stage and that of its mirror, and takes the second away again', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        fc.pre(request.name !== 'dualpipe');
        const both = reshape(request, { name: 'dualpipe', microBatches: 8, virtualStages: 2 });
        const seconds = (of: typeof both, rank: number, chunk: number) => of.times[rank]?.[chunk]?.forward ?? Number.NaN;
        const back = reshape(both, { name: '1f1b', microBatches: 8, virtualStages: 1 });
        for (let rank = 0; rank < request.stages; rank++) {
          const whole = sum((request.times[rank] ?? []).map((chunk) => chunk.forward));
          expect(seconds(both, rank, 0)).toBeCloseTo(whole, 9);
          expect(seconds(both, request.stages - 1 - rank, 1)).toBeCloseTo(whole, 9);
          expect(seconds(back, rank, 0)).toBeCloseTo(whole, 9);
        }
      }),
    );
  });

  it('puts a choice right so that its schedule runs it', () => {
    const request = equalStages({ name: '1f1b', stages: 4, microBatches: 6, virtualStages: 1 });
    const choice = fc.record({
      name: fc.constantFrom(...schedules.map(({ id }) => id)),
      microBatches: fc.integer({ min: 1, max: 100 }),
      virtualStages: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(choice, (wanted) => {
        const fitting = nearestChoice(request, wanted);
        expect('refused' in simulate(reshape(request, fitting))).toBe(false);
        const least = findSchedule(fitting.name)?.leastMicroBatches?.(4) ?? 1;
        expect(Math.abs(fitting.microBatches - Math.max(least, wanted.microBatches))).toBeLessThan(4);
      }),
    );
  });

  it('refuses rather than throws for a VPP that is no number of chunks', () => {
    const request = equalStages({ name: '1f1b', stages: 4, microBatches: 4, virtualStages: 1 });
    for (const virtualStages of [0, -1, 1.5, Number.NaN]) {
      expect('refused' in simulate(reshape(request, { name: '1f1b', microBatches: 4, virtualStages }))).toBe(true);
    }
  });
});
