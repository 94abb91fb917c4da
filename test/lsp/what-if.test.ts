/** rooflint/whatIf, rooflint/write and rooflint/beside as an editor uses them: open documents, files on disk, and edits taken back. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isPanelMessage } from '../../server/src/protocol/panel-shapes.ts';
import {
  type BesideResult,
  besideRequest,
  type PanelResult,
  panelRequest,
  type WhatIfResult,
  type WriteResult,
  whatIfRequest,
  writeRequest,
} from '../../server/src/protocol/requests.ts';
import type { Change } from '../../server/src/protocol/what-if.ts';
import { launch } from '../engine/support.ts';
import { type Client, startInProcess } from './client.ts';
import { h100 } from './samples.ts';

let client: Client;
let folder: string;
const uriOf = (name: string) => pathToFileURL(join(folder, name)).href;
const script = launch('--tensor-model-parallel-size 2 --pipeline-model-parallel-size 4');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rooflint what if é '));
  client = await startInProcess({ settings: h100, folder: pathToFileURL(folder).href });
});

afterEach(async () => {
  await client.close();
  rmSync(folder, { recursive: true });
  expect(client.faults).toEqual([]);
});

const ask = (uri: string, change: Change) => client.connection.sendRequest<WhatIfResult>(whatIfRequest, { uri, change });
const stepIn = (shown: PanelResult): string | undefined =>
  shown.type === 'empty' ? undefined : shown.job.summary.find(({ label }) => label === 'Step')?.text;

/** Applies what the server says, as an editor would, and returns it. */
async function write(uri: string, change: Change): Promise<WriteResult> {
  const written = await client.connection.sendRequest<WriteResult>(writeRequest, { uri, change });
  if ('why' in written) return written;
  const changes: Record<string, { range: (typeof written.edits)[number]['range']; newText: string }[]> = {};
  for (const { uri: at, range, newText } of written.edits) changes[at] = [...(changes[at] ?? []), { range, newText }];
  await client.apply({ changes });
  return written;
}

test('a change is shown with its differences, and written it gives exactly what was shown', async () => {
  const uri = uriOf('train.sh');
  await client.open(uri, script);
  const own = await ask(uri, {});
  expect(new Set(own.rows.map(({ change }) => change))).toEqual(new Set(['no change']));
  const change = { 'parallel.tensor': 4, 'batch.accumulation': 32, 'zero.stage': 1 };
  const tried = await ask(uri, change);
  expect(isPanelMessage({ type: 'whatIf', answer: { turn: 1, ...tried } })).toBe(true);
  expect(tried.unwritable).toEqual([]);
  expect(tried.controls.find(({ field }) => field === 'parallel.tensor')?.value).toBe(4);
  expect(tried.rows.find(({ label }) => label === 'Memory, stage 0')?.verdict).toBe('better');
  const shown = stepIn(tried.shown);
  expect(shown).not.toBe(stepIn(own.shown));
  await write(uri, change);
  expect(client.text(uri)).toBe(
    script
      .replace('--tensor-model-parallel-size 2', '--tensor-model-parallel-size 4')
      .replace('--global-batch-size 256', '--global-batch-size 32')
      .replace('--pipeline-model-parallel-size 4', '--pipeline-model-parallel-size 4 --use-distributed-optimizer'),
  );
  await client.diagnostics(uri);
  expect(stepIn(await client.connection.sendRequest<PanelResult>(panelRequest, { uri }))).toBe(shown);
});

test('the patch is what is written, one diff a file', async () => {
  writeFileSync(join(folder, 'sizes.sh'), 'export TP=2 # here\n');
  const uri = uriOf('train.sh');
  await client.open(uri, `source ./sizes.sh\n${launch('--tensor-model-parallel-size $TP')}`);
  const { patch } = await ask(uri, { 'parallel.tensor': 4, 'batch.micro': 2 });
  expect(patch).toContain('--- sizes.sh\n+++ sizes.sh\n@@ -1,1 +1,1 @@\n-export TP=2 # here\n+export TP=4 # here\n');
  expect(patch).toContain('-    --micro-batch-size 1 \\\n+    --micro-batch-size 2 \\\n');
  const written = await client.connection.sendRequest<WriteResult>(writeRequest, { uri, change: { 'parallel.tensor': 4 } });
  expect(written).toEqual({
    edits: [{ uri: uriOf('sizes.sh'), range: { start: { line: 0, character: 10 }, end: { line: 0, character: 11 } }, newText: '4' }],
    settings: {},
  });
});

