import { expect, test } from 'vitest';
import { folderWith, rooflint, script } from './run.ts';

interface Reading {
  readonly file: string;
  readonly framework: string | null;
  readonly kind: string | null;
  readonly facts: Record<string, unknown> & { readonly model?: Record<string, unknown> };
  readonly sources: Record<string, { readonly kind: string; readonly range?: { readonly start: number; readonly end: number } }>;
  readonly links: readonly { readonly target: string; readonly missing?: string }[];
  readonly unresolved: Record<string, string>;
  readonly problems: readonly { readonly code: string; readonly line: number }[];
  readonly unread: readonly { readonly name: string; readonly line: number }[];
  readonly jobs?: readonly { readonly facts: Record<string, unknown> }[];
}

async function read(files: Record<string, string>, ...names: string[]): Promise<Reading[]> {
  const { code, out, error } = await rooflint(['read', ...names, '--json'], folderWith(files));
  expect(error).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as Reading[];
}

test('facts carry the names people use, and say where they come from', async () => {
  const text = script();
  const [reading] = await read({ 'train.sh': text }, 'train.sh');
  expect(reading?.file).toBe('train.sh');
  expect(reading?.framework).toBe('megatron-lm');
  expect(reading?.kind).toBe('training');
  expect(reading?.facts).toMatchObject({ tp: 2, pp: 1, micro_batch: 2, global_batch: 64, seq: 2048, precision: 'bf16', world: 8, dp: 4 });
  expect(reading?.facts.model).toMatchObject({ layers: 24, hidden: 2048, heads: 16 });
  expect(reading?.facts['model.layers']).toBe(24);
  expect(reading?.sources.dp?.kind).toBe('derived');
  expect(reading?.sources.cp?.kind).toBe('default');
  const tp = reading?.sources.tp;
  expect(tp?.kind).toBe('written');
  expect(text.slice(tp?.range?.start, tp?.range?.end)).toBe('2');
});

test('"auto" is a fact, and says who fills it in', async () => {
  const [reading] = await read(
    { 'ds.json': '{ "train_micro_batch_size_per_gpu": "auto", "zero_optimization": { "stage": 2 } }' },
    'ds.json',
  );
  expect(reading?.framework).toBe('deepspeed');
  expect(reading?.facts.micro_batch).toBe('auto');
  expect(reading?.sources.micro_batch).toBeDefined();
});

test('what comes from outside the file is unresolved, never guessed', async () => {
  const [reading] = await read({ 'train.sh': script('--context-parallel-size $1').replace('TP=2', 'TP=$2') }, 'train.sh');
  expect(reading?.facts).not.toHaveProperty('tp');
  expect(Object.keys(reading?.unresolved ?? {})).toEqual(expect.arrayContaining(['tp', 'cp']));
});

test('several launches: the facts of the first, and all of them under jobs', async () => {
  const two =
    'vllm serve meta-llama/Llama-3.1-8B --tensor-parallel-size 1 &\nvllm serve meta-llama/Llama-3.1-8B --tensor-parallel-size 2\n';
  const [reading] = await read({ 'serve.sh': two }, 'serve.sh');
  expect(reading?.facts.tp).toBe(1);
  expect(reading?.jobs?.map(({ facts }) => facts.tp)).toEqual([1, 2]);
});

test('a file no framework knows has no framework and no facts', async () => {
  const readings = await read({ 'notes.json': '{ "note": 1 }', 'train.sh': script() }, 'notes.json', 'train.sh');
  expect(readings.map(({ framework }) => framework)).toEqual([null, 'megatron-lm']);
  expect(readings[0]?.facts).toEqual({});
});

test('broken syntax is a problem with a line, and what can be read is read', async () => {
  const [reading] = await read({ 'ds.json': '{\n  "zero_optimization": { "stage": 3 },\n  "train_batch_size": \n}' }, 'ds.json');
  expect(reading?.facts.zero_stage).toBe(3);
  expect(reading?.problems.length).toBeGreaterThan(0);
});

test('a link that leads nowhere says so', async () => {
  const [reading] = await read({ 'serve.sh': 'vllm serve ./no-such-model --tensor-parallel-size 1\n' }, 'serve.sh');
  expect(reading?.links.some(({ missing }) => missing !== undefined)).toBe(true);
});

test('text output has one line per fact', async () => {
  const { out, code } = await rooflint(['read', 'train.sh'], folderWith({ 'train.sh': script() }));
  expect(code).toBe(0);
  expect(out).toMatch(/^train\.sh: megatron-lm, training$/m);
  expect(out).toMatch(/^tp +2 +this file$/m);
});
