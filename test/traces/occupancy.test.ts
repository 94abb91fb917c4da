/** The sweep over streams against counting moment by moment, and what it must give on hand-made cases. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byStart, occupancyOf, type Rank, type Window } from '../../server/src/core/measured/occupancy.ts';
import { type KernelColumns, medianGap, Recorder } from '../../server/src/core/measured/recorder.ts';
import { stepsOf, usualSteps } from '../../server/src/core/measured/steps.ts';

interface Piece {
  readonly start: number;
  readonly duration: number;
  readonly slot: number;
}

/** Slot 0 computes, 1 and 2 communicate, 3 copies. */
const rank: readonly Rank[] = [0, 1, 1, 2];

function columns(pieces: readonly Piece[]): { kernels: KernelColumns; slot: Uint8Array } {
  const recorder = new Recorder();
  for (const { start, duration } of pieces) recorder.kernel({ name: 'k', start, duration, device: 0, stream: 0 });
  return { kernels: recorder.finish().kernels, slot: Uint8Array.from(pieces.map((piece) => piece.slot)) };
}

function sweep(pieces: readonly Piece[], windows: readonly Window[]) {
  const { kernels, slot } = columns(pieces);
  return occupancyOf(kernels, byStart(kernels, 0), { slot, rank }, windows);
}

describe('what a moment is blamed on', () => {
  test('computation hides communication, which hides copies', () => {
    const [found] = sweep(
      [
        { start: 0, duration: 4, slot: 0 },
        { start: 3, duration: 4, slot: 1 },
        { start: 6, duration: 3, slot: 3 },
      ],
      [{ start: 0, end: 10 }],
    );
    expect([...(found?.visible ?? [])]).toEqual([4, 3, 0, 2]);
    expect([...(found?.busy ?? [])]).toEqual([4, 4, 0, 3]);
    expect(found?.idle).toBe(1);
  });

  test('two that communicate share what both show', () => {
    const [found] = sweep(
      [
        { start: 0, duration: 2, slot: 1 },
        { start: 0, duration: 2, slot: 2 },
      ],
      [{ start: 0, end: 2 }],
    );
    expect([...(found?.visible ?? [])]).toEqual([0, 1, 1, 0]);
  });

  test('a kernel across the end of a window counts in both', () => {
    const found = sweep(
      [{ start: 1, duration: 4, slot: 0 }],
      [
        { start: 0, end: 3 },
        { start: 3, end: 6 },
      ],
    );
    expect(found.map(({ visible, idle }) => [visible[0], idle])).toEqual([
      [2, 1],
      [2, 1],
    ]);
  });

  test('equals a count of every unit of time, for any kernels and windows', () => {
    const piece = fc.record({
      start: fc.integer({ min: 0, max: 40 }),
      duration: fc.integer({ min: 0, max: 12 }),
      slot: fc.integer({ min: 0, max: 3 }),
    });
    const cut = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), cut, (pieces, cuts) => {
        const edges = [...cuts].sort((a, b) => a - b);
        const windows = edges.slice(1).map((end, at) => ({ start: edges[at] ?? 0, end }));
        const found = sweep(pieces, windows);
        for (const [index, window] of windows.entries()) expectCounted(pieces, window, found[index]);
      }),
    );
  });
});

function expectCounted(pieces: readonly Piece[], { start, end }: Window, found: ReturnType<typeof sweep>[number] | undefined): void {
  const visible = [0, 0, 0, 0];
  let idle = 0;
  for (let unit = start; unit < end; unit++) {
    const running = new Set(pieces.filter((one) => one.start <= unit && unit < one.start + one.duration).map(({ slot }) => slot));
    const first = Math.min(...[...running].map((slot) => rank[slot] ?? 3));
    const blamed = [...running].filter((slot) => rank[slot] === first);
    if (blamed.length === 0) idle++;
    for (const slot of blamed) visible[slot] = (visible[slot] ?? 0) + 1 / blamed.length;
  }
  expect(found?.idle).toBeCloseTo(idle, 9);
  for (const [slot, seconds] of visible.entries()) expect(found?.visible[slot]).toBeCloseTo(seconds, 9);
}

test('what is kept is bounded, totals are not', () => {
  const recorder = new Recorder(10);
  for (let at = 0; at < 25; at++) recorder.kernel({ name: `gemm_${at % 2}`, start: at, duration: 0.5, device: 0, stream: at });
  const { kernels, beyond, names } = recorder.finish();
  expect(kernels.count).toBe(10);
  expect(beyond).toBe(15);
  expect(names.map(({ count, seconds }) => [count, seconds])).toEqual([
    [13, 6.5],
    [12, 6],
  ]);
});

test('an event that no clock can have is left out', () => {
  const recorder = new Recorder();
  const kernel = { name: 'gemm', start: 1, duration: 0.5, device: 0, stream: 7 };
  for (const damage of [{}, { duration: 1e294 }, { duration: -1 }, { duration: Number.NaN }, { start: 1e294 }]) {
    recorder.kernel({ ...kernel, ...damage });
  }
  const { kernels, names } = recorder.finish();
  expect([kernels.count, names]).toMatchObject([1, [{ count: 1, seconds: 0.5 }]]);
});

test('the usual gap between launches is known within a bin, and only from enough of them', () => {
  const few = new Recorder();
  for (let at = 0; at < 10; at++) few.launch(1, at * 8e-6);
  expect(medianGap(few.finish().launches)).toBeUndefined();
  const many = new Recorder();
  for (let at = 0; at < 200; at++) many.launch(1, at * 8e-6 + (at > 100 ? 0.5 : 0));
  const gap = medianGap(many.finish().launches) ?? 0;
  expect(gap / 8e-6).toBeGreaterThan(0.84);
  expect(gap / 8e-6).toBeLessThan(1.19);
});

describe('steps', () => {
  const { kernels } = columns([{ start: 0, duration: 100, slot: 0 }]);
  const order = byStart(kernels, 0);
  const range = (name: string, start: number, end: number) => ({ name, start, end });

  test("PyTorch's are taken before others, and reach to the next", () => {
    const ranges = [
      range('train_step 1', 0, 50),
      range('ProfilerStep#2', 10, 20),
      range('ProfilerStep#3', 22, 30),
      range('train_step 2', 50, 99),
    ];
    expect(stepsOf(ranges, kernels, order)).toEqual([range('ProfilerStep#2', 10, 22), range('ProfilerStep#3', 22, 30)]);
  });

  test('of others those that fill most of the time are taken; none gives none', () => {
    const ranges = [
      range('iteration 1', 0, 40),
      range('optimizer step', 35, 40),
      range('iteration 2', 40, 80),
      range('optimizer step', 75, 80),
    ];
    expect(stepsOf(ranges, kernels, order)?.map(({ name }) => name)).toEqual(['iteration 1', 'iteration 2']);
    expect(stepsOf([], kernels, order)).toBeUndefined();
  });

  test('the first one, which compiles, does not count', () => {
    const steps = [range('a', 0, 50), range('b', 50, 60), range('c', 60, 70), range('d', 70, 80.5)];
    expect(usualSteps(steps).map(({ start }) => start)).toEqual([50, 60, 70]);
  });
});
