import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import type { Log } from 'sarif';
import { describe, expect, test } from 'vitest';
import { folderWith, rooflint, root, script } from './run.ts';
import { sarifShape } from './sarif-shape.ts';

/** Two mistakes at known places: 16 heads over TP 3 is an error. */
const wrong = script().replace('TP=2', 'TP=3');
/** Nothing but a note: the vocabulary is padded. */
const noted = `export CUDA_DEVICE_MAX_CONNECTIONS=1\n${script()}`;

interface Entry {
  readonly rule: string;
  readonly severity: string;
  readonly place: { readonly path: string; readonly line: number; readonly column: number; readonly endColumn: number };
}

async function check(files: Record<string, string>, ...args: string[]) {
  return rooflint(['check', ...args], folderWith(files));
}

describe('exit codes', () => {
  test('0 when nothing is at or above the threshold, 1 when something is', async () => {
    expect((await check({ 'a.sh': noted }, 'a.sh', '--cluster', 'h100')).code).toBe(0);
    expect((await check({ 'a.sh': noted }, 'a.sh', '--cluster', 'h100', '--max-severity', 'info')).code).toBe(1);
    expect((await check({ 'a.sh': wrong }, 'a.sh')).code).toBe(1);
    expect((await check({ 'a.sh': wrong }, 'a.sh', '--max-severity', 'error')).code).toBe(1);
  });

  test('a warning is below the threshold "error"', async () => {
    const files = { 'a.sh': script() };
    const entries = (JSON.parse((await check(files, 'a.sh', '--format', 'json')).out) as { findings: Entry[] }).findings;
    expect(entries.some(({ severity }) => severity === 'warning')).toBe(true);
    expect(entries.some(({ severity }) => severity === 'error')).toBe(false);
    expect((await check(files, 'a.sh', '--max-severity', 'error')).code).toBe(0);
    expect((await check(files, 'a.sh')).code).toBe(1);
  });

  test('a file that no framework knows is clean', async () => {
    const { code, out } = await check({ 'notes.json': '{ broken' }, 'notes.json');
    expect(code).toBe(0);
    expect(out).toBe('1 file checked, nothing found.\n');
  });
});

describe('walking', () => {
  test('finds configurations in folders and leaves node_modules and .git alone', async () => {
    const folder = folderWith({ 'a.sh': wrong, 'readme.md': 'TP=3', 'notes.json': '{}' });
    for (const name of ['jobs', 'node_modules', '.git']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'b.sh'), wrong);
    }
    const { files, findings } = JSON.parse((await rooflint(['check', '.', '--format', 'json'], folder)).out) as {
      files: number;
      findings: Entry[];
    };
    expect(files).toBe(3);
    expect([...new Set(findings.map(({ place }) => place.path))].sort()).toEqual(['a.sh', join('jobs', 'b.sh')]);
  });

  test('kernels in a folder are checked too', async () => {
    const kernel = '__global__ void k(int *x) {}\nvoid run(int *x) { k<<<1, 100>>>(x); }\n';
    const { out } = await check({ 'a.cu': kernel, 'b.cuh': kernel, 'c.txt': kernel }, '.', '--format', 'json');
    const places = (JSON.parse(out) as { findings: Entry[] }).findings.map(({ rule, place }) => [rule, place.path]);
    expect(places).toEqual([
      ['block-not-multiple-of-warp', 'a.cu'],
      ['block-not-multiple-of-warp', 'b.cuh'],
    ]);
  });

  test('a file that is named twice is looked at once', async () => {
    const { out } = await check({ 'a.sh': noted }, 'a.sh', '.', '--format', 'json');
    expect((JSON.parse(out) as { files: number }).files).toBe(1);
  });

  test('an unreadable file in a folder is skipped with a word, and the rest is checked', async () => {
    const folder = folderWith({ 'a.sh': wrong, 'b.json': new Uint8Array([123, 0, 125]) });
    const { code, out, error } = await rooflint(['check', '.'], folder);
    expect(code).toBe(1);
    expect(error).toMatch(/^rooflint: skipped, b\.json cannot be used/);
    expect(out).toMatch(/1 file checked/);
  });
});

