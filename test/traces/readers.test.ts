/** Every format gives the same kernels and steps of the same run; damaged files say what was read. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Database } from 'node-sqlite3-wasm';
import { afterAll, describe, expect, test } from 'vitest';
import { measuredStep } from '../../server/src/core/measured/measured-step.ts';
import type { MeasuredTrace, TraceFormat } from '../../server/src/core/measured/trace.ts';
import { readTrace } from '../../server/src/traces/read-trace.ts';
import { chromeText, kinetoText, megatronText, nsightStatements, sampleRun, smallRun, synthetic, vllmText } from './synthetic.ts';

const folder = mkdtempSync(join(tmpdir(), 'rooflint-traces-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const trace = synthetic(smallRun);
const expectedSeconds = (trace.steps[0]?.end ?? 0) - (trace.steps[0]?.start ?? 0);

async function read(path: string): Promise<MeasuredTrace> {
  const result = await readTrace(path);
  if ('error' in result) throw new Error(result.error);
  return result.trace;
}

function nsightFile(name: string): string {
  const path = join(folder, name);
  const database = new Database(path);
  for (const statement of nsightStatements(trace)) database.run(statement);
  database.close();
  return path;
}

const formats: readonly (readonly [TraceFormat, string, () => string])[] = [
  ['kineto', 'Kineto', () => file('kineto.pt.trace.json', kinetoText(trace))],
  ['kineto', 'Kineto with gzip', () => file('kineto.json.gz', gzipSync(kinetoText(trace)))],
  ['chrome', 'a Chrome list', () => file('chrome.json', chromeText(trace))],
  ['chrome', 'a Chrome object', () => file('object.json', `{"otherData":{"a":[1,"]"]},"traceEvents":${chromeText(trace)},"x":12}`)],
  ['nsight', 'Nsight Systems', () => nsightFile('nsight.sqlite')],
];

describe.each(formats)('%s: %s', (format, _name, make) => {
  test('kernels, steps and parts are those of the run', async () => {
    const found = await read(make());
    expect(found.format).toBe(format);
    expect(found.broken).toBeUndefined();
    const { recording } = found;
    if (!recording) throw new Error('no kernels');
    expect(recording.kernels.count).toBe(trace.slices.length);
    const step = measuredStep(recording, recording.kernels.device[0] ?? 0);
    expect(step.found).toBe(smallRun.steps);
    expect(step.seconds).toBeCloseTo(expectedSeconds, 8);
    const part = (id: string) => step.parts.find((one) => one.id === id);
    const passes = smallRun.microBatches * smallRun.layers;
    expect(part('gemm')?.visible).toBeCloseTo(passes * (smallRun.forward.gemm + smallRun.backward.gemm), 8);
    expect(part('attention')?.visible).toBeCloseTo(passes * (smallRun.forward.attention + smallRun.backward.attention), 8);
    expect(part('memory-bound')?.visible).toBeCloseTo(passes * (smallRun.forward.streaming + smallRun.backward.streaming), 8);
    expect(part('optimizer')?.visible).toBeCloseTo(smallRun.optimizer, 8);
    expect(part('idle')?.visible).toBeCloseTo(smallRun.idle, 8);
    expect(step.parts.reduce((sum, { visible }) => sum + visible, 0)).toBeCloseTo(step.seconds, 8);
  });
});

test('Kineto tells messages, groups, rank, GPU and the gaps between launches', async () => {
  const found = await read(file('told.json', kinetoText(trace, 3)));
  expect(found.origin).toEqual({ rank: 3, worldSize: 8, gpu: 'NVIDIA H100 80GB HBM3', software: ['NCCL 2.27.3'] });
  expect(found.recording?.collectives).toEqual([
    { kind: 'all-reduce', bytes: 33_554_432, groupSize: 2, group: 'TENSOR_MODEL_PARALLEL_GROUP', stride: 1 },
    { kind: 'reduce-scatter', bytes: 134_217_728, groupSize: 4, group: 'DATA_PARALLEL_GROUP', stride: 2 },
  ]);
  expect(found.recording?.launches.calls).toBe(trace.slices.length);
  const step = measuredStep(found.recording as NonNullable<MeasuredTrace['recording']>, 0);
  const reduction = step.parts.find(({ id }) => id === 'gradient-reduction');
  expect(reduction?.busy).toBeCloseTo(smallRun.gradientReduction, 8);
  // The last all-reduce of TP runs beside it, and two that wait share the blame.
  expect(reduction?.visible).toBeCloseTo(smallRun.gradientReduction - smallRun.hidden + smallRun.backward.tensor / 2, 8);
});

test('a Kineto file cut anywhere is read up to there or refused in words, never with a fault', async () => {
  const text = kinetoText(trace);
  for (let share = 1; share < 20; share++) {
    const result = await readTrace(file('cut.json', text.slice(0, Math.floor((text.length * share) / 20))));
    if ('error' in result) expect(result.error).toMatch(/no trace events|no GPU kernel/);
    else expect(result.trace.broken).toMatch(/ends in the middle of the list of events; \d+ kernels were read until there/);
  }
});

test('compressed data that ends early, damaged events and a damaged database say so', async () => {
  const zipped = gzipSync(kinetoText(trace));
  const cut = await read(file('cut.json.gz', zipped.subarray(0, zipped.length - 300)));
  expect(cut.broken).toMatch(/compressed data ends early or is damaged/);
  const damaged = await read(
    file('damaged.json', kinetoText(trace).replace('"ts": 0', '"ts": 0').replace('"correlation":101,"grid"', '"correlation":101,,"grid"')),
  );
  expect(damaged.broken).toMatch(/^1 events are no valid JSON and were left out/);
  expect(damaged.recording?.kernels.count).toBe(trace.slices.length - 1);
  const database = nsightFile('whole.sqlite');
  const bytes = readFileSync(database);
  const half = await readTrace(file('half.sqlite', bytes.subarray(0, bytes.length / 2)));
  expect('error' in half ? half.error : half.trace.broken).toMatch(/damaged or incomplete|no GPU kernel/);
});

test.each([
  ['empty.json', '', /is empty/],
  ['text.log', 'hello\nworld\n', /is not understood/],
  ['config.json', '{"train_batch_size": 8}', /holds no trace events/],
  ['list.json', '[1, 2, "three"]', /is not understood|no GPU kernel/],
  [
    'host.json',
    JSON.stringify({ traceEvents: [{ ph: 'X', cat: 'cpu_op', name: 'aten::mm', ts: 1, dur: 2, pid: 1, tid: 1 }] }),
    /recorded without the GPU/,
  ],
  ['zip.gz', gzipSync('hello'), /is not understood/],
])('%s is refused in words', async (name, content, words) => {
  const result = await readTrace(file(name, content));
  expect('error' in result ? result.error : 'read').toMatch(words);
});

test('a SQLite database of something else is refused in words', async () => {
  const path = join(folder, 'other.sqlite');
  const database = new Database(path);
  database.run('CREATE TABLE t (a)');
  database.close();
  expect(await readTrace(path)).toEqual({ error: 'other.sqlite: it is a SQLite database, but no export of Nsight Systems' });
});

test('iteration lines of Megatron-LM give the usual step, memory and timers', async () => {
  const { format, log } = await read(file('megatron.log', megatronText(2)));
  expect(format).toBe('megatron-log');
  if (log?.kind !== 'training') throw new Error('no training log');
  expect(log.step?.median).toBeCloseTo(2.02, 5);
  expect(log.step?.count).toBe(11);
  expect(log.globalBatch).toBe(16);
  expect(log.flopsPerGpu?.median).toBe(402.5e12);
  expect(log.allocated).toBeCloseTo(61234.5 * 2 ** 20, 0);
  expect(log.timers.map(({ name }) => name)).toEqual(['forward-backward', 'optimizer']);
});

test('lines of vLLM give weights, cache and rates; idle stretches are left out', async () => {
  const { format, log } = await read(file('vllm.log', vllmText));
  expect(format).toBe('vllm-log');
  expect(log).toMatchObject({ kind: 'serving', kvTokens: 444_992, concurrency: 54.32, contextTokens: 8192 });
  if (log?.kind !== 'serving') throw new Error('no serving log');
  expect(log.weights).toBeCloseTo(14.9889 * 2 ** 30, 0);
  expect(log.generationRate?.count).toBe(3);
  expect(log.perToken).toEqual({ count: 2, median: 0.01, low: 0.01, high: 0.01 });
});

test('reading stops when it is told to', async () => {
  const stop = new AbortController();
  stop.abort();
  expect(await readTrace(file('stop.json', kinetoText(trace)), { signal: stop.signal })).toMatchObject({ cancelled: true });
  expect(await readTrace(nsightFile('stop.sqlite'), { signal: stop.signal })).toMatchObject({ cancelled: true });
});

test('the kept samples are what the generator writes', () => {
  const sample = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'samples', name));
  for (const rank of [0, 1])
    expect(gunzipSync(sample(`rank${rank}.pt.trace.json.gz`)).toString()).toBe(kinetoText(synthetic(sampleRun), rank));
  expect(sample('xla.trace.json').toString()).toBe(chromeText(synthetic({ ...sampleRun, steps: 2, microBatches: 1 })));
  expect(sample('megatron.log').toString()).toBe(megatronText(0.141, 9100));
  expect(sample('vllm.log').toString()).toBe(vllmText);
});
