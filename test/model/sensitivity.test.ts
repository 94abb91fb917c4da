import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PartialJob } from '../../server/src/core/job-fields.ts';
import type { Sources } from '../../server/src/core/origin.ts';
import { type SensitivityRow, sensitivity, uncertain } from '../../server/src/core/sensitivity/sensitivity.ts';
import { cluster, gpt3OnThousand } from './shapes.ts';

const machine = cluster('a100-sxm-80gb', 128);
const rowsOf = (fields: PartialJob = {}, sources: Sources = {}, framework = 'megatron-lm') =>
  sensitivity({ job: { ...gpt3OnThousand, ...fields }, sources, framework, cluster: machine });
const impact = ({ memory, step }: SensitivityRow) => Math.max(Math.abs(memory.share), Math.abs(step.share));
const find = (rows: readonly SensitivityRow[], id: string, alternative: SensitivityRow['alternative']) =>
  rows.find((row) => row.id === id && row.alternative === alternative);

const experts: PartialJob = {
  'model.layers': 32,
  'model.hidden': 4096,
  'model.heads': 32,
  'model.ffn': 14336,
  'model.experts': 8,
  'model.expertsPerToken': 2,
  'model.expertFfn': 14336,
  'parallel.tensor': 1,
  'parallel.sequence': false,
  'parallel.expert': 8,
  'parallel.data': 128,
};

describe('what would move the answer', () => {
  const job = fc.record({
    'parallel.tensor': fc.constantFrom(1, 2, 8),
    'parallel.pipeline': fc.constantFrom(1, 4, 8),
    'batch.micro': fc.constantFrom(1, 2),
    'recompute.granularity': fc.constantFrom('none', 'selective', 'full'),
    'zero.stage': fc.constantFrom(0, 1),
    'attention.kernel': fc.constantFrom('flash', 'unfused'),
  }) as fc.Arbitrary<PartialJob>;

  it('is sorted by the larger change, finite, without empty rows or the value in force, and pure', () => {
    fc.assert(
      fc.property(job, (chosen) => {
        const input = { ...chosen, 'parallel.data': 1024 / ((chosen['parallel.tensor'] ?? 1) * (chosen['parallel.pipeline'] ?? 1)) };
        const before = JSON.stringify(input);
        const rows = rowsOf(input);
        expect(rows.length).toBeGreaterThan(10);
        for (const [index, row] of rows.entries()) {
          expect(Number.isFinite(impact(row)), row.id).toBe(true);
          expect(impact(row), row.id).toBeGreaterThan(0);
          expect(row.alternative, row.id).not.toBe(row.now);
          if (index > 0) expect(impact(row)).toBeLessThanOrEqual(impact(rows[index - 1] as SensitivityRow));
        }
        expect(rowsOf(input)).toEqual(rows);
        expect(JSON.stringify(input)).toBe(before);
      }),
      { numRuns: 15 },
    );
  });

  it('leaves out what does not apply', () => {
    const alone = rowsOf({ 'parallel.tensor': 1, 'parallel.sequence': false, 'parallel.data': 128 });
    const ids = alone.map(({ id }) => id);
    for (const id of ['parallel.sequence', 'parallel.tpCommOverlap', 'experts.balance', 'adapter.rank', 'precision.fp8', 'parallel.expert'])
      expect(ids).not.toContain(id);
    expect(rowsOf().map(({ id }) => id)).toContain('parallel.tpCommOverlap');
    expect(rowsOf(experts).map(({ id }) => id)).toContain('experts.balance');
  });

  it('varies the model only where nobody wrote it', () => {
    const ids = (fields: PartialJob) => new Set(rowsOf(fields).map(({ id }) => id));
    expect(ids({})).not.toContain('model.vocab');
    expect(ids({ 'model.vocab': undefined } as unknown as PartialJob)).toContain('model.vocab');
    expect(ids({})).not.toContain('model.gatedMlp');
  });

  it('is empty where there is no training estimate', () => {
    expect(sensitivity({ job: { 'model.layers': 2 }, sources: {}, framework: 'megatron-lm', cluster: machine })).toEqual([]);
  });

  it('goes the way the theory says', () => {
    const rows = rowsOf();
    expect(find(rows, 'recompute.granularity', 'full')?.memory.share).toBeLessThan(-0.1);
    expect(find(rows, 'recompute.granularity', 'full')?.step.share).toBeGreaterThan(0.1);
    expect(find(rows, 'batch.micro', 2)?.memory.bytes).toBeGreaterThan(0);
    expect(find(rows, 'attention.kernel', 'flash')?.step.share).toBeLessThan(0);
    expect(find(rows, 'cluster.scaleOut', 'half of it')?.step.share).toBeGreaterThan(0);
    expect(find(rows, 'cluster.scaleOut', 'twice as much')?.step.share).toBeLessThan(0);
    for (const { memory } of rows.filter(({ id }) => /fitted\.(gemm|attention|sustained|memory|inter|intra)/.test(id)))
      expect(memory.bytes).toBe(0);
    for (const { step } of rows.filter(({ id }) => /fitted\.(slack|context|nccl)/.test(id))) expect(step.seconds).toBe(0);
    const crowded = rowsOf(experts);
    expect(find(crowded, 'experts.balance', '1.5 times')?.step.seconds).toBeGreaterThan(
      find(crowded, 'experts.balance', '1.2 times')?.step.seconds ?? Number.POSITIVE_INFINITY,
    );
  });

  it('an example: bf16 gradients of GPT-3 175B save two of the four bytes per parameter of the fullest rank', () => {
    const row = find(rowsOf(), 'precision.gradients', 'bf16');
    // 12 layers of 12 h^2 and the embedding of the first stage over TP 8, and learned positions on every rank.
    const parameters = (12 * 12 * 12288 ** 2 + 51200 * 12288) / 8 + 2048 * 12288;
    expect((row?.memory.bytes ?? 0) / (-2 * parameters)).toBeCloseTo(1, 2);
    expect(row?.now).toBe('fp32');
  });
});

describe('the short list', () => {
  it('shows each thing once and nothing that is written', () => {
    const origin = { kind: 'default', framework: 'Megatron-LM', release: 'core', why: '' } as const;
    const written = { kind: 'setting', name: 'x' } as const;
    const rows = rowsOf({}, { 'recompute.granularity': written, 'attention.kernel': origin });
    const short = uncertain(rows, 8);
    expect(short).toHaveLength(8);
    expect(new Set(short.map(({ id }) => id)).size).toBe(8);
    expect(short.map(({ id }) => id)).not.toContain('recompute.granularity');
    expect(rows.find(({ id }) => id === 'attention.kernel')?.certainty).toBe('default');
  });

  it.each(['fitted.gemm', 'fitted.attention', 'fitted.memory', 'fitted.sustained'])(
    'moves the step the other way than the rate: %s',
    (id) => {
      const parsed = (value: SensitivityRow['now']) => Number.parseFloat(String(value));
      const rows = rowsOf({ 'attention.kernel': 'flash' }).filter((row) => row.id === id);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(Math.sign(row.step.share)).toBe(Math.sign(parsed(row.now) - parsed(row.alternative)));
    },
  );

  it('never shortens the step by a slower host', () => {
    const slower = rowsOf({ 'model.hidden': 1024 }).filter((row) => row.id === 'fitted.host' && row.step.share < 0);
    for (const row of slower) expect(Number.parseFloat(String(row.alternative))).toBeLessThan(Number.parseFloat(String(row.now)));
  });
});
