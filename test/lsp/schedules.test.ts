/** rooflint/schedules as an editor asks for it: ranked schedules of an open document, given up when nobody wants them any more. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CancellationTokenSource, LSPErrorCodes } from 'vscode-languageserver/node';
import { isPanelMessage } from '../../server/src/protocol/panel-shapes.ts';
import { schedulesRequest, type WhatIfResult, whatIfRequest } from '../../server/src/protocol/requests.ts';
import type { SchedulesFound } from '../../server/src/protocol/schedules.ts';
import type { Change } from '../../server/src/protocol/what-if.ts';
import { launch } from '../engine/support.ts';
import { type Client, startInProcess } from './client.ts';
import { h100 } from './samples.ts';

let client: Client;
const uri = 'file:///w/train.sh';
const script = launch('--tensor-model-parallel-size 2 --pipeline-model-parallel-size 4');

beforeEach(async () => {
  client = await startInProcess({ settings: h100 });
});

afterEach(async () => {
  await client.close();
  expect(client.faults).toEqual([]);
});

const search = (change: Change = {}, of = uri) => client.connection.sendRequest<SchedulesFound>(schedulesRequest, { uri: of, change });

test('schedules are ranked by the step that trying them shows, and the others say why they are not', async () => {
  await client.open(uri, script);
  const found = await search();
  expect(isPanelMessage({ type: 'schedules', turn: 1, found })).toBe(true);
  const [best] = found.rows;
  expect(best).toMatchObject({ name: 'interleaved-1f1b', isCurrent: false, figures: { fits: 'yes', verdict: 'better' } });
  const change = { 'parallel.schedule': 'interleaved-1f1b', 'parallel.virtualStages': best?.virtualStages ?? 0 };
  const tried = await client.connection.sendRequest<WhatIfResult>(whatIfRequest, { uri, change });
  expect(tried.unwritable).toEqual([]);
  const step = tried.rows.find(({ label }) => label.startsWith('Step'))?.after ?? '';
  expect(step.startsWith(best?.figures?.step ?? 'none')).toBe(true);
  expect(found.rows.filter(({ isCurrent }) => isCurrent)).toMatchObject([{ name: '1f1b' }]);
  for (const { figures, rejected } of found.rows) expect(figures === undefined).toBe(rejected !== undefined);
  expect(found.words.join(' ')).toMatch(/all else as it is/);
});

test('tried values are searched with', async () => {
  await client.open(uri, script);
  const [one, two] = [await search(), await search({ 'batch.micro': 2, 'parallel.pipeline': 2 })];
  expect(two.rows.find(({ isCurrent }) => isCurrent)?.figures).toBeDefined();
  expect(two.rows.find(({ isCurrent }) => isCurrent)?.figures).not.toEqual(one.rows.find(({ isCurrent }) => isCurrent)?.figures);
});

test('where nothing runs a schedule there is a sentence', async () => {
  await client.open('file:///w/serve.sh', 'vllm serve Qwen/Qwen2.5-7B-Instruct\n');
  expect(await search({}, 'file:///w/serve.sh')).toMatchObject({ rows: [], words: [/training job/] });
  expect((await search({}, 'file:///w/nothing.sh')).rows).toEqual([]);
});

test('a search that is given up ends, and other requests come between its steps', async () => {
  await client.open(uri, script);
  const stop = new CancellationTokenSource();
  const order: string[] = [];
  const searching = client.connection.sendRequest<SchedulesFound>(schedulesRequest, { uri, change: {} }, stop.token).then(
    () => order.push('found'),
    ({ code }: { code: number }) => {
      expect(code).toBe(LSPErrorCodes.RequestCancelled);
      order.push('given up');
    },
  );
  stop.cancel();
  await searching;
  expect(order).toEqual(['given up']);
  const patient = search().then(() => order.push('found'));
  await client.connection.sendRequest('textDocument/documentLink', { textDocument: { uri } }).then(() => order.push('links'));
  await patient;
  expect(order).toEqual(['given up', 'links', 'found']);
});
