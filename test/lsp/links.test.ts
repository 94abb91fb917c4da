/** Files that name other files: read through the link, watched, and told about when they are gone. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Client, startInProcess } from './client.ts';
import { h100, llamaConfig } from './samples.ts';

let client: Client;
let folder: string;
const uriOf = (...names: string[]) => pathToFileURL(join(folder, ...names)).href;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rooflint links é '));
  mkdirSync(join(folder, 'model'));
  writeFileSync(join(folder, 'model', 'config.json'), llamaConfig);
  client = await startInProcess({ settings: h100, folder: pathToFileURL(folder).href });
});

afterEach(async () => {
  await client.close();
  rmSync(folder, { recursive: true });
  expect(client.faults).toEqual([]);
});

const serve = 'vllm serve ./model --tensor-parallel-size 2 --max-model-len 16384\n';

/** The files on disk have changed: what an editor's watcher tells. */
const changed = (...uris: string[]) =>
  client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: uris.map((uri) => ({ uri, type: 2 })) });

async function analysedAgain(uri: string) {
  client.forgetPublished(uri);
  return () => client.diagnostics(uri);
}

test('the shape of a model comes from the config.json of its folder', async () => {
  const uri = uriOf('serve.sh');
  const diagnostics = await client.open(uri, serve);
  const context = diagnostics.find(({ code }) => code === 'context-over-model-limit');
  expect(context && client.textAt(uri, context.range)).toBe('16384');
  const positions = context?.relatedInformation?.find(({ location }) => location.uri === uriOf('model', 'config.json'));
  const start = llamaConfig.indexOf('8192');
  expect(positions?.location.range).toEqual({ start: { line: 0, character: start }, end: { line: 0, character: start + 4 } });
  const links = await client.connection.sendRequest<{ target: string }[]>('textDocument/documentLink', { textDocument: { uri } });
  expect(links.map(({ target }) => target)).toEqual([uriOf('model', 'config.json')]);
  const position = client.positionOf(uri, './model');
  const places = await client.connection.sendRequest<{ uri: string }[]>('textDocument/definition', { textDocument: { uri }, position });
  expect(places.map((place) => place.uri)).toEqual([uriOf('model', 'config.json')]);
  expect(await client.hover(uri, './model')).toContain('was found and read');
});

test('a linked file that changes on disk is read again', async () => {
  const uri = uriOf('serve.sh');
  await client.open(uri, serve);
  writeFileSync(join(folder, 'model', 'config.json'), llamaConfig.replace('8192', '32768'));
  const again = await analysedAgain(uri);
  await changed(uriOf('model', 'config.json'));
  expect((await again()).map(({ code }) => code)).not.toContain('context-over-model-limit');
});

test('a linked file that is open counts as it is shown, not as it is saved', async () => {
  const uri = uriOf('serve.sh');
  const config = uriOf('model', 'config.json');
  await client.open(uri, serve);
  await client.open(config, llamaConfig, 'json');
  const again = await analysedAgain(uri);
  const start = llamaConfig.indexOf('8192');
  await client.type(config, { start, end: start + 4, text: '32768' });
  expect((await again()).map(({ code }) => code)).not.toContain('context-over-model-limit');
});

test('a linked file that is deleted is missed at the link, and found again when it comes back', async () => {
  const uri = uriOf('serve.sh');
  const config = uriOf('model', 'config.json');
  await client.open(uri, serve);
  rmSync(join(folder, 'model'), { recursive: true });
  const gone = await analysedAgain(uri);
  await changed(config);
  const missing = (await gone()).find(({ code }) => code === 'missing-link');
  expect(missing && client.textAt(uri, missing.range)).toBe('./model');
  expect(missing?.message).toContain('model/config.json');
  expect(client.summary(uri)).toMatch(/^no estimate: /);
  mkdirSync(join(folder, 'model'));
  writeFileSync(join(folder, 'model', 'config.json'), llamaConfig);
  const back = await analysedAgain(uri);
  await changed(config);
  expect((await back()).map(({ code }) => code)).not.toContain('missing-link');
});

test('a linked file that is no JSON any more does no harm', async () => {
  const uri = uriOf('serve.sh');
  writeFileSync(join(folder, 'model', 'config.json'), '{"num_hidden_layers": 3');
  await client.open(uri, serve);
  expect(client.summary(uri)).toMatch(/^no estimate: /);
});

test('a DeepSpeed file is joined to the launch that names it; what both write differently is told', async () => {
  const uri = uriOf('train.sh');
  writeFileSync(join(folder, 'ds.json'), '{ "train_batch_size": 32, "zero_optimization": { "stage": 2 }, "bf16": { "enabled": true } }');
  const text =
    'deepspeed --num_gpus 8 --num_nodes 1 pretrain_gpt.py --num-layers 24 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 --micro-batch-size 1 --global-batch-size 64 --pipeline-model-parallel-size 2 --deepspeed --deepspeed_config ds.json\n';
  const diagnostics = await client.open(uri, text);
  const differs = diagnostics.find(({ code }) => code === 'linked-value-differs');
  expect(differs && client.textAt(uri, differs.range)).toBe('64');
  expect(differs?.message).toContain('train_batch_size in ds.json is 32');
  const stage = diagnostics.find(({ code }) => code === 'zero-stage-with-pipeline');
  expect(stage && client.textAt(uri, stage.range)).toBe('ds.json');
  expect(stage?.relatedInformation?.map(({ location }) => location.uri)).toContain(uriOf('ds.json'));
});

