/** A run that was slower than predicted: the comparison says by how much, and estimates calibrated by it move towards it and say so. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseCalibration, withEntry } from '../../server/src/core/calibration/calibration-file.ts';
import { partInfo } from '../../server/src/core/measured/parts.ts';
import { readCalibration } from '../../server/src/io/calibration-file.ts';
import { folderWith, rooflint, script } from '../cli/run.ts';
import { kinetoText, type SyntheticRun, synthetic } from './synthetic.ts';

interface Told {
  readonly files: readonly {
    readonly devices: readonly {
      readonly comparison: {
        readonly step: { readonly predicted: number; readonly measured: number };
        readonly parts: readonly { readonly id: string; readonly predicted: number; readonly measured: number }[];
        readonly words: readonly string[];
      };
    }[];
  }[];
  readonly doubts: readonly string[];
}

const cluster = ['--cluster', '8xh100'];
const layers = 24;
const microBatches = 8;

/** A run of the script's shape with these seconds per layer and micro batch, forward and backward alike. */
function run(gemm: number, attention: number, streaming: number): SyntheticRun {
  const times = { gemm, attention, streaming, tensor: 0.1e-3 };
  return {
    steps: 3,
    microBatches,
    layers,
    forward: times,
    backward: times,
    gradientReduction: 0,
    hidden: 0,
    optimizer: 2e-3,
    idle: 1e-3,
    tensorElements: 4_194_304,
    dataElements: 1,
  };
}

/** The prediction of each part, as the comparison with any trace gives it. */
async function predictedOf(folder: string): Promise<ReadonlyMap<string, number>> {
  const { out } = await rooflint(['profile', 'any.json', '--config', 'train.sh', '--json', ...cluster], folder);
  const parts = (JSON.parse(out) as Told).files[0]?.devices[0]?.comparison.parts ?? [];
  return new Map(parts.map(({ id, predicted }) => [id, predicted]));
}

/** A folder with the script and the trace of a run that took `slower` times the predicted time in products and memory-bound kernels. */
async function slowRun(slower: number): Promise<string> {
  const folder = folderWith({ 'train.sh': script(), 'any.json': kinetoText(synthetic(run(1e-3, 1e-3, 1e-3))) });
  const predicted = await predictedOf(folder);
  const each = (id: string): number => (predicted.get(id) ?? 0) / (2 * layers * microBatches);
  const slow = synthetic(run(slower * each('gemm'), each('attention'), slower * each('memory-bound')));
  writeFileSync(join(folder, 'slow.json'), kinetoText(slow));
  return folder;
}

async function stepOf(folder: string): Promise<{ readonly step: number; readonly text: string }> {
  const { out } = await rooflint(['estimate', 'train.sh', '--json', ...cluster], folder);
  const [job] = JSON.parse(out) as readonly { readonly estimate: { readonly time: { readonly step: { readonly value: number } } } }[];
  const { out: text } = await rooflint(['estimate', 'train.sh', ...cluster], folder);
  return { step: job?.estimate.time.step.value ?? 0, text };
}

test('the comparison names what takes longer, largest first, and the parts add up to the step', async () => {
  const folder = await slowRun(1.5);
  const { out, code } = await rooflint(['profile', 'slow.json', '--config', 'train.sh', '--json', ...cluster], folder);
  expect(code).toBe(0);
  const { comparison } = (JSON.parse(out) as Told).files[0]?.devices[0] ?? {};
  const gemm = comparison?.parts.find(({ id }) => id === 'gemm');
  expect((gemm?.measured ?? 0) / (gemm?.predicted ?? 1)).toBeCloseTo(1.5, 3);
  for (const side of ['predicted', 'measured'] as const) {
    const sum = comparison?.parts.reduce((all, part) => all + part[side], 0) ?? 0;
    expect(sum / (comparison?.step[side] ?? 1)).toBeCloseTo(1, 6);
  }
  expect(comparison?.words[0]).toMatch(/^The measured step is .* % (?:longer|shorter) than predicted/);
  expect(comparison?.words[1]).toMatch(/^Matrix products: .* more than predicted .*1\.50 times as long/);
});

