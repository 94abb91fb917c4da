/** What the panel of a server works out: choices, runs, and the data of its charts and tables. */

import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { estimateJob } from '../../server/src/core/estimate-job.ts';
import type { SeriesPoint } from '../../server/src/core/serving/simulation/step-series.ts';
import type { ServingPanelJob } from '../../server/src/protocol/panel.ts';
import { along, logTicks } from '../../webview/src/axis.ts';
import { cleanOverride, fileChoice, type ServingChoice, withChoice, withinContext } from '../../webview/src/serving/choice.ts';
import { curveCharts } from '../../webview/src/serving/curve.ts';
import { figureRows, latencyRows, overloadText } from '../../webview/src/serving/figures.ts';
import { prepare, type ServingRun, work } from '../../webview/src/serving/run.ts';
import { bridged, columnsOf, endOf, plainTicks, rowsOf } from '../../webview/src/serving/series.ts';
import {
  createServingState,
  receiveServing,
  restoreServing,
  savedServing,
  startWork,
  triesOther,
  tryOther,
} from '../../webview/src/serving/serving-state.ts';
import { runInSlices } from '../../webview/src/serving/slices.ts';
import { stopOf, stops } from '../../webview/src/serving/stops.ts';
import { sampleServer, statedLoad } from './sample-server.ts';

const stated = sampleServer(statedLoad);

function fileOf(job: ServingPanelJob) {
  const file = fileChoice(job);
  if ('refused' in file) throw new Error(file.refused);
  return file;
}

/** The whole of the work, and how often it rested. */
function finished(job: ServingPanelJob, part: Partial<ServingChoice> = {}): { readonly run: ServingRun; readonly rests: number } {
  const file = fileOf(job).choice;
  const prepared = prepare(job, { ...file, ...part }, file);
  if ('refused' in prepared) throw new Error(prepared.refused);
  const steps = work(prepared);
  for (let rests = 0; ; rests++) {
    const { value, done } = steps.next();
    if (done) return { run: value, rests };
  }
}

describe('the choice', () => {
  it('is what file and settings say, and nothing is assumed then', () => {
    expect(fileOf(stated)).toMatchObject({
      choice: { rate: 12, inputTokens: 1000, outputTokens: 200, maxSequences: 256, replicas: 1, policy: 'own', firstTokenLimit: 0.2 },
      maxModelLen: 8192,
      assumed: [],
    });
  });

  it('is assumed where nobody says it, within the context, and told', () => {
    const { choice, assumed } = fileOf(sampleServer({ 'serving.maxModelLen': 600 }));
    expect(choice).toMatchObject({ inputTokens: 300, outputTokens: 150 });
    expect(assumed).toHaveLength(3);
    const run = prepare(sampleServer(), fileOf(sampleServer()).choice, fileOf(sampleServer()).choice);
    if ('refused' in run) throw new Error(run.refused);
    expect(run.choice.rate / run.load.sustainedRate.value).toBeCloseTo(0.5, 1);
  });

  it('of clients that wait for answers is simulated as the lens tells it', () => {
    const { 'load.requestRate': _, ...load } = statedLoad;
    const job = sampleServer({ ...load, 'load.concurrency': 64 });
    const { choice, assumed } = fileOf(job);
    expect(choice).toMatchObject({ concurrency: 64, arrivals: 'clients' });
    expect(assumed).toEqual([]);
    const { run } = finished(job);
    const { timeToFirstToken, timePerToken } = run.load;
    expect(run.result.meanInSystem).toBeLessThanOrEqual(64);
    expect(Math.abs((timeToFirstToken?.value ?? 0) / run.result.ttft.mean - 1)).toBeLessThan(0.15);
    expect((timePerToken?.value ?? 0) / run.result.tpot.mean).toBeCloseTo(1, 1);
  });

  it('keeps a part of the load that is stated', () => {
    const { choice, assumed } = fileOf(sampleServer({ 'load.inputTokens': 77 }));
    expect(choice.inputTokens).toBe(77);
    expect(assumed.join()).not.toMatch(/Prompts/);
  });

  it('is of clients that wait where only their number is stated, and a rate with a limit where both are', () => {
    const { 'load.requestRate': _, ...lengths } = statedLoad;
    const clients = fileOf(sampleServer({ ...lengths, 'load.concurrency': 12 }));
    expect(clients.choice).toMatchObject({ arrivals: 'clients', concurrency: 12 });
    expect(clients.assumed).toEqual([]);
    expect(fileOf(sampleServer({ ...statedLoad, 'load.concurrency': 12 })).choice).toMatchObject({ arrivals: 'limited', rate: 12 });
    const { 'load.requestRate': rate, 'load.concurrency': most } = withChoice(
      stated.job,
      { ...clients.choice, concurrency: 3 },
      clients.choice,
    );
    expect([rate, most]).toEqual([undefined, 3]);
  });

  it('is refused with the reason of the core', () => {
    const { 'model.layers': _, ...shapeless } = stated.job;
    expect(fileChoice({ ...stated, job: shapeless })).toEqual({ refused: expect.stringMatching(/shape is not known/) });
  });

  it('leaves to the file what equals it, and replaces the rest', () => {
    const file = fileOf(stated).choice;
    expect(withChoice(stated.job, file, file)['serving.maxBatchedTokens']).toBeUndefined();
    const other = withChoice(stated.job, { ...file, maxBatchedTokens: 512, perTokenLimit: 0 }, file);
    expect(other).toMatchObject({ 'serving.maxBatchedTokens': 512, 'load.firstTokenLimit': 0.2 });
    expect('load.perTokenLimit' in other).toBe(false);
  });

  it('takes only numbers within bounds and schedulers that exist', () => {
    expect(cleanOverride({ arrivals: 'clients', concurrency: 0.2 }, 8192)).toEqual({ arrivals: 'clients', concurrency: 1 });
    expect(cleanOverride({ arrivals: 'now and then' }, 8192)).toEqual({});
    const given = { rate: Number.NaN, inputTokens: 1e9, outputTokens: 3.7, replicas: -4, policy: 'fifo', other: 1, perTokenLimit: 0.0125 };
    expect(cleanOverride(given, 8192)).toEqual({ inputTokens: 8191, outputTokens: 4, replicas: 1, perTokenLimit: 0.0125 });
    expect(cleanOverride({ policy: 'sglang', rate: '7' }, 8192)).toEqual({ policy: 'sglang' });
  });

  it('fits the context, the part that was set wins', () => {
    const choice = { ...fileOf(stated).choice, inputTokens: 8000, outputTokens: 1000 };
    expect(withinContext(choice, 8192, 'inputTokens')).toMatchObject({ inputTokens: 8000, outputTokens: 192 });
    expect(withinContext(choice, 8192, 'outputTokens')).toMatchObject({ inputTokens: 7192, outputTokens: 1000 });
  });
});

