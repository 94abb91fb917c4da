/** Several ranks in one file stay apart: our own exports, merged profiles of PyTorch, and other Chrome traces. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { devicesOf, measuredStep } from '../../server/src/core/measured/measured-step.ts';
import type { MeasuredTrace } from '../../server/src/core/measured/trace.ts';
import { placeTold } from '../../server/src/traces/chrome-devices.ts';
import { readTrace } from '../../server/src/traces/read-trace.ts';
import { folderWith, rooflint, script } from '../cli/run.ts';
import { kinetoText, smallRun, synthetic } from './synthetic.ts';

const folder = mkdtempSync(join(tmpdir(), 'rooflint-ranks-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Event {
  readonly ph: string;
  readonly pid: number | string;
  readonly [key: string]: unknown;
}
const eventsOf = (text: string): readonly Event[] => (JSON.parse(text) as { traceEvents: readonly Event[] }).traceEvents;

async function read(content: unknown): Promise<MeasuredTrace> {
  const path = join(folder, 'merged.json');
  writeFileSync(path, JSON.stringify(content));
  const result = await readTrace(path);
  if ('error' in result) throw new Error(result.error);
  return result.trace;
}

/** Runs of four ranks, each slower than the one before. */
const runs = [0, 1, 2, 3].map((rank) =>
  synthetic({ ...smallRun, forward: { ...smallRun.forward, gemm: smallRun.forward.gemm * (1 + rank / 2) } }),
);
const seconds = runs.map(({ steps: [first] }) => (first?.end ?? 0) - (first?.start ?? 0));

/** What each device of a trace measured, with its rank and stage. */
function measured({ recording, origin }: MeasuredTrace) {
  if (!recording) throw new Error('no kernels');
  return devicesOf(recording).map((device) => {
    const { seconds: length, found, parts } = measuredStep(recording, device);
    const told = origin.devices?.find((one) => one.device === device);
    return { length, found, rank: told?.rank, stage: told?.stage, gemm: parts.find(({ id }) => id === 'gemm')?.visible ?? 0 };
  });
}

describe('profiles of PyTorch put together', () => {
  const merged = (pidOf: (rank: number, pid: number | string) => number | string) =>
    runs.flatMap((run, rank) => eventsOf(kinetoText(run, rank)).map((event) => ({ ...event, pid: pidOf(rank, event.pid) })));
  const expectApart = (trace: MeasuredTrace): void => {
    const found = measured(trace);
    expect(found.map(({ rank }) => rank)).toEqual([0, 1, 2, 3]);
    for (const [rank, { length, found: steps }] of found.entries()) {
      expect(steps).toBe(smallRun.steps);
      expect(length).toBeCloseTo(seconds[rank] ?? 0, 6);
    }
    expect(trace.recording?.kernels.count).toBe(runs.reduce((sum, { slices }) => sum + slices.length, 0));
  };

  test('with the rank in the number of the process, as a word', async () => {
    expectApart(await read({ traceEvents: merged((rank, pid) => `[rank${rank}] ${pid}`) }));
  });

  test('with the rank in the name of the process', async () => {
    const names = [0, 1, 2, 3].flatMap((rank) =>
      [0, 4242].map((pid) => ({ ph: 'M', name: 'process_name', pid: rank * 100_000 + pid, args: { name: `Rank ${rank}: python` } })),
    );
    expectApart(await read({ traceEvents: [...merged((rank, pid) => rank * 100_000 + Number(pid)), ...names] }));
  });

  test('the command tells each rank by itself', async () => {
    const here = folderWith({ 'merged.json': JSON.stringify({ traceEvents: merged((rank, pid) => `rank ${rank} ${pid}`) }) });
    const { out } = await rooflint(['profile', 'merged.json'], here);
    expect([...out.matchAll(/rank (\d) 0\)/g)].map(([, rank]) => Number(rank))).toEqual([0, 1, 2, 3]);
  });
});

