import { expect, test } from 'vitest';
import { folderWith, rooflint } from './run.ts';

const row = {
  id: 'run-1',
  kind: 'throughput',
  model: { name: 'GPT 7B', layers: 32, hidden: 4096, heads: 32, seq: 4096, vocab: 51200 },
  hardware: { gpu: 'H100', gpus: 8, gpus_per_node: 8 },
  parallel: { tp: 2, pp: 1, dp: 4, zero: 1 },
  batch: { micro: 1, global: 64 },
  numerics: { compute: 'bf16', optimizer: 'adam' },
  recompute: 'none',
};
const lines = (...rows: object[]) => rows.map((one) => JSON.stringify(one)).join('\n');

test('--json prints one object with rows and a summary', async () => {
  const folder = folderWith({
    'rows.jsonl': lines(
      { ...row, measured: { iter_s: 5, mem_kind: 'allocated' } },
      { ...row, id: 'run-2', hardware: { gpu: 'Quantum 3000', gpus: 8 } },
    ),
  });
  const { code, out } = await rooflint(['validate', '--cases', 'rows.jsonl', '--json'], folder);
  expect(code).toBe(0);
  const { rows, summary } = JSON.parse(out) as { rows: Record<string, unknown>[]; summary: Record<string, unknown> };
  expect(rows[0]).toMatchObject({
    id: 'run-1',
    refused: null,
    predicted: {
      iter_s: expect.any(Number),
      tokens_per_s_per_gpu: expect.any(Number),
      peak_mem_gib: expect.any(Number),
      mfu: expect.any(Number),
    },
  });
  const assumptions = (rows[0]?.assumptions ?? []) as { why: string }[];
  expect(assumptions.length).toBeGreaterThan(0);
  expect(assumptions.every(({ why }) => why !== '')).toBe(true);
  expect(rows[1]).toMatchObject({ id: 'run-2', predicted: {}, refused: expect.stringContaining('Quantum 3000') });
  expect(summary).toMatchObject({ rows: 2, used: 1, refused: 1, errors: { throughput: { rows: 1 } } });
});

test('a row without a measurement is predicted all the same, alike', async () => {
  const folder = folderWith({
    'open.jsonl': lines({ ...row, measured: { iter_s: 5 } }),
    'blind.jsonl': lines(row),
    'empty.jsonl': lines({ ...row, measured: {} }),
  });
  const predictions = await Promise.all(
    ['open', 'blind', 'empty'].map(async (name) => {
      const { out } = await rooflint(['validate', '--cases', `${name}.jsonl`, '--json'], folder);
      return (JSON.parse(out) as { rows: { predicted: unknown }[] }).rows[0]?.predicted;
    }),
  );
  expect(predictions[1]).toEqual(predictions[0]);
  expect(predictions[2]).toEqual(predictions[0]);
});

test('the units are those of the names', async () => {
  const { out } = await rooflint(['validate', '--cases', 'rows.jsonl', '--json'], folderWith({ 'rows.jsonl': lines(row) }));
  const predicted = (JSON.parse(out) as { rows: { predicted: Record<string, number> }[] }).rows[0]?.predicted ?? {};
  const of = (name: string) => predicted[name] ?? Number.NaN;
  expect(of('peak_mem_bytes')).toBeCloseTo(of('peak_mem_gib') * 2 ** 30, -3);
  expect(of('tokens_per_s_total')).toBeCloseTo(8 * of('tokens_per_s_per_gpu'), 3);
  expect(of('iter_s')).toBeCloseTo((64 * 4096) / of('tokens_per_s_total'), 6);
  expect(of('days_for_300B_tokens')).toBeCloseTo(300e9 / of('tokens_per_s_total') / 86400, 6);
  expect(of('mfu')).toBeCloseTo(of('tflops_per_gpu') / 989, 2);
});

test('mem_scope and mem_kind choose which figure a peak is', async () => {
  const kinds = { allocated: {}, reserved: {}, sum: {} } as Record<string, object>;
  const rows = lines(
    { ...row, id: 'allocated', measured: { mem_kind: 'allocated' } },
    { ...row, id: 'reserved', measured: { mem_kind: 'reserved' } },
    { ...row, id: 'sum', measured: { mem_kind: 'reserved', mem_scope: 'sum over GPUs' } },
  );
  const { out } = await rooflint(['validate', '--cases', 'rows.jsonl', '--json'], folderWith({ 'rows.jsonl': rows }));
  const peaks = Object.fromEntries(
    (JSON.parse(out) as { rows: { id: string; predicted: { peak_mem_gib: number } }[] }).rows.map(({ id, predicted }) => [
      id,
      predicted.peak_mem_gib,
    ]),
  );
  expect(Object.keys(peaks)).toEqual(Object.keys(kinds));
  expect(peaks.reserved).toBeGreaterThan(peaks.allocated ?? Number.POSITIVE_INFINITY);
  expect(peaks.sum).toBeCloseTo(8 * (peaks.reserved ?? 0), 6);
});

test('--assumptions lists what each row left out, and why rows are refused', async () => {
  const folder = folderWith({ 'rows.jsonl': lines(row, { ...row, id: 'run-2', hardware: { gpu: 'Quantum 3000', gpus: 8 } }) });
  const { out } = await rooflint(['validate', '--cases', 'rows.jsonl', '--assumptions'], folder);
  expect(out).toMatch(/^run-1\n(?: {2}.+\n)* {2}model\.kvHeads = 32 \(.+\)$/m);
  expect(out).toMatch(/^run-2\n {2}refused: .*Quantum 3000/m);
  expect(out).toMatch(/^2 rows: 1 used, 1 refused$/m);
});

test('the text counts rows, gives reasons and names the worst', async () => {
  const { out } = await rooflint(['validate', '--cases', 'test/validation/cases/korthikanti-figure-7.jsonl']);
  expect(out).toMatch(/^16 rows: 16 used, 0 refused$/m);
  expect(out).toMatch(/^memory \/ activation_mem_pct_of_tp_baseline +16 +\d/m);
  expect(out).toMatch(/korthikanti-f7-/);
});