describe('a calibration', () => {
  test('moves the estimate towards the measurement, and every estimate that rests on it says so', async () => {
    const folder = await slowRun(1.5);
    const before = await stepOf(folder);
    expect(before.text).not.toContain('calibrated');
    const { out, code } = await rooflint(['profile', 'slow.json', '--config', 'train.sh', '--write-calibration', ...cluster], folder);
    expect(code).toBe(0);
    expect(out).toContain('matrix products take 1.50 times the modelled time (3 samples, spread 0 %)');
    const after = await stepOf(folder);
    expect(after.step).toBeGreaterThan(before.step * 1.1);
    expect(after.text).toContain('calibrated by slow.json (.rooflint/calibration.json: matrix products take 1.50 times');
    // Held against the same run again, products and memory-bound kernels take what was measured.
    const again = await rooflint(['profile', 'slow.json', '--config', 'train.sh', '--json', ...cluster], folder);
    const parts = (JSON.parse(again.out) as Told).files[0]?.devices[0]?.comparison.parts ?? [];
    for (const id of ['gemm', 'memory-bound', 'attention']) {
      const part = parts.find((one) => one.id === id);
      expect((part?.measured ?? 0) / (part?.predicted ?? 1)).toBeCloseTo(1, 2);
    }
    const report = await rooflint(['report', 'train.sh', ...cluster], folder);
    expect(report.out).toContain('calibrated by slow.json');
    const { text } = await stepOf(folder);
    expect(text).toContain('calibrated by slow.json');
  });

  test('is bound to its GPU and its software', async () => {
    const folder = await slowRun(1.5);
    await rooflint(['profile', 'slow.json', '--config', 'train.sh', '--write-calibration', ...cluster], folder);
    const other = await rooflint(['estimate', 'train.sh', '--cluster', '8xa100'], folder);
    expect(other.out).not.toContain('calibrated');
    writeFileSync(
      join(folder, 'other.toml'),
      '[model]\nname = "llama3"\nflavor = "8B"\n[training]\nlocal_batch_size = 1\nseq_len = 4096\n',
    );
    const titan = await rooflint(['estimate', 'other.toml', ...cluster], folder);
    expect(titan.out).not.toContain('calibrated');
  });

  test('written twice for the same GPU and software stands once', async () => {
    const folder = await slowRun(1.5);
    for (let time = 0; time < 2; time++)
      await rooflint(['profile', 'slow.json', '--config', 'train.sh', '--write-calibration', ...cluster], folder);
    expect(readCalibration(folder).entries.length).toBe(1);
  });

  test('made against other fitted parameters, it is left out and the estimate says why', async () => {
    const folder = await slowRun(1.5);
    const before = await stepOf(folder);
    await rooflint(['profile', 'slow.json', '--config', 'train.sh', '--write-calibration', ...cluster], folder);
    const [entry] = readCalibration(folder).entries;
    if (!entry) throw new Error('no entry');
    writeFileSync(join(folder, '.rooflint/calibration.json'), withEntry({ entries: [], problems: [] }, { ...entry, model: '00000000' }));
    const after = await stepOf(folder);
    expect(after.step).toBe(before.step);
    expect(after.text).toContain('the calibration by slow.json was made against other fitted parameters of the model');
  });

  test.each([
    ['no JSON', '{', /no valid JSON/],
    ['another thing', '[]', /no list "entries"/],
    ['another version', '{"version": 9, "entries": []}', /its version is 9; this release reads 1/],
    ['an entry without names', '{"version": 1, "entries": [{}]}', /entry 1 does not say its name/],
    [
      'a factor out of reason',
      '{"version":1,"entries":[{"name":"a","gpu":"b","software":"c","model":"d","configuration":"e","gemm":{"slowdown":1e9,"samples":1,"spread":0}}]}',
      /entry 1 has a "gemm" that is no measured factor/,
    ],
  ])('that is %s costs nothing but a sentence', async (_what, text, words) => {
    const folder = folderWith({ 'train.sh': script() });
    mkdirSync(join(folder, '.rooflint'));
    writeFileSync(join(folder, '.rooflint/calibration.json'), text);
    const { out, code } = await rooflint(['estimate', 'train.sh', ...cluster], folder);
    expect(code).toBe(0);
    expect(out).toMatch(words);
  });

  test('that leads out of the workspace is not read', async () => {
    const folder = folderWith({ 'train.sh': script() });
    const elsewhere = folderWith({ 'calibration.json': '{"version":1,"entries":[]}' });
    symlinkSync(elsewhere, join(folder, '.rooflint'));
    expect(readCalibration(folder).problems).toEqual(['it leads out of the workspace and is not read']);
  });

  test('keeps what it reads', () => {
    const entry = {
      name: 'run',
      gpu: 'nvidia-h100-sxm-80gb',
      software: 'megatron-lm',
      model: 'abcdef01',
      configuration: 'train.sh',
      gemm: { slowdown: 1.25, samples: 3, spread: 0.01 },
      hostOperator: { seconds: 7e-6, samples: 100 },
      collectives: [{ kind: 'all-reduce', level: 'intra-node', latency: 1, rate: 1.5, bandwidth: 3e11, samples: 9, spread: 0.2 }],
    } as const;
    expect(parseCalibration(withEntry({ entries: [], problems: [] }, entry))).toEqual({ entries: [entry], problems: [] });
  });
});