describe('sliders', () => {
  it('go through round values with the own one among them', () => {
    expect(stops(1, 20, 13, 'binary')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 13, 14, 16, 20]);
    expect(stops(0.1, 1, 0.33, 'decimal')).toEqual([0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.33, 0.4, 0.5, 0.6, 0.8, 1]);
    expect(stopOf([1, 2, 4, 8], 5)).toBe(2);
  });
});

describe('clients that wait', () => {
  const { run: alone } = finished(stated, { arrivals: 'clients', concurrency: 1 });
  const { run: many } = finished(stated, { arrivals: 'clients', concurrency: 40 });

  it('never have more under way than there are of them', () => {
    expect(Math.max(...alone.result.series.map(({ running, waiting }) => running + waiting))).toBe(1);
    expect(Math.max(...many.result.series.map(({ running, waiting }) => running + waiting))).toBe(40);
  });

  it('ask again when they are answered: throughput is clients over the time of an answer', () => {
    for (const { result, choice } of [alone, many])
      expect(result.requestsPerSecond * result.endToEnd.mean).toBeCloseTo(choice.concurrency, choice.concurrency > 1 ? -0.5 : 1);
    expect(overloadText(many)).toBeUndefined();
  });

  it('stand in the charts at the rate they come to, above which nothing is drawn as theirs', () => {
    const [chart] = curveCharts(many);
    expect(chart.here.rate).toBe(many.result.requestsPerSecond);
    expect(chart.simulated.at(-1)?.rate).toBeGreaterThan(0);
  });

  it('limit a rate that is higher than they come to', () => {
    const { run: limited } = finished(stated, { arrivals: 'limited', rate: 1000, concurrency: 40 });
    expect(limited.result.requestsPerSecond / many.result.requestsPerSecond).toBeCloseTo(1, 1);
  });
});

