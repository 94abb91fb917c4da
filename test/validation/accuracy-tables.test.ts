import { describe, expect, test } from 'vitest';
import { answeredOf, figuresOf, holdOut, targets } from '../../server/src/validation/accuracy.ts';
import { isHeldOut } from '../../server/src/validation/hold-out.ts';
import { validate } from '../../server/src/validation/run.ts';
import { tableCatalog } from '../../server/src/validation/table-catalog.ts';

const row = {
  kind: 'throughput',
  model: { layers: 8, hidden: 1024, heads: 8, ffn: 4096, vocab: 50000, seq: 1024, gated_mlp: false },
  hardware: { gpu: 'A100 80GB', gpus: 8, gpus_per_node: 8 },
  parallel: { tp: 1, pp: 1, dp: 8, zero: 1 },
  batch: { micro: 1, global: 16 },
  recompute: 'none',
};
/** Two names, of which one is held out and the other is not. */
const names = Array.from({ length: 50 }, (_, index) => `source ${index}`);
const [open, held] = [names.find((name) => !isHeldOut(name)) ?? '', names.find(isHeldOut) ?? ''];
const report = validate(
  [
    { ...row, id: 'a', source: open, measured: { iter_s: 1, tokens_per_s_per_gpu: 16384, peak_mem_gib: 5, peak_reserved_gib: 6 } },
    { ...row, id: 'b', source: held, measured: { iter_s: 2, peak_mem_gib: 5 } },
    { ...row, id: 'd', source: open, note: 'batch unknown', measured: { iter_s: 2, peak_mem_gib: 5 } },
    { ...row, id: 'c', source: held, hardware: { gpu: 'Quantum 3000', gpus: 8 }, measured: { iter_s: 2 } },
  ]
    .map((one) => JSON.stringify(one))
    .join('\n'),
  tableCatalog,
);
const figures = figuresOf(report);

describe('figures', () => {
  test('throughput and step time are one measurement; every memory figure is its own', () => {
    expect(figures.filter(({ kind }) => kind === 'throughput').map(({ id, field }) => `${id} ${field}`)).toEqual([
      'a tokens_per_s_per_gpu',
      'b iter_s',
    ]);
    expect(figures.filter(({ kind }) => kind === 'other-memory').map(({ field }) => field)).toEqual(['peak_reserved_gib']);
  });

  test('each knows its source, software, device and regime', () => {
    expect(figures[0]?.group).toMatchObject({
      source: open,
      heldOut: false,
      gpu: expect.stringContaining('A100'),
      regime: { family: 'megatron', generation: 'ampere', technique: 'plain' },
    });
  });
});

test('the held-out part is compared with the rest', () => {
  const { fitted, heldOut, ratio } = holdOut(figures.filter(({ kind }) => kind === 'throughput'));
  expect([fitted.rows, heldOut.rows]).toEqual([1, 1]);
  expect(ratio).toBeCloseTo(heldOut.median / fitted.median, 9);
  expect(holdOut([]).ratio).toBe(1);
});

test('rows are answered or refused with a reason', () => {
  expect(answeredOf(report.rows)).toEqual({ rows: 4, answered: 3, refused: [[expect.stringContaining('Quantum 3000'), 1]] });
});

test('what an answered row states and nobody predicts is told', () => {
  expect(report.untold).toEqual([{ id: 'd', quantity: 'throughput' }]);
});

test('runs that fitted are not predicted to run out', () => {
  expect(report.fits).toEqual([
    { id: 'a', ranOut: false, predicted: false },
    { id: 'b', ranOut: false, predicted: false },
    { id: 'd', ranOut: false, predicted: false },
  ]);
});

test('every aim wants something, and no figure of an exercise counts as a real run', () => {
  for (const { median, p90, mean, most } of targets) expect([median, p90, mean, most].some((value) => value !== undefined)).toBe(true);
  const real = targets.find(({ title }) => title.startsWith('Throughput'));
  expect(figures.some((figure) => real?.figures(figure))).toBe(true);
  expect(figures.some((figure) => real?.figures({ ...figure, id: 'vtrain-single-0001' }))).toBe(false);
});