describe('other Chrome traces', () => {
  const slices = (pid: number | string, from: number) => [
    { ph: 'X', name: 'step 1', pid, tid: 0, ts: from, dur: 1000 },
    { ph: 'X', name: 'forward 0', pid, tid: 1, ts: from, dur: 300 },
    { ph: 'X', name: 'backward 0', pid, tid: 1, ts: from + 400, dur: 500 },
  ];
  const name = (pid: number, text: string) => ({ ph: 'M', name: 'process_name', pid, args: { name: text } });

  test('processes without a name are never added up; numbers from 0 are ranks, and the doubt is told', async () => {
    const content = [...slices(0, 100), ...slices(1, 350)];
    const found = measured(await read(content));
    expect(found.map(({ length, rank }) => [length, rank])).toEqual([
      [expect.closeTo(1e-3, 9), 0],
      [expect.closeTo(1e-3, 9), 1],
    ]);
    const here = folderWith({ 'own.json': JSON.stringify(content), 'train.sh': script() });
    const { out } = await rooflint(['profile', 'own.json', '--config', 'train.sh', '--cluster', '8xh100'], here);
    expect(out).toContain('own.json names no ranks: its processes 0 to 1 are taken as the ranks with these numbers.');
  });

  test('numbers that are no ranks are none', async () => {
    const found = measured(await read([...slices(4711, 100), ...slices(4712, 350)]));
    expect(found.map(({ rank }) => rank)).toEqual([undefined, undefined]);
  });

  test('named stages come in their order, the host is none of them', async () => {
    const content = [...slices(9, 100), ...slices(8, 350), ...slices(7, 50), name(9, 'Stage 0'), name(8, 'Stage 1'), name(7, 'host')];
    const found = measured(await read(content));
    expect(found.map(({ stage, found: steps }) => [stage, steps])).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });
});

test.each([
  ['rank 3', { rank: 3 }],
  ['[rank12] python', { rank: 12 }],
  ['Pipeline rank 2', { stage: 2 }],
  ['pp_rank=1 tp_rank=0', { stage: 1 }],
  ['global_rank:5', { rank: 5 }],
  ['rank 6 (PP1 TP0)', { rank: 6, stage: 1 }],
  ['local rank 2', {}],
  ['tp rank 2', {}],
  ['python GPU 3', {}],
])('"%s" tells %j', (words, told) => {
  expect(placeTold(words)).toEqual(told);
});

test("the trace of a job's own schedule is read back as the ranks of the prediction, and is no base for a calibration", async () => {
  const text = script('--num-layers-per-virtual-pipeline-stage 3').replace(
    '--pipeline-model-parallel-size 1',
    '--pipeline-model-parallel-size 4',
  );
  const here = folderWith({ 'train.sh': text });
  const cluster = ['--cluster', '16xh100'];
  expect((await rooflint(['schedule', 'train.sh', '--trace', 'own.json', ...cluster], here)).error).toBe('');
  const { out } = await rooflint(['profile', 'own.json', '--config', 'train.sh', '--json', ...cluster], here);
  const { files, doubts } = JSON.parse(out) as {
    files: { devices: { stage: number; comparison: { step: Compared; parts: (Compared & { id: string })[] } }[] }[];
    doubts: string[];
  };
  expect(doubts).toEqual(['own.json is a prediction that Rooflint exported, not a measured run.']);
  const [file] = files;
  expect(file?.devices.map(({ stage }) => stage)).toEqual([0, 1, 2, 3]);
  for (const { comparison } of file?.devices ?? []) {
    expect(comparison.step.measured / (comparison.step.predicted ?? 0)).toBeCloseTo(1, 6);
    expect(comparison.parts.map(({ id }) => id)).toContain('pass');
    // What is sent while a rank waits is a bubble to the prediction, and sending to a trace.
    for (const { id, measured: seen, predicted = 0 } of comparison.parts)
      if (id !== 'pipeline' && id !== 'idle') expect(seen).toBeCloseTo(predicted, 8);
  }
  const calibrated = await rooflint(['profile', 'own.json', '--config', 'train.sh', '--write-calibration', ...cluster], here);
  expect([calibrated.code, calibrated.error]).toEqual([2, 'rooflint: no calibration was written: own.json is a prediction, not a run.\n']);
});

interface Compared {
  readonly measured: number;
  readonly predicted?: number;
}
