import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScheduleRequest } from '../../server/src/core/schedules/schedule.ts';
import { forwardKind, type Simulation, simulate, transferKind } from '../../server/src/core/schedules/simulate.ts';
import {
  boxesOf,
  computeSpan,
  detailOf,
  firstInView,
  layoutRows,
  neighbour,
  tailSpans,
  targetAt,
  transferSpan,
} from '../../webview/src/layout.ts';
import { byteTicks, stepLine } from '../../webview/src/memory-series.ts';
import { toTime, toX } from '../../webview/src/time-scale.ts';
import { computeShares } from '../../webview/src/timeline/columns.ts';
import { bytesHeld, heldBytesOf } from '../../webview/src/timeline/held-bytes.ts';
import { anyRequest, equalStages } from '../schedules/request.ts';

function simulated(request: ScheduleRequest): Simulation {
  const result = simulate(request);
  if ('refused' in result) throw new Error(result.refused);
  return result;
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
/** A simulation and a scale over a part of it. */
const seen = fc.tuple(anyRequest, share, fc.double({ min: 0.01, max: 1, noNaN: true })).map(([request, at, length]) => {
  const simulation = simulated(request);
  const total = simulation.stepSeconds;
  const start = at * (1 - length) * total;
  return { simulation, scale: { start, end: start + length * total, left: 66, width: 800 } };
});
const at = (column: ArrayLike<number>, index: number): number => column[index] ?? Number.NaN;

describe('rows', () => {
  it('lie under one another without overlap, and never make a canvas too tall', () => {
    for (const stages of [1, 8, 9, 16, 33, 64, 500, 4096]) {
      for (const lane of [true, false]) {
        const rows = layoutRows(stages, lane);
        expect(rows.bar + rows.lane).toBeLessThanOrEqual(rows.pitch);
        expect(rows.bar).toBeGreaterThan(0);
        expect(rows.height).toBeLessThan(8100);
      }
    }
  });
});

describe('boxes in sight', () => {
  it('are exactly the operations that touch the view, in order and inside the scale', () => {
    fc.assert(
      fc.property(seen, ({ simulation, scale }) => {
        for (let rank = 0; rank < simulation.request.stages; rank++) {
          const span = computeSpan(simulation, rank, scale);
          for (let index = at(simulation.computeOffset, rank); index < at(simulation.computeOffset, rank + 1); index++) {
            const touches = at(simulation.end, index) > scale.start && at(simulation.start, index) < scale.end;
            const counted = index >= span.first && index < span.last;
            // An operation without duration may lie inside the span.
            if (at(simulation.end, index) > at(simulation.start, index)) expect(counted).toBe(touches);
          }
          let right = scale.left;
          for (const box of boxesOf(simulation, span, scale)) {
            expect(box.x).toBeGreaterThanOrEqual(right - 1e-6);
            expect(box.width).toBeGreaterThanOrEqual(0);
            right = box.x + box.width;
          }
          expect(right).toBeLessThanOrEqual(scale.left + scale.width + 1e-6);
        }
      }),
    );
  });

  it('as shares of pixels, hold the same time as the boxes', () => {
    fc.assert(
      fc.property(seen, ({ simulation, scale }) => {
        const none = new Float32Array(scale.width);
        const [forward = none, backward = none] = computeShares(simulation, 0, scale);
        const sum = (column: Float32Array) => column.reduce((total, value) => total + value, 0);
        const boxes = boxesOf(simulation, computeSpan(simulation, 0, scale), scale);
        expect(sum(forward) + sum(backward)).toBeCloseTo(
          boxes.reduce((total, box) => total + box.width, 0),
          2,
        );
        forward.forEach((value, column) => {
          expect(value + (backward[column] ?? 0)).toBeLessThanOrEqual(1.001);
        });
      }),
    );
  });

  it('become pixels where they are too many or too narrow', () => {
    const scale = { start: 0, end: 1, left: 0, width: 900 };
    expect(detailOf({ first: 0, last: 100 }, 8, scale)).toBe('boxes');
    expect(detailOf({ first: 0, last: 301 }, 1, scale)).toBe('pixels');
    expect(detailOf({ first: 0, last: 100 }, 64, scale)).toBe('pixels');
  });
});

describe('what is under the pointer', () => {
  it('is the operation, bubble or tail whose time it is', () => {
    fc.assert(
      fc.property(seen, share, share, ({ simulation, scale }, across, down) => {
        const rows = layoutRows(simulation.request.stages, false);
        const rank = Math.min(rows.count - 1, Math.floor(down * rows.count));
        const x = scale.left + across * scale.width;
        const target = targetAt(simulation, rows, scale, x, rows.top + rank * rows.pitch + rows.bar / 2);
        const time = toTime(scale, x);
        if (target === undefined) {
          expect(time).toBeGreaterThanOrEqual(simulation.stepSeconds * (1 - 1e-9));
          return;
        }
        const [start, end] =
          target.type === 'operation'
            ? [at(simulation.start, target.index), at(simulation.end, target.index)]
            : target.type === 'tail'
              ? [target.span.start, target.span.end]
              : target.type === 'bubble'
                ? [target.start, target.end]
                : [Number.NaN, Number.NaN];
        expect(start).toBeLessThanOrEqual(time);
        expect(end).toBeGreaterThanOrEqual(time);
        if (target.type === 'operation') expect(at(simulation.rank, target.index)).toBe(rank);
      }),
    );
  });

  it('is nothing outside the rows', () => {
    const simulation = simulated(equalStages({ name: '1f1b', stages: 2, microBatches: 2, virtualStages: 1 }));
    const rows = layoutRows(2, false);
    const scale = { start: 0, end: simulation.stepSeconds, left: 66, width: 500 };
    expect(targetAt(simulation, rows, scale, 100, 2)).toBeUndefined();
    expect(targetAt(simulation, rows, scale, 20, 40)).toBeUndefined();
    expect(targetAt(simulation, rows, scale, 100, 4000)).toBeUndefined();
  });

  it('is the transfer in the lane under the boxes when transfers are overlapped', () => {
    const request = equalStages(
      { name: '1f1b', stages: 2, microBatches: 2, virtualStages: 1 },
      { transfer: 0.5, transferOverlapped: true },
    );
    const simulation = simulated(request);
    const rows = layoutRows(2, true);
    const scale = { start: 0, end: simulation.stepSeconds, left: 66, width: 500 };
    const target = targetAt(simulation, rows, scale, toX(scale, 1.25), rows.top + rows.bar + 2);
    expect(target?.type === 'operation' && simulation.kind[target.index]).toBe(transferKind);
    expect(transferSpan(simulation, 0, scale)).toEqual({ first: 8, last: 10 });
  });
});

describe('the keyboard', () => {
  it('reaches every operation of a rank, and the same moment on the next rank', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const simulation = simulated(request);
        let index = firstInView(simulation, 0);
        expect(at(simulation.rank, index)).toBe(0);
        while (neighbour(simulation, index, 'previous') !== index) index = neighbour(simulation, index, 'previous');
        const visited = [index];
        while (neighbour(simulation, index, 'next') !== index) {
          index = neighbour(simulation, index, 'next');
          visited.push(index);
        }
        expect(visited).toEqual(Array.from({ length: at(simulation.computeOffset, 1) }, (_, operation) => operation));
        expect(neighbour(simulation, index, 'up')).toBe(index);
        const below = neighbour(simulation, index, 'down');
        expect(at(simulation.rank, below)).toBe(Math.min(1, request.stages - 1));
      }),
    );
  });
});

