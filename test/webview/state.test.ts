import { describe, expect, it } from 'vitest';
import { bandOf } from '../../webview/src/band-of.ts';
import { figuresOf } from '../../webview/src/figures.ts';
import { formatBytes, formatChange, formatExactSeconds, formatPoints, formatSeconds, formatTick } from '../../webview/src/format.ts';
import { choose, createState, differsFromFile, receive, resetToFile, restore, toSaved } from '../../webview/src/state.ts';
import { sampleJob, sampleRequest } from './sample-job.ts';

const job = sampleJob(sampleRequest({ name: '1f1b', stages: 4, microBatches: 8, virtualStages: 1 }));
const started = () => {
  const state = createState();
  receive(state, { type: 'job', job });
  return state;
};
const shownRequest = (state: ReturnType<typeof createState>) => {
  const shown = state.shown.value;
  return shown && !('refused' in shown) ? shown.request : undefined;
};

describe('panel state', () => {
  it('shows the file until something else is chosen, and again after a reset', () => {
    const state = started();
    expect(shownRequest(state)).toBe(job.request);
    expect(differsFromFile(state)).toBe(false);
    choose(state, { name: 'interleaved-1f1b' });
    expect(shownRequest(state)).toMatchObject({ name: 'interleaved-1f1b', virtualStages: 2, microBatches: 8 });
    expect(differsFromFile(state)).toBe(true);
    resetToFile(state);
    expect(shownRequest(state)).toBe(job.request);
  });

  it('follows the file in everything that was not chosen', () => {
    const state = started();
    choose(state, { microBatches: 12 });
    receive(state, { type: 'job', job: { ...job, version: 2, request: { ...job.request, name: 'gpipe', transfer: 0.5 } } });
    expect(shownRequest(state)).toMatchObject({ name: 'gpipe', microBatches: 12, transfer: 0.5 });
  });

  it('goes back to another schedule and returns with the micro batches first asked for', () => {
    const state = started();
    choose(state, { microBatches: 9, name: 'interleaved-1f1b' });
    expect(shownRequest(state)?.microBatches).toBe(8);
    choose(state, { name: '1f1b' });
    expect(shownRequest(state)?.microBatches).toBe(9);
  });

  it('keeps the last job when there is nothing to show', () => {
    const state = started();
    receive(state, { type: 'empty', why: 'The hidden size is unknown.' });
    expect(state.why.value).toBe('The hidden size is unknown.');
    expect(shownRequest(state)).toBe(job.request);
    receive(state, { type: 'job', job });
    expect(state.why.value).toBeUndefined();
  });

  it('survives a reload for the same document only, and ignores what it did not save', () => {
    const state = started();
    choose(state, { microBatches: 12 });
    state.view.value = { start: 0.1, end: 0.4 };
    state.tab.value = 'memory';
    state.trial.open.value = false;
    state.measuredDevice.value = 1;
    const saved: unknown = JSON.parse(JSON.stringify(toSaved(state)));
    const again = started();
    restore(again, saved);
    expect(shownRequest(again)?.microBatches).toBe(12);
    expect(again.view.value).toEqual({ start: 0.1, end: 0.4 });
    expect([again.tab.value, again.trial.open.value, again.measuredDevice.value]).toEqual(['memory', false, 1]);
    const other = createState();
    receive(other, { type: 'job', job: { ...job, uri: 'file:///other' } });
    restore(other, saved);
    expect(differsFromFile(other)).toBe(false);
    for (const nonsense of [
      undefined,
      null,
      7,
      'x',
      { uri: job.uri, override: { name: 'zigzag', microBatches: -1 }, view: { start: 'a' } },
    ]) {
      restore(again, nonsense);
      expect(shownRequest(again)).toBeDefined();
    }
  });

  it('keeps a restored or old view within the step', () => {
    const state = started();
    restore(state, { uri: job.uri, override: {}, view: { start: -4, end: 1e9 } });
    expect(state.view.value?.start).toBe(0);
    const shown = state.shown.value;
    expect(state.view.value?.end).toBe(shown && !('refused' in shown) ? shown.stepSeconds : Number.NaN);
  });
});

describe('figures and how they are written', () => {
  it('have the band of the estimate where they are its figures, and none where something else is simulated', () => {
    const write = (value: number): string => `${value} s`;
    expect(bandOf({ value: 2, low: 1, high: 4 }, 2.0001, write)).toBe('(1 s to 4 s)');
    expect(bandOf({ value: 2, low: 1, high: 4 }, 2.1, write)).toBeUndefined();
    expect(bandOf({ value: 2, low: 2, high: 2 }, 2, write)).toBeUndefined();
    expect(bandOf(undefined, 2, write)).toBeUndefined();
  });

  it('sum a simulation up', () => {
    const shown = started().shown.value;
    if (!shown || 'refused' in shown) throw new Error('refused');
    const figures = figuresOf(shown);
    expect(figures.fullestStage).toBe(0);
    expect(figures.peakBytes).toBe(shown.peakBytes[0]);
    expect(figures.microBatchesPerSecond * figures.stepSeconds).toBeCloseTo(8, 9);
    // Of the pipeline alone it is at least (p - 1) / (m + p - 1); the shown share is of the whole step, tail included.
    expect((figures.bubbleShare * figures.stepSeconds) / shown.makespan).toBeGreaterThan(3 / 11);
  });

  it('have a unit that suits them and say which way they went', () => {
    expect(formatSeconds(0.0456)).toBe('45.60 ms');
    expect(formatSeconds(3e-8)).toBe('30.00 ns');
    expect(formatExactSeconds(0.086)).toBe('86 ms');
    expect(formatExactSeconds(1.23456789)).toBe('1.23457 s');
    expect(formatBytes(64.3 * 2 ** 30)).toBe('64.30 GiB');
    expect(formatBytes(1023)).toBe('1023 B');
    expect(formatTick(0.25, 0.05)).toBe('250 ms');
    expect(formatTick(1.5, 0.5)).toBe('1.5 s');
    expect(formatChange(2, 3)).toBe('+50.0 %');
    expect(formatChange(2, 1.5)).toBe('−25.0 %');
    expect(formatChange(2, 2.0001)).toBe('no change');
    expect(formatPoints(0.2, 0.15)).toBe('−5.0 points');
  });
});