test.each([
  [['profile', 'none.json'], /there is no file/],
  [['profile', 'train.sh'], /is not understood/],
  [['profile', 'any.json', '--write-calibration'], /needs the configuration that was run/],
  [['profile', 'any.json', '--config', 'train.sh', '--job', '3', ...cluster], /holds 1 job; --job 3 is none of them/],
])('%j ends with one sentence', async (args, words) => {
  const folder = folderWith({ 'train.sh': script(), 'any.json': kinetoText(synthetic(run(1e-3, 1e-3, 1e-3))) });
  const { code, error } = await rooflint(args, folder);
  expect(code).toBe(2);
  expect(error).toMatch(words);
});

test('a trace of another GPU or another number of ranks is doubted', async () => {
  const folder = folderWith({ 'train.sh': script(), 'any.json': kinetoText(synthetic(run(1e-3, 1e-3, 1e-3)), 0, 'NVIDIA A100-SXM4-80GB') });
  const { out } = await rooflint(['profile', 'any.json', '--config', 'train.sh', '--cluster', '16xh100'], folder);
  expect(out).toContain('any.json was measured on NVIDIA A100-SXM4-80GB, the estimate is for NVIDIA H100');
  expect(out).toContain('any.json is of a job of 8 ranks, the configuration starts 16.');
});

test('ranks of the same work that take unequal times are named', async () => {
  const folder = folderWith({
    'rank0.json': kinetoText(synthetic(run(1e-3, 1e-3, 1e-3)), 0),
    'rank1.json': kinetoText(synthetic(run(1.5e-3, 1e-3, 1e-3)), 1),
    'rank2.json': kinetoText(synthetic(run(1.02e-3, 1e-3, 1e-3)), 2),
  });
  const { out } = await rooflint(['profile', 'rank0.json', 'rank1.json', 'rank2.json'], folder);
  expect(out).toContain('The kernels of rank1.json compute 17 % longer per step than those of rank0.json');
  const even = await rooflint(['profile', 'rank0.json', 'rank2.json'], folder);
  expect(even.out).not.toContain('longer per step');
});

test('every term of the step time belongs to a part that a trace can show', async () => {
  const folder = folderWith({ 'train.sh': script('--pipeline-model-parallel-size 2') });
  const { out } = await rooflint(['estimate', 'train.sh', '--json', ...cluster], folder);
  interface Node {
    readonly id: string;
    readonly children?: readonly Node[];
  }
  const [job] = JSON.parse(out) as readonly { readonly estimate: { readonly time: { readonly step: Node } } }[];
  const children = job?.estimate.time.step.children ?? [];
  const ids = children.flatMap((term) => (term.id === 'time.pipeline' ? (term.children ?? []) : [term])).map(({ id }) => id);
  expect(ids).toContain('time.bubble');
  const shown = new Set(Object.values(partInfo).flatMap(({ terms }) => terms));
  for (const id of ids) expect(shown, id).toContain(id);
});