describe('a run', () => {
  const { run, rests } = finished(stated);

  it('estimates exactly what the server does, also after its way through JSON', () => {
    const own = estimateJob(stated.job, 'vllm', stated.cluster);
    if (!('estimate' in own) || own.estimate.kind !== 'serving') throw new Error('refused');
    expect(run.estimate.kvTokens.value).toBe(own.estimate.kvTokens.value);
    expect(run.load.timeToFirstToken?.value).toBe(own.estimate.load?.timeToFirstToken?.value);
    const travelled = finished(JSON.parse(JSON.stringify(stated)) as ServingPanelJob).run;
    expect(travelled.result).toEqual(run.result);
    expect(travelled.curve).toEqual(run.curve);
  });

  it('ends every request, is at the steady state, and rests often', () => {
    expect(run.result.finished).toBeGreaterThanOrEqual(1000);
    const steady = run.load.timePerToken?.value ?? 0;
    expect(run.result.tpot.mean / steady).toBeGreaterThan(0.85);
    expect(run.result.tpot.mean / steady).toBeLessThan(1.15);
    expect(run.fast?.tpot.mean).toBeLessThan(run.result.tpot.mean);
    expect(run.slow?.tpot.mean).toBeGreaterThan(run.result.tpot.mean);
    expect(run.points.map(({ rate }) => rate)).toEqual(run.curve.points.map(({ rate }) => rate));
    expect(rests).toBeGreaterThan((3 * 1000 + 8 * 400) / 16);
  });

  it('follows replicas and the scheduler', () => {
    const more = finished(stated, { replicas: 2, rate: 24, policy: 'static' }).run;
    expect(more).toMatchObject({ engines: 2, gpus: 2, engine: { policy: 'static' } });
    expect(more.load.sustainedRate.value).toBeCloseTo(run.load.sustainedRate.value, 9);
    expect(more.result.ttft.p50).toBeGreaterThan(run.result.ttft.p50);
  });

  it('says when a load is too much, and when nothing fits', () => {
    expect(overloadText(run)).toBeUndefined();
    const { run: over } = finished(stated, { rate: 200, firstTokenLimit: 0, perTokenLimit: 0 });
    expect(overloadText(over)).toMatch(/^Overloaded: .* \(limited by prompt time; [\d.]+ requests\/s are sustained\)/);
  });

  it('refuses sizes whose memory leaves no cache', () => {
    const file = fileOf(stated).choice;
    const tight = { ...stated, job: { ...stated.job, 'serving.gpuMemoryUtilization': 0.1 } };
    expect(prepare(tight, file, file)).toMatchObject({ refused: expect.any(String) });
  });

  it('becomes rows with bands and with the difference to the file', () => {
    const slower = finished(stated, { rate: 15 }).run;
    const rows = new Map(figureRows(slower, run).map((row) => [row.label, row]));
    expect(rows.get('TPOT, median')).toMatchObject({
      judged: 'worse',
      change: expect.stringMatching(/^\+/),
      band: expect.stringMatching(/ms – .* ms/),
    });
    expect(rows.get('Tokens generated per second')?.judged).toBe('better');
    expect(rows.get('Sustained requests per second')?.change).toBe('no change');
    expect(rows.has('Goodput')).toBe(true);
    expect(figureRows(finished(sampleServer()).run, undefined).some(({ label }) => label === 'Goodput')).toBe(false);
    expect(latencyRows(run).map(({ label, cells }) => [label, cells.length])).toEqual([
      ['TTFT', 5],
      ['TPOT', 5],
      ['ITL', 5],
      ['End to end', 5],
    ]);
  });

  it('becomes charts that hold all they draw', () => {
    for (const chart of curveCharts(run)) {
      const drawn = [...chart.line, ...chart.fast, ...chart.slow, ...chart.simulated, chart.here];
      for (const { rate, seconds } of drawn) {
        expect(along(chart.x, rate)).toBeLessThanOrEqual(1);
        expect(along(chart.y, seconds)).toBeGreaterThanOrEqual(0);
        expect(along(chart.y, seconds)).toBeLessThanOrEqual(1);
      }
      expect(along(chart.y, chart.limit ?? Number.NaN)).toBeLessThanOrEqual(1);
      expect(chart.simulated).toHaveLength(chart.line.length);
    }
    expect(curveCharts(run).map(({ limit }) => limit)).toEqual([0.2, 0.02]);
  });
});

