/** Orders that users write: read back, checked, and told at which cell they are wrong. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSchedule, listOperations } from '../../server/src/core/schedules/index.ts';
import type { ScheduleRequest } from '../../server/src/core/schedules/schedule.ts';
import { simulate, simulateMakespan } from '../../server/src/core/schedules/simulate.ts';
import { checkOrder } from '../../server/src/core/schedules/written/order.ts';
import { orderAsCsv } from '../../server/src/core/schedules/written/print.ts';
import { writtenScheduleName } from '../../server/src/core/schedules/written/schedule.ts';
import { csvRows, jsonRows } from '../../server/src/core/schedules/written/table.ts';
import { anyRequest, equalStages } from './request.ts';

function check(text: string) {
  const rows = csvRows(text) ?? [];
  const { order, problems } = checkOrder(rows);
  return { order, problems: problems.map(({ rank, place, message }) => `${rank}:${rows[rank]?.[place]?.text ?? ''}: ${message}`) };
}

/** 1F1B on two ranks with two micro batches. */
const good = ['0F0,0F1,0B0,0B1', '1F0,1B0,1F1,1B1'];

describe('any schedule written out', () => {
  it('reads back as the same order with the same times', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const schedule = findSchedule(request.name);
        const text = schedule && orderAsCsv(schedule, request);
        if (!schedule || text === undefined) {
          expect(request.name).toBe('dualpipe');
          return;
        }
        const { order, problems } = check(text);
        expect(problems).toEqual([]);
        if (!order) throw new Error('no order');
        const again: ScheduleRequest = { ...request, name: writtenScheduleName(order), writtenOrder: text };
        for (let rank = 0; rank < request.stages; rank++) {
          expect(listOperations(findSchedule(again.name) ?? schedule, rank, again)).toEqual(listOperations(schedule, rank, request));
        }
        const [one, other] = [simulateMakespan(request), simulateMakespan(again)];
        if ('refused' in one || 'refused' in other) throw new Error(JSON.stringify([one, other]));
        expect(other.makespan).toBeCloseTo(one.makespan, 6);
        expect([...other.peakInFlight]).toEqual([...one.peakInFlight]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a written order', () => {
  it('is read from CSV, with blanks, quotes and empty cells, and from JSON', () => {
    const expected = check(good.join('\n')).order;
    expect(expected).toMatchObject({ ranks: 2, stages: 2, microBatches: 2, virtualStages: 1, placement: 'loop' });
    const loose = check('\uFEFF 0F0, "0F1",,,0B0 ,0B1\r\n,1F0,1B0,1F1,1B1\r\n\r\n').order;
    expect(loose?.rows.map((row) => row.map(({ kind, microBatch }) => kind + microBatch))).toEqual(
      expected?.rows.map((row) => row.map(({ kind, microBatch }) => kind + microBatch)),
    );
    for (const value of [good, good.map((row) => row.split(',')), { order: good }]) {
      expect(checkOrder(jsonRows(value) ?? []).order).toEqual(expected);
    }
    expect(jsonRows({ train: 1 })).toBeUndefined();
  });

  it('spells whole and split backward passes as PyTorch does now and as it did in 2024', () => {
    const kinds = (text: string) => check(text).order?.rows[0]?.map(({ kind }) => kind);
    expect(kinds('0F0,0B0')).toEqual(['forward', 'backward']);
    expect(kinds('0F0,0I0,0W0,0F1,0B1')).toEqual(['forward', 'backward-input', 'backward-weight', 'forward', 'backward']);
    expect(kinds('0F0,0B0,0W0')).toEqual(['forward', 'backward-input', 'backward-weight']);
    expect(kinds('0F0,0BW0')).toEqual(['forward', 'backward']);
  });

  it('knows folded stages, and pairs that run together', () => {
    const { order, problems } = check('0F0,3F0,0F1,3B0,(3F1;0B0)OVERLAP_F_B,3B1,0B1\n1F0,2F0,1F1,2F1,2B0,1B0,2B1,1B1');
    expect(problems).toEqual([]);
    expect(order).toMatchObject({ placement: 'v', virtualStages: 2 });
    expect(order?.rows[0]?.filter(({ paired }) => paired)).toHaveLength(1);
  });

  it('may write out messages and gathers', () => {
    const text = [
      '0UNSHARD,0F0,0SEND_F0,0F1,0SEND_F1,0RECV_B0,0B0,0RECV_B1,0B1,0REDUCE_GRAD,0RESHARD',
      '1UNSHARD,1RECV_F0,1F0,1RECV_F1,1B0,1SEND_B0,1F1,1B1,1SEND_B1,1REDUCE_GRAD,1RESHARD',
    ];
    expect(check(text.join('\n')).problems).toEqual([]);
  });
});

describe('what is wrong is told at its cell', () => {
  it.each([
    ['no action', ['0F0,0G1,0B0', '1F0,1B0'], /^0:0G1: "0G1" is no action/],
    ['no micro batch', ['0F,0B0', '1F0,1B0'], /^0:0F: .*names no micro batch/],
    ['doubled', ['0F0,0F0,0B0', '1F0,1B0'], /^0:0F0: the forward pass of micro batch 0 on stage 0 comes twice/],
    ['on two ranks', ['0F0,0B0', '1F0,0F1,1B0'], /^1:0F1: stage 0 is on rank 0/],
    ['too early', ['0B0,0F0', '1F0,1B0'], /^0:0B0: .*comes before its forward pass/],
    ['no input gradient', ['0F0,0W0,0I0', '1F0,1I0,1W0'], /^0:0W0: .*comes before its input gradient/],
    ['missing', ['0F0,0F1,0B0', '1F0,1B0,1F1,1B1'], /^0:0B0: the backward pass of micro batch 1 on stage 0 is missing/],
    ['weight gradient missing', ['0F0,0I0', '1F0,1I0,1W0'], /^0:0I0: the weight gradient of micro batch 0 on stage 0 is missing/],
    ['a stage missing', ['0F0,0B0', '2F0,2B0'], /stage 1 is on no rank/],
    ['stages elsewhere', ['1F0,1B0', '0F0,0B0'], /stage 0 is on rank 1; stages are followed where/],
    ['standing still', ['0F0,0B0,0F1,0B1', '1F0,1F1,1B0,1B1'], /^0:0B0: the pipeline stands still here: 0B0 waits for 1B0/],
    ['nothing', [',,', ','], /no forward or backward pass/],
    ['huge numbers', ['0F0,0B0,900000000000F0', '1F0,1B0'], /is missing|on no rank/],
  ] as const)('%s', (_what, rows, message) => {
    const { order, problems } = check(rows.join('\n'));
    expect(order).toBeUndefined();
    expect(problems.join('\n')).toMatch(new RegExp(message.source, 'm'));
    expect(problems.length).toBeLessThanOrEqual(100);
  });

  it.each([
    ['late', '1F0,1RECV_F0,1B0,1SEND_B0', /^1:1F0: 1F0 runs before 1RECV_F0 received its input/],
    ['alone', '1RECV_F0,1F0,1B0', /^0:0RECV_B0: 0RECV_B0 has no counterpart/],
  ] as const)('a message that comes %s', (_what, row, message) => {
    const { order, problems } = check(`0F0,0SEND_F0,0RECV_B0,0B0\n${row}`);
    // The order of passes is sound, so it is still followed.
    expect(order).toBeDefined();
    expect(problems.join('\n')).toMatch(new RegExp(message.source, 'm'));
  });

  it('also for sends that cross, and for parameters that are not there', () => {
    const crossed = check('0F0,0F1,0SEND_F1,0SEND_F0,0RECV_B0,0B0,0RECV_B1,0B1\n1RECV_F0,1F0,1B0,1SEND_B0,1RECV_F1,1F1,1B1,1SEND_B1');
    expect(crossed.problems.join('\n')).toMatch(/0SEND_F1 meets 1RECV_F0 of rank 1/);
    expect(check('0UNSHARD,0F0,0RESHARD,0B0').problems.join('\n')).toMatch(/0B0 runs while the parameters of stage 0 are not gathered/);
  });
});

it('any text is read without an exception', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123FBIW,;()\n OVERLAP_F_BSENDRECUHG'), maxLength: 80 }), (text) => {
      const { order, problems } = checkOrder(csvRows(text) ?? []);
      expect(order !== undefined || problems.length > 0).toBe(true);
    }),
    { numRuns: 500 },
  );
});

it('a schedule refuses an order for another shape', () => {
  const request = { ...equalStages({ name: 'written', stages: 2, microBatches: 2, virtualStages: 1 }), writtenOrder: good.join('\n') };
  const refusal = (more: Partial<ScheduleRequest>) => {
    const result = simulate({ ...request, ...more });
    return 'refused' in result ? result.refused : undefined;
  };
  expect(refusal({})).toBeUndefined();
  expect(refusal({ microBatches: 3 })).toMatch(/for 2 micro batches, not 3/);
  expect(refusal({ writtenOrder: '0F0' })).toMatch(/rank 0, cell 1: .*missing/);
  expect(refusal({ writtenOrder: '' })).toMatch(/no forward or backward pass/);
  expect(refusal({ name: 'written-v' })).toMatch(/other ranks/);
});
