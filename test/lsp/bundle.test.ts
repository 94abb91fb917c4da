/** The bundled server as it ships: a process of its own, spoken to over stdio. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, startProcess } from './client.ts';
import { h100, megatron, oneLiner } from './samples.ts';

const bundle = join(root, 'dist/server.js');

test('dist/server.js answers an editor over stdio and ends when told', async () => {
  expect(existsSync(bundle), 'dist/server.js is missing: run npm run build').toBe(true);
  const client = await startProcess(bundle, { settings: h100 });
  const uri = 'file:///w/train.sh';
  const diagnostics = await client.open(uri, oneLiner(3, '学習 é 😀'));
  const heads = diagnostics.find(({ code }) => code === 'heads-not-divisible-by-tensor-parallel');
  expect(heads && client.textAt(uri, heads.range)).toBe('3');
  expect(heads?.codeDescription?.href).toMatch(/^file:\/\/\/.*\/docs\/rules\/heads-not-divisible-by-tensor-parallel\.md$/);
  await client.open('file:///w/large.sh', megatron);
  const panel = await client.connection.sendRequest<{ job: { request: { stages: number; microBatches: number } } }>('rooflint/panel', {
    uri: 'file:///w/large.sh',
  });
  expect(panel.job.request).toMatchObject({ stages: 4, microBatches: 128 });
  expect(client.faults).toEqual([]);
  await client.close();
});