describe('the time series', () => {
  const point = (index: number, steps: number, more: Partial<SeriesPoint> = {}): SeriesPoint => ({
    time: index / 2,
    seconds: 0.5,
    steps,
    prefillTokens: 10 * steps,
    decodeTokens: 4 * steps,
    waiting: 0,
    running: steps,
    kvShare: 0.1,
    ...more,
  });
  const series = [
    point(0, 1),
    point(1, 0, { running: 0, kvShare: 0 }),
    point(2, 0, { running: 0, kvShare: 0 }),
    point(3, 3, { waiting: 7 }),
  ];

  it('is averaged per step and keeps the highest of the rest', () => {
    expect(rowsOf(series, 1)).toEqual([
      { start: 0, end: 2, steps: 4, prefillTokens: 10, decodeTokens: 4, waiting: 7, running: 3, kvShare: 0.1 },
    ]);
    expect(rowsOf(series, 3)).toHaveLength(2);
    expect(endOf(series)).toBe(2);
    expect(endOf([])).toBe(0);
  });

  it('is bridged over long steps but not over idle time', () => {
    expect(bridged(series, 0.5).map(({ running }) => running)).toEqual([1, 1, 0, 3]);
    expect(bridged(series, 0.5)[1]?.time).toBe(0.5);
  });

  it('has a column for each pixel, several points in one or one in several', () => {
    const wide = columnsOf(series, { start: 0, end: 2, left: 0, width: 8 });
    expect(wide.map(({ steps }) => steps)).toEqual([1, 1, 0, 0, 0, 0, 3, 3]);
    expect(columnsOf(series, { start: 0, end: 2, left: 10, width: 2 }).map(({ steps }) => steps)).toEqual([1, 3]);
  });

  it('has round ticks', () => {
    expect(plainTicks(37, 4)).toEqual([0, 10, 20, 30, 40]);
    expect(plainTicks(0, 4)).toEqual([0, 1]);
    expect(logTicks(0.03, 0.6)).toEqual([0.05, 0.1, 0.2, 0.5]);
    expect(logTicks(0.5, 5e4)).toEqual([1, 10, 100, 1000, 10000]);
  });
});

describe('slices', () => {
  /** A clock that goes on by 3 ms with every look at it, and a queue of what is to run later. */
  function fakeClock() {
    const queue: (() => void)[] = [];
    let time = 0;
    return { queue, clock: { now: () => (time += 3), later: (run: () => void) => void queue.push(run) } };
  }
  function* numbers(): Generator<number | undefined, number> {
    for (let step = 0; step < 10; step++) yield undefined;
    yield 1;
    yield undefined;
    return 2;
  }

  it('go on until the time is up, and after every result', () => {
    const { queue, clock } = fakeClock();
    const told: number[] = [];
    runInSlices(numbers(), (value) => told.push(value), clock);
    const sizes: number[] = [];
    for (let run = queue.shift(); run; run = queue.shift()) {
      run();
      sizes.push(told.length);
    }
    expect(told).toEqual([1, 2]);
    expect(sizes.length).toBeGreaterThan(4);
  });

  it('end when they are stopped', () => {
    const { queue, clock } = fakeClock();
    const told: number[] = [];
    const stop = runInSlices(numbers(), (value) => told.push(value), clock);
    queue.shift()?.();
    stop();
    queue.shift()?.();
    expect(queue).toHaveLength(0);
    expect(told).toEqual([]);
  });
});

describe('the state', () => {
  const started = () => {
    const state = createServingState(signal(0));
    receiveServing(state, stated);
    return state;
  };

  it('keeps what is tried while the file is edited, and takes it back for another file', () => {
    const state = started();
    expect(triesOther(state)).toBe(false);
    tryOther(state, { rate: 7, inputTokens: 8100 });
    expect(state.choice.value).toMatchObject({ rate: 7, inputTokens: 8100, outputTokens: 92 });
    receiveServing(state, { ...stated, version: 2, job: { ...stated.job, 'serving.maxSequences': 32 } });
    expect(state.choice.value).toMatchObject({ rate: 7, maxSequences: 32 });
    receiveServing(state, { ...stated, uri: 'file:///other.sh' });
    expect(triesOther(state)).toBe(false);
  });

  it('survives a reload for the same document only', () => {
    const state = started();
    tryOther(state, { rate: 7, policy: 'static' });
    state.view.value = { start: 1, end: 2 };
    const saved: unknown = JSON.parse(JSON.stringify(savedServing(state)));
    const again = started();
    restoreServing(again, saved);
    expect(again.choice.value).toMatchObject({ rate: 7, policy: 'static' });
    expect(again.view.value).toEqual({ start: 1, end: 2 });
    for (const nonsense of [
      undefined,
      3,
      { uri: 'file:///other.sh', override: { rate: 1 } },
      { uri: stated.uri, override: { rate: 'x' } },
    ]) {
      restoreServing(again, nonsense);
      expect(again.choice.value?.rate).toBe(7);
    }
  });

  it('works out what is tried first, then the file, and takes the file back without working again', async () => {
    const state = started();
    tryOther(state, { rate: 6 });
    const stop = startWork(state);
    await expect.poll(() => state.fromFile.value?.done, { timeout: 20_000 }).toBe(true);
    expect(state.shown.value?.choice.rate).toBe(6);
    expect(state.fromFile.value?.choice.rate).toBe(12);
    const known = state.fromFile.value?.result;
    state.override.value = {};
    await expect.poll(() => state.stale.value, { timeout: 20_000 }).toBe(false);
    expect(state.shown.value?.result).toBe(known);
    tryOther(state, { maxBatchedTokens: 1e9, maxSequences: 1e9 });
    stop();
  });
});