test('findings that a change brings or takes away are told, worst first', async () => {
  const uri = uriOf('train.sh');
  const bad = script.replace('--micro-batch-size 1', '--micro-batch-size 3');
  await client.open(uri, bad);
  const { findings } = await ask(uri, { 'batch.micro': 1 });
  expect(findings.find(({ isNew, severity }) => !isNew && severity === 'error')?.why).toMatch(/256/);
  const brought = await ask(uri, { 'batch.micro': 1, 'parallel.context': 3 });
  expect(brought.findings.some(({ isNew }) => isNew)).toBe(true);
});

test('what cannot be written is a sentence, and nothing is written of the rest', async () => {
  const uri = uriOf('train.sh');
  await client.open(uri, launch('--tensor-model-parallel-size $((1+1))'));
  const why = 'TP cannot be written into the file: it is not written as a plain value: $((1+1))';
  const change = { 'parallel.tensor': 4, 'batch.micro': 2 };
  expect((await ask(uri, change)).unwritable).toEqual([why]);
  expect(await write(uri, change)).toEqual({ why: `${why}.` });
  expect(client.text(uri)).toContain('--micro-batch-size 1');
});

test('hardware that no file names is a setting', async () => {
  const uri = uriOf('train.sh');
  await client.open(uri, script);
  const change = { 'cluster.gpu': 'nvidia-a100-sxm-80gb' };
  expect((await ask(uri, change)).settings).toEqual(['rooflint.cluster.gpu: nvidia-a100-sxm-80gb']);
  expect(await write(uri, change)).toEqual({ edits: [], settings: { 'cluster.gpu': 'nvidia-a100-sxm-80gb' } });
});

test('nonsense is no change, and a file without a job has no answer', async () => {
  const uri = uriOf('train.sh');
  await client.open(uri, script);
  const { rows } = await ask(uri, { 'parallel.tensor': -1, 'model.layers': 2, 'cluster.gpu': '<b>' });
  expect(new Set(rows.map(({ change }) => change))).toEqual(new Set(['no change']));
  await client.open(uriOf('empty.sh'), 'echo hello\n');
  expect((await ask(uriOf('empty.sh'), { 'parallel.tensor': 2 })).shown.type).toBe('empty');
  expect(await write(uriOf('empty.sh'), { 'parallel.tensor': 2 })).toHaveProperty('why');
});

test('another file, or the same file with the texts of another time, stands beside a job', async () => {
  const uri = uriOf('train.sh');
  writeFileSync(join(folder, 'sizes.sh'), 'export TP=4\n');
  const text = `source ./sizes.sh\n${launch('--tensor-model-parallel-size $TP')}`;
  await client.open(uri, text);
  writeFileSync(join(folder, 'other.sh'), script);
  const other = await client.connection.sendRequest<BesideResult>(besideRequest, { uri, other: { uri: uriOf('other.sh') } });
  expect(other.shown.type === 'job' && other.shown.job.request.stages).toBe(4);
  expect(other.rows.find(({ label }) => label === 'Step time')?.change).toMatch(/^[+−]/);
  const then = await client.connection.sendRequest<BesideResult>(besideRequest, {
    uri,
    other: { uri, texts: { [uri]: text, [uriOf('sizes.sh')]: 'export TP=2\n' } },
  });
  expect(then.restsOn).toEqual([uriOf('sizes.sh')]);
  const memory = then.rows.find(({ label }) => label === 'Memory per GPU');
  expect([memory?.verdict, memory?.change]).toEqual(['better', expect.stringMatching(/^−/)]);
  const gone = await client.connection.sendRequest<BesideResult>(besideRequest, { uri, other: { uri: uriOf('gone.sh') } });
  expect(gone.shown.type).toBe('empty');
});
