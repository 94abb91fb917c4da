/** Orders of long steps are made from what repeats in them: the same as making every round. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enoughFor, rowsOf } from '../../server/src/core/schedules/controlled-memory.ts';
import { longRows } from '../../server/src/core/schedules/fold-rows.ts';
import { findSchedule, listOperations } from '../../server/src/core/schedules/index.ts';
import { search } from '../../server/src/core/schedules/searched-zero-bubble.ts';
import { vHalfBlock } from '../../server/src/core/schedules/v-half.ts';
import { vMinBlock } from '../../server/src/core/schedules/v-min.ts';

describe.each([
  ['V-Half', vHalfBlock],
  ['V-Min', vMinBlock],
] as const)('a long %s', (_name, block) => {
  it('is a shorter one with periods put in', () => {
    for (let stages = 2; stages <= 20; stages++) {
      const enough = enoughFor(stages);
      for (const microBatches of [2 * enough + 2, 2 * enough + 3, 3 * enough + 7]) {
        const made: number[] = [];
        const rows = longRows(
          (count) => {
            made.push(count);
            return rowsOf(block, { stages, microBatches: count, virtualStages: 2 });
          },
          microBatches,
          enough,
        );
        expect(made).toEqual([enough, enough + 1]);
        expect(rows).toEqual(rowsOf(block, { stages, microBatches, virtualStages: 2 }));
      }
    }
  });
});

describe('a long order searched for with the times', () => {
  const chunk = fc.record({
    forward: fc.integer({ min: 1, max: 4 }),
    input: fc.integer({ min: 1, max: 4 }),
    weight: fc.integer({ max: 4, min: 0 }),
  });

  it('is the same whether rounds that repeat are copied or made', () => {
    fc.assert(
      fc.property(
        fc.array(chunk, { minLength: 1, maxLength: 7 }),
        fc.boolean(),
        fc.constantFrom(0, 0.25, 1),
        fc.integer({ min: 1, max: 160 }),
        fc.constantFrom(1, 2),
        (drawn, alike, transfer, microBatches, perStage) => {
          const stages = drawn.length;
          const times = drawn.map((_, rank) => {
            const { forward, input, weight } = drawn[alike ? 0 : rank] ?? { forward: 1, input: 1, weight: 1 };
            return [{ forward, backward: input + weight, backwardInput: input, backwardWeight: weight }];
          });
          const problem = { stages, microBatches, virtualStages: 1, times, transfer };
          expect(search(problem, perStage * stages)).toEqual(search(problem, perStage * stages, false));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('does not depend on rounding: times that are sums of each other stay so', () => {
    const problem = (unit: number) => ({
      stages: 6,
      microBatches: 40,
      virtualStages: 1,
      transfer: 0,
      times: Array.from({ length: 6 }, () => [{ forward: unit, backward: 2 * unit, backwardInput: unit, backwardWeight: unit }]),
    });
    for (const name of ['zb-1p', 'zb-2p']) {
      const schedule = findSchedule(name);
      if (!schedule) throw new Error(name);
      const [whole, tenths] = [1, 0.1].map((unit) => listOperations(schedule, 2, problem(unit)));
      expect(tenths).toEqual(whole);
    }
  });
});