describe('after the pipeline', () => {
  it('come the parts of the tail that take time, in order', () => {
    const tail = { gradientReduction: 2, optimizer: 0, parameterGather: 3 };
    const simulation = simulated(equalStages({ name: 'gpipe', stages: 2, microBatches: 1, virtualStages: 1 }, { tail }));
    expect(tailSpans(simulation)).toEqual([
      { part: 'gradientReduction', start: 6, end: 8 },
      { part: 'parameterGather', start: 8, end: 11 },
    ]);
  });
});

describe('memory line', () => {
  it('passes through every extreme, runs left to right and keeps few points a pixel', () => {
    fc.assert(
      fc.property(seen, ({ simulation, scale }) => {
        const samples = simulation.memory[0] ?? [];
        const held = heldBytesOf(simulation, 0);
        const points = stepLine(held, scale, simulation.stepSeconds);
        expect(points.length).toBeLessThanOrEqual(4 * scale.width + 2);
        for (let index = 1; index < points.length; index++) {
          expect(points[index]?.x).toBeGreaterThanOrEqual(points[index - 1]?.x ?? 0);
        }
        const inSight = samples.filter(({ time }) => time >= scale.start && time <= scale.end).map(({ bytes }) => bytes);
        const most = Math.max(bytesHeld(held, scale.start), ...inSight);
        expect(Math.max(...points.map(({ bytes }) => bytes))).toBe(most);
        const end = Math.min(scale.end, simulation.stepSeconds);
        expect(points.at(-1)?.bytes).toBe(bytesHeld(held, end));
      }),
    );
  });

  it('holds what the rank holds during each operation', () => {
    const simulation = simulated(equalStages({ name: '1f1b', stages: 3, microBatches: 4, virtualStages: 1 }));
    for (let index = 0; index < simulation.computeCount; index++) {
      if (simulation.kind[index] !== forwardKind) continue;
      const middle = (at(simulation.start, index) + at(simulation.end, index)) / 2;
      expect(bytesHeld(heldBytesOf(simulation, at(simulation.rank, index)), middle)).toBe(at(simulation.heldBytes, index));
    }
  });

  it('has round ticks from 0', () => {
    expect(byteTicks(85 * 2 ** 30, 4).map((bytes) => bytes / 2 ** 30)).toEqual([0, 25, 50, 75]);
    expect(byteTicks(Number.NaN, 4)).toEqual([0]);
  });
});