test('text shows the line with carets under what is meant, and related places', async () => {
  const { out } = await check({ 'a.sh': wrong }, 'a.sh');
  expect(out).toMatch(/^a\.sh:2:4: error: 16 attention heads cannot be split over TP 3: .* \[heads-not-divisible-by-tensor-parallel\]$/m);
  expect(out).toMatch(/^ {2}2 \| TP=3\n {4}\| {4}\^$/m);
  expect(out).toMatch(/^ {2}a\.sh:5:\d+: .*16/m);
  expect(out).toMatch(/1 file checked: \d+ errors?/);
});

test('columns are UTF-16 units, also behind text that is not ASCII', async () => {
  const { out } = await check(
    { 'ds.json': '{ "名前": "😀", "train_batch_size": 250, "train_micro_batch_size_per_gpu": 8, "gradient_accumulation_steps": 4 }' },
    'ds.json',
    '--format',
    'json',
  );
  const finding = (JSON.parse(out) as { findings: Entry[] }).findings.find(({ rule }) => rule === 'batch-triple-mismatch');
  const line = '{ "名前": "😀", "train_batch_size": 250';
  expect(finding?.place).toMatchObject({ line: 1, column: line.length - 2, endColumn: line.length + 1 });
});

describe('sarif', () => {
  async function log(files: Record<string, string>): Promise<Log> {
    return JSON.parse((await check(files, '.', '--format', 'sarif')).out) as Log;
  }

  test('has the shape the standard asks for', async () => {
    const validate = new Ajv({ allErrors: true }).compile(sarifShape);
    for (const files of [{ 'a.sh': wrong, 'with space.sh': wrong }, { 'a.sh': 'echo nothing' }]) {
      validate(await log(files));
      expect(validate.errors).toBeNull();
    }
  });

  test('places, rules and levels belong together', async () => {
    const [run] = (await log({ 'a.sh': wrong })).runs;
    const rules = run?.tool.driver.rules ?? [];
    const heads = run?.results?.find(({ ruleId }) => ruleId === 'heads-not-divisible-by-tensor-parallel');
    expect(heads?.level).toBe('error');
    expect(rules[heads?.ruleIndex ?? -1]?.id).toBe(heads?.ruleId);
    expect(heads?.locations?.[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: 'a.sh', uriBaseId: 'SRCROOT' },
      region: { startLine: 2, startColumn: 4, endLine: 2, endColumn: 5 },
    });
    expect(heads?.relatedLocations?.length).toBeGreaterThan(0);
  });

  test.runIf(existsSync(join(root, 'docs/rules/heads-not-divisible-by-tensor-parallel.md')))('help is the page of the rule', async () => {
    const [run] = (await log({ 'a.sh': wrong })).runs;
    const rule = run?.tool.driver.rules?.find(({ id }) => id === 'heads-not-divisible-by-tensor-parallel');
    expect(rule?.help?.markdown).toContain('#');
  });
});

test('github writes one command per finding, with what it cannot hold escaped', async () => {
  const { out, code } = await check({ 'a,b.sh': wrong }, '.', '--format', 'github');
  expect(code).toBe(1);
  const lines = out.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines)
    expect(line).toMatch(
      /^::(error|warning|notice) file=a%2Cb\.sh,line=\d+,endLine=\d+(,col=\d+,endColumn=\d+)?,title=rooflint [a-z0-9-]+::\S/,
    );
  expect(out).toContain('::error file=a%2Cb.sh,line=2,endLine=2,col=4,endColumn=5,title=rooflint heads-not-divisible-by-tensor-parallel::');
});

test('the examples hold the mistakes that were planted, and only there', async () => {
  const { code, out } = await rooflint(['check', 'examples', '--format', 'json']);
  expect(code).toBe(1);
  const { findings } = JSON.parse(out) as { findings: Entry[] };
  const errors = findings.filter(({ severity }) => severity === 'error');
  expect([...new Set(errors.map(({ place }) => place.path.replaceAll('\\', '/')))].sort()).toEqual([
    'examples/deepspeed/batch-mistake.json',
    'examples/megatron/pretrain-13b-mistakes.sh',
    'examples/serving/serve-70b-too-long.sh',
  ]);
  expect(new Set(errors.map(({ rule }) => rule)).size).toBeGreaterThanOrEqual(7);
});
