import { describe, expect, it } from 'vitest';
import { findSchedule, listOperations, schedules } from '../../server/src/core/schedules/index.ts';
import type { Operation, ScheduleProblem } from '../../server/src/core/schedules/schedule.ts';

const letters = { forward: 'F', backward: 'B', 'backward-input': 'I', 'backward-weight': 'W' } as const;

/** "F3" is the forward pass of micro batch 3, "F3.1" the same on chunk 1, "I" and "W" input and weight gradient, "&" a pair. */
function written(name: string, rank: number, shape: ScheduleProblem): string {
  const schedule = findSchedule(name);
  const operations = schedule ? listOperations(schedule, rank, shape) : [];
  const text = (o: Operation) => `${letters[o.kind]}${o.microBatch}${shape.virtualStages > 1 ? `.${o.chunk}` : ''}${o.paired ? '&' : ' '}`;
  return operations.map(text).join('').trim();
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

  it('interleaved 1F1B takes a larger group where the stages do not divide the micro batches', () => {
    const shape = { stages: 2, microBatches: 3, virtualStages: 2 };
    expect(written('interleaved-1f1b', 1, shape)).toBe('F0.0 F1.0 F2.0 F0.1 B0.1 F1.1 B1.1 F2.1 B2.1 B0.0 B1.0 B2.0');
  });

  it('breadth-first runs every micro batch on one chunk before the next', () => {
    const shape = { stages: 2, microBatches: 3, virtualStages: 2 };
    expect(written('breadth-first', 0, shape)).toBe('F0.0 F1.0 F2.0 F0.1 F1.1 F2.1 B0.1 B1.1 B2.1 B0.0 B1.0 B2.0');
    expect(written('looped-bfs', 0, shape)).toBe('F0.0 F1.0 F2.0 F0.1 F1.1 F2.1 B2.1 B1.1 B0.1 B2.0 B1.0 B0.0');
  });

  it('ZB-H1 puts off as many weight gradients as the rank has ranks before it (Qi et al. 2024, figure 2)', () => {
    const shape = { stages: 4, microBatches: 5, virtualStages: 1 };
    expect(written('zb-h1', 0, shape)).toBe('F0 F1 F2 F3 I0 W0 F4 I1 W1 I2 W2 I3 W3 I4 W4');
    expect(written('zb-h1', 3, shape)).toBe('F0 I0 F1 I1 F2 I2 F3 I3 W0 F4 I4 W1 W2 W3 W4');
  });

  it('ZB-H2 starts 2 (p - r) - 1 forward passes before the first input gradient (Qi et al. 2024, figure 3)', () => {
    const shape = { stages: 3, microBatches: 6, virtualStages: 1 };
    expect(written('zb-h2', 0, shape)).toBe('F0 F1 F2 F3 F4 I0 W0 F5 I1 W1 I2 W2 I3 W3 I4 W4 I5 W5');
    expect(written('zb-h2', 1, shape)).toBe('F0 F1 F2 I0 F3 I1 F4 I2 W0 F5 I3 W1 I4 W2 I5 W3 W4 W5');
    expect(written('zb-h2', 2, shape)).toBe('F0 I0 F1 I1 F2 I2 F3 I3 F4 I4 W0 F5 I5 W1 W2 W3 W4 W5');
  });

  it('ZB-V runs both chunks of the fold, one forward and one backward pass in turn', () => {
    const shape = { stages: 2, microBatches: 3, virtualStages: 2 };
    expect(written('zb-v', 0, shape)).toBe('F0.0 F1.0 F2.0 F0.1 I0.1 W0.1 F1.1 I1.1 W1.1 I0.0 W0.0 F2.1 I2.1 W2.1 I1.0 W1.0 I2.0 W2.0');
    expect(written('zb-v', 1, shape)).toBe('F0.0 F0.1 F1.0 F1.1 I0.1 W0.1 F2.0 I0.0 W0.0 F2.1 I1.1 W1.1 I1.0 I2.1 I2.0 W1.0 W2.1 W2.0');
  });

  it('interleaved 1F1B runs as many micro batches on a chunk as its group has (Megatron-LM, get_schedule_table)', () => {
    const shape = { stages: 2, microBatches: 8, virtualStages: 2, microBatchGroup: 4 };
    expect(written('interleaved-1f1b', 1, shape)).toBe(
      'F0.0 F1.0 F2.0 F3.0 F0.1 B0.1 F1.1 B1.1 F2.1 B2.1 F3.1 B3.1 F4.0 B0.0 F5.0 B1.0 ' +
        'F6.0 B2.0 F7.0 B3.0 F4.1 B4.1 F5.1 B5.1 F6.1 B6.1 F7.1 B7.1 B4.0 B5.0 B6.0 B7.0',
    );
  });

  it('ZB-1p finds the order of ZB-H1 and ZB-2p a longer warm-up for equal times', () => {
    const shape = { stages: 2, microBatches: 4, virtualStages: 1 };
    expect(written('zb-1p', 0, shape)).toBe(written('zb-h1', 0, shape));
    expect(written('zb-1p', 1, shape)).toBe(written('zb-h1', 1, shape));
    expect(written('zb-2p', 0, shape)).toBe('F0 F1 F2 I0 F3 W0 I1 W1 I2 W2 I3 W3');
    expect(written('zb-2p', 1, shape)).toBe('F0 I0 F1 I1 F2 I2 F3 I3 W0 W1 W2 W3');
  });

  it('interleaved zero bubble puts off the weight gradients of all chunks alike', () => {
    const shape = { stages: 2, microBatches: 2, virtualStages: 2 };
    expect(written('interleaved-zero-bubble', 0, shape)).toBe('F0.0 F1.0 F0.1 F1.1 I0.1 W0.1 I1.1 W1.1 I0.0 W0.0 I1.0 W1.0');
    expect(written('interleaved-zero-bubble', 1, shape)).toBe('F0.0 F1.0 F0.1 I0.1 F1.1 I1.1 W0.1 I0.0 W1.1 I1.0 W0.0 W1.0');
  });

  // The orders that zbv_greedy.py of sail-sg/zero-bubble-pipeline-parallelism prints; larger shapes were compared once.
  it('V-Half and V-Min pack their building blocks as the authors do', () => {
    const shape = { stages: 2, microBatches: 4, virtualStages: 2 };
    expect(written('v-half', 0, shape)).toBe(
      'F0.0 F1.0 F2.0 F0.1 I0.1 W0.1 F1.1 I0.0 I1.1 W1.1 F2.1 W0.0 F3.0 I1.0 I2.1 W2.1 F3.1 I3.1 I2.0 W3.1 I3.0 W1.0 W2.0 W3.0',
    );
    expect(written('v-min', 1, shape)).toBe(
      'F0.0 F0.1 I0.1 I0.0 F1.0 F1.1 W0.1 W0.0 I1.1 I1.0 F2.0 F2.1 W1.1 W1.0 I2.1 I2.0 F3.0 F3.1 W2.1 W2.0 I3.1 I3.0 W3.1 W3.0',
    );
  });

  it('DualPipeV runs forward and backward passes in pairs once the warm-up is over', () => {
    const shape = { stages: 2, microBatches: 4, virtualStages: 2 };
    expect(written('dualpipe-v', 0, shape)).toBe(
      'F0.0 F1.0 F2.0 F0.1 I0.1 W0.1 F1.1 F3.0&B1.1 F2.1&B0.0 B2.1 F3.1&B1.0 B3.1 I2.0 W2.0 I3.0 W3.0',
    );
  });

  it('DualPipe sends half of the micro batches each way', () => {
    const shape = { stages: 2, microBatches: 4, virtualStages: 2 };
    expect(written('dualpipe', 0, shape)).toBe('F0.0 F2.1 F1.0 B2.1 F3.1&B0.0 B3.1 I1.0 W1.0');
    expect(written('dualpipe', 1, shape)).toBe('F2.1 F0.0 F3.1 B0.0 F1.0&B2.1 B1.0 I3.1 W3.1');
  });

  it('1F1B with expert overlap starts one forward pass more than it pairs', () => {
    expect(written('1f1b-expert-overlap', 0, { stages: 1, microBatches: 4, virtualStages: 1 })).toBe('F0 F1&B0 F2&B1 F3&B2 B3');
    const shape = { stages: 2, microBatches: 4, virtualStages: 2 };
    expect(written('1f1b-expert-overlap', 1, shape)).toBe(
      'F0.0 F1.0 F0.1 F1.1&B0.1 F2.0&B1.1 F3.0&B0.0 F2.1&B1.0 F3.1&B2.1 B3.1 B2.0 B3.0',
    );
  });

  it('every schedule is found by its id and says where it comes from', () => {
    for (const schedule of schedules) {
      expect(findSchedule(schedule.id)).toBe(schedule);
      expect(schedule.source).toMatch(/arXiv:\d{4}\.\d{5}/);
    }
    expect(findSchedule('no-such-schedule')).toBeUndefined();
  });
});