test('reports, comparison, explanation, panel and places answer for files on disk and for open ones', async () => {
  const { connection } = client;
  const uri = uriOf('serve.sh');
  await client.open(uri, serve);
  writeFileSync(join(folder, 'other.sh'), serve.replace('size 2', 'size 4'));
  const report = await connection.sendRequest<{ text: string }>('rooflint/report', { uri, format: 'md' });
  expect(report.text).toContain('KV cache');
  const html = await connection.sendRequest<{ text: string }>('rooflint/report', { uri, format: 'html' });
  expect(html.text).toMatch(/^<!DOCTYPE html>/);
  const json = await connection.sendRequest<{ text: string }>('rooflint/report', { uri, format: 'json' });
  expect(JSON.parse(json.text)).toMatchObject({ framework: 'vllm' });
  const compared = await connection.sendRequest<{ text: string }>('rooflint/compare', { left: { uri }, right: { uri: uriOf('other.sh') } });
  expect(compared.text).toContain('other.sh');
  const listed = await connection.sendRequest<{ terms: { id: string }[] }>('rooflint/explain', { uri });
  const [first] = listed.terms;
  const explained = await connection.sendRequest<{ markdown: string }>('rooflint/explain', { uri, term: first?.id });
  expect(explained.markdown.length).toBeGreaterThan(20);
  expect(await connection.sendRequest('rooflint/panel', { uri })).toMatchObject({
    type: 'serving',
    job: { title: 'serve.sh', runsAs: 'vllm' },
  });
  const choices = await connection.sendRequest<{ gpus: { id: string }[] }>('rooflint/clusterChoices');
  expect(choices.gpus.map(({ id }) => id)).toContain('nvidia-h100-sxm-80gb');
  const place = await connection.sendRequest<{ uri: string }>('rooflint/place', { uri, field: 'model.layers' });
  expect(place.uri).toBe(uriOf('model', 'config.json'));
  expect(await connection.sendRequest('rooflint/place', { uri, field: 'no.such.field' })).toBeNull();
});

test('what a script says against a linked file shows in both', async () => {
  const json = '{ "train_micro_batch_size_per_gpu": 4, "zero_optimization": { "stage": 1 }, "bf16": { "enabled": true } }\n';
  writeFileSync(join(folder, 'ds.json'), json);
  const script = `deepspeed --num_gpus 8 pretrain_gpt.py --deepspeed --deepspeed_config ds.json --zero-stage 2 --num-layers 24 \\
  --hidden-size 1024 --num-attention-heads 16 --seq-length 1024 --max-position-embeddings 1024 --micro-batch-size 4 --bf16\n`;
  writeFileSync(join(folder, 'train.sh'), script);
  const inScript = await client.open(uriOf('train.sh'), script);
  expect(inScript.map(({ code }) => code)).toContain('linked-value-differs');
  await changed(uriOf('train.sh'), uriOf('ds.json'));
  await client.open(uriOf('ds.json'), json, 'json');
  const found = await client.diagnosticsUntil(uriOf('ds.json'), (all) => all.some(({ code }) => code === 'linked-value-differs'));
  const there = found.find(({ code }) => code === 'linked-value-differs');
  expect(there?.message).toMatch(/^In train\.sh: /);
  expect(there && client.textAt(uriOf('ds.json'), there.range)).toBe('1');
  expect(there?.relatedInformation?.map(({ location }) => location.uri)).toEqual([uriOf('train.sh')]);
  const end = json.length - 1;
  await client.type(uriOf('ds.json'), { start: end, end, text: ' // rooflint-disable-line linked-value-differs' });
  await client.diagnosticsUntil(uriOf('ds.json'), (all) => all.every(({ code }) => code !== 'linked-value-differs'));
});

test("a model of one of the user's own folders is found by its name", async () => {
  mkdirSync(join(folder, 'mine', 'house-model'), { recursive: true });
  writeFileSync(join(folder, 'mine', 'house-model', 'config.json'), llamaConfig);
  client.settings = { ...h100, models: { folders: ['mine'] } };
  await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: {} });
  const uri = uriOf('serve.sh');
  await client.open(uri, 'vllm serve house-model --max-model-len 16384\n');
  const found = await client.diagnosticsUntil(uri, (all) => all.some(({ code }) => code === 'context-over-model-limit'));
  expect(found.length).toBeGreaterThan(0);
});

test('a module that a recipe imports is read with it, and again when it changes on disk or appears', async () => {
  const uri = uriOf('train.py');
  const text =
    'from transformers import TrainingArguments\nfrom .sizes import BATCH\nargs = TrainingArguments("x", per_device_train_batch_size=BATCH, bf16=True)\n';
  await client.open(uri, text, 'python');
  expect(await client.hover(uri, 'per_device_train_batch_size')).not.toContain('· 3');
  writeFileSync(join(folder, 'sizes.py'), 'BATCH = 3\n');
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: uriOf('sizes.py'), type: 1 }] });
  expect(await client.hover(uri, 'per_device_train_batch_size')).toContain('· 3');
  writeFileSync(join(folder, 'sizes.py'), 'BATCH = 5\n');
  await changed(uriOf('sizes.py'));
  expect(await client.hover(uri, 'per_device_train_batch_size')).toContain('· 5');
});
