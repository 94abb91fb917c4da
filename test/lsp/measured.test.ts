/** Measured runs over the protocol: reading with progress, cancelling, and a calibration that reaches the open document. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { CalibrateResult, MeasuredResult } from '../../server/src/protocol/measured.ts';
import { calibrateRequest, measuredRequest } from '../../server/src/protocol/measured.ts';
import { isPanelMessage } from '../../server/src/protocol/panel-shapes.ts';
import { folderWith, script } from '../cli/run.ts';
import { kinetoText, smallRun, synthetic } from '../traces/synthetic.ts';
import { startInProcess } from './client.ts';

const run = synthetic({ ...smallRun, layers: 24, microBatches: 8 });

function workspace() {
  const folder = folderWith({ 'train.sh': script(), 'trace.json': kinetoText(run) });
  const text = readFileSync(join(folder, 'train.sh'), 'utf8');
  return { folder, text, uri: pathToFileURL(join(folder, 'train.sh')).href, trace: join(folder, 'trace.json') };
}
const settings = { cluster: { gpu: 'nvidia-h100-sxm-80gb' } };

test('tracks, parts and words of a trace come as a message that the panel takes, with progress before it', async () => {
  const { folder, text, uri, trace } = workspace();
  const client = await startInProcess({ folder: pathToFileURL(folder).href, settings });
  await client.open(uri, text);
  const percentages: number[] = [];
  client.connection.onNotification('$/progress', ({ token, value }: { token: unknown; value: { percentage: number } }) => {
    if (token === 'token-1') percentages.push(value.percentage);
  });
  const result = await client.connection.sendRequest<MeasuredResult>(measuredRequest, { uri, traces: [trace], workDoneToken: 'token-1' });
  if ('error' in result) throw new Error(result.error);
  expect(isPanelMessage({ type: 'measured', ...result, isNew: true })).toBe(true);
  expect(percentages.at(-1)).toBe(100);
  const [device] = result.measured.devices;
  expect(device?.title).toBe('trace.json, rank 0');
  expect(device?.stage).toBe(0);
  expect(device?.tracks.map(({ label }) => label)).toEqual(['Stream 7', 'Stream 20', 'Stream 24']);
  expect(device?.step.predicted).toBeGreaterThan(0);
  expect(device?.words[0]).toMatch(/^The measured step is/);
  await client.close();
});

test('reading ends when the request is cancelled', async () => {
  const { folder, text, uri } = workspace();
  const large = join(folder, 'large.json');
  writeFileSync(large, kinetoText(synthetic({ ...smallRun, steps: 400 })));
  const client = await startInProcess({ folder: pathToFileURL(folder).href, settings });
  await client.open(uri, text);
  const { CancellationTokenSource } = await import('vscode-languageserver/node');
  const stop = new CancellationTokenSource();
  client.connection.onNotification('$/progress', () => stop.cancel());
  const result = await client.connection.sendRequest<MeasuredResult>(
    measuredRequest,
    { uri, traces: [large], workDoneToken: 1 },
    stop.token,
  );
  expect(result).toEqual({ error: 'reading was cancelled' });
  await client.close();
});

test('a calibration is told first, then written, and the estimate of the open document says that it rests on it', async () => {
  const { folder, text, uri, trace } = workspace();
  const client = await startInProcess({ folder: pathToFileURL(folder).href, settings });
  await client.open(uri, text);
  const ask = (write: boolean) => client.connection.sendRequest<CalibrateResult>(calibrateRequest, { uri, traces: [trace], write });
  const hover = async () => (await client.hover(uri, 'torchrun')) ?? '';
  const told = await ask(false);
  if ('error' in told) throw new Error(told.error);
  expect(told.lines[0]).toMatch(/^matrix products take [\d.]+ times the modelled time/);
  expect(await hover()).not.toContain('calibrated');
  const written = await ask(true);
  expect(written).toMatchObject({ path: join(folder, '.rooflint/calibration.json') });
  expect(await hover()).toContain('calibrated by trace.json');
  await client.close();
});

test('a file that is no trace is refused in words', async () => {
  const { folder, text, uri } = workspace();
  const client = await startInProcess({ folder: pathToFileURL(folder).href, settings });
  await client.open(uri, text);
  const ask = (traces: readonly string[]) => client.connection.sendRequest<MeasuredResult>(measuredRequest, { uri, traces });
  expect(await ask([join(folder, 'train.sh')])).toEqual({ error: expect.stringContaining('train.sh is not understood') });
  expect(await ask([])).toEqual({ error: 'give 1 to 64 measured files' });
  expect(await ask(['relative.json'])).toEqual({ error: 'give 1 to 64 measured files' });
  await client.close();
});
