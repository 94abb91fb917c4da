import { describe, expect, it } from 'vitest';
import { findSchedule, listOperations, schedules } from '../../server/src/core/schedules/index.ts';
import type { Operation, ScheduleShape } from '../../server/src/core/schedules/schedule.ts';

/** "F3" is the forward pass of micro batch 3; "F3.1" the same on chunk 1. */
function written(name: string, rank: number, shape: ScheduleShape): string {
  const schedule = findSchedule(name);
  const operations = schedule ? listOperations(schedule, rank, shape) : [];
  const letter = ({ kind }: Operation) => (kind === 'forward' ? 'F' : 'B');
  return operations.map((o) => `${letter(o)}${o.microBatch}${shape.virtualStages > 1 ? `.${o.chunk}` : ''}`).join(' ');
}

describe('order of operations', () => {
  it('GPipe runs all forward passes first', () => {
    expect(written('gpipe', 1, { stages: 3, microBatches: 3, virtualStages: 1 })).toBe('F0 F1 F2 B0 B1 B2');
  });

  it('1F1B warms up by p - rank - 1 forward passes', () => {
    const shape = { stages: 4, microBatches: 5, virtualStages: 1 };
    expect(written('1f1b', 0, shape)).toBe('F0 F1 F2 F3 B0 F4 B1 B2 B3 B4');
    expect(written('1f1b', 2, shape)).toBe('F0 F1 B0 F2 B1 F3 B2 F4 B3 B4');
    expect(written('1f1b', 3, shape)).toBe('F0 B0 F1 B1 F2 B2 F3 B3 F4 B4');
  });

  it('1F1B with fewer micro batches than stages never waits for more than there are', () => {
    expect(written('1f1b', 0, { stages: 4, microBatches: 2, virtualStages: 1 })).toBe('F0 F1 B0 B1');
  });

  it('interleaved 1F1B turns to the next chunk after p micro batches', () => {
    const shape = { stages: 2, microBatches: 4, virtualStages: 2 };
    expect(written('interleaved-1f1b', 0, shape)).toBe('F0.0 F1.0 F0.1 F1.1 F2.0 B0.1 F3.0 B1.1 F2.1 B0.0 F3.1 B1.0 B2.1 B3.1 B2.0 B3.0');
    expect(written('interleaved-1f1b', 1, shape)).toBe('F0.0 F1.0 F0.1 B0.1 F1.1 B1.1 F2.0 B0.0 F3.0 B1.0 F2.1 B2.1 F3.1 B3.1 B2.0 B3.0');
  });

  it('interleaved 1F1B agrees with the lookup table of Megatron-LM for larger shapes', () => {
    for (const [stages, groups, virtualStages] of [
      [4, 2, 2],
      [4, 3, 3],
      [3, 1, 4],
      [8, 4, 2],
    ] as const) {
      const microBatches = stages * groups;
      // The table lists, group after group of `stages` micro batches, every chunk with every micro batch of the group.
      const table: (readonly [number, number])[] = [];
      for (let group = 0; group < groups; group++) {
        for (let chunk = 0; chunk < virtualStages; chunk++) {
          for (let inGroup = 0; inGroup < stages; inGroup++) table.push([group * stages + inGroup, chunk]);
        }
      }
      for (let rank = 0; rank < stages; rank++) {
        const warmUp = Math.min((stages - rank - 1) * 2 + (virtualStages - 1) * stages, table.length);
        const forward = table.map(([microBatch, chunk]) => `F${microBatch}.${chunk}`);
        const backward = table.map(([microBatch, chunk]) => `B${microBatch}.${virtualStages - 1 - chunk}`);
        const expected = forward.slice(0, warmUp);
        for (let k = warmUp; k < table.length; k++) expected.push(forward[k] ?? '', backward[k - warmUp] ?? '');
        expected.push(...backward.slice(table.length - warmUp));
        expect(written('interleaved-1f1b', rank, { stages, microBatches, virtualStages })).toBe(expected.join(' '));
      }
    }
  });

  it('every schedule is found by its id and says where it comes from', () => {
    for (const schedule of schedules) {
      expect(findSchedule(schedule.id)).toBe(schedule);
      expect(schedule.source).toMatch(/arXiv:\d{4}\.\d{5}/);
    }
    expect(findSchedule('no-such-schedule')).toBeUndefined();
  });
});
