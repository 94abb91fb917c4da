/** The view of measured runs: what is drawn and told, pure and in a real browser. Pictures are saved in out/screenshots. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { slotsOf } from '../../server/src/core/measured/measured-step.ts';
import { byStart } from '../../server/src/core/measured/occupancy.ts';
import { Recorder } from '../../server/src/core/measured/recorder.ts';
import { tracksOf } from '../../server/src/core/measured/tracks.ts';
import { firstAfter, measuredTracks, shortName, sliceAt } from '../../webview/src/measured/tracks.ts';
import { violationsIn } from './axe.ts';
import { chromiumPath, type OpenPanel, openPanel } from './open-panel.ts';
import { sampleJob, sampleRequest } from './sample-job.ts';
import { sampleMeasured } from './sample-measured.ts';
import { webviewThemes } from './themes.ts';

describe('tracks', () => {
  test('hold every slice that can be seen, in order, within the step', () => {
    const [device] = sampleMeasured().devices;
    for (const { start, end, part, name } of device?.tracks ?? []) {
      expect(new Set([start.length, end.length, part.length, name.length]).size).toBe(1);
      for (let at = 0; at < start.length; at++) {
        expect(start[at]).toBeGreaterThanOrEqual(at === 0 ? 0 : (start[at - 1] ?? 0));
        expect(end[at]).toBeGreaterThanOrEqual(start[at] ?? 0);
        expect(end[at]).toBeLessThanOrEqual((device?.seconds ?? 0) + 1e-9);
      }
    }
  });

  test('join what is too short to be seen, and lose no time', () => {
    const recorder = new Recorder();
    for (let at = 0; at < 100_000; at++) recorder.kernel({ name: 'gemm', start: at * 1e-6, duration: 1e-6, device: 0, stream: 1 });
    const recording = recorder.finish();
    const window = { start: 0, end: 0.1 };
    const { tracks } = tracksOf(recording, slotsOf(recording, undefined), 0, window);
    const [track] = tracks;
    expect(track?.start.length).toBeLessThan(40_000);
    const drawn = track?.start.reduce((sum, start, at) => sum + (track.end[at] ?? 0) - start, 0) ?? 0;
    expect(drawn).toBeCloseTo(0.1, 9);
    expect(byStart(recording.kernels, 0).length).toBe(100_000);
  });

  test('are found by time', () => {
    const [track] = measuredTracks({
      ...sampleMeasured().devices[0],
      tracks: [{ label: 's', start: [0, 2, 5], end: [1, 4, 6], part: [0, 1, 2], name: [0, 0, -1] }],
      names: ['void a::b_kernel<int>(float*)'],
    } as never);
    if (!track) throw new Error('no track');
    expect([0, 1, 3, 4.5, 7].map((time) => firstAfter(track, time))).toEqual([0, 1, 1, 2, 3]);
    expect([0.5, 1.5, 4.9].map((time) => sliceAt(track, time, 0.2))).toEqual([0, undefined, 2]);
    expect([track.text(0), track.text(2)]).toEqual(['b_kernel', 'Several']);
    expect(track.describe(1).title).toBe('Attention');
  });

  test('kernels are called by the last part of their name', () => {
    expect(shortName('void at::native::(anonymous namespace)::CatArrayBatchedCopy<int>(x)')).toBe('CatArrayBatchedCopy');
    expect(shortName('nvjet_hsh_256x128')).toBe('nvjet_hsh_256x128');
  });
});

describe.skipIf(!chromiumPath)('the view in a browser', () => {
  let panel: OpenPanel;
  const pictures = join(import.meta.dirname, '../../out/screenshots');
  const canvas = 'canvas.measured-tracks';
  const drawnAfter = async (action: () => Promise<unknown>): Promise<void> => {
    const count = () =>
      panel.page.evaluate((selector) => Number(document.querySelector(selector)?.getAttribute('data-drawn') ?? 0), canvas);
    const before = await count();
    await action();
    await panel.page.waitForFunction(
      ([selector, n]) => Number(document.querySelector(String(selector))?.getAttribute('data-drawn') ?? 0) > Number(n),
      [canvas, before] as const,
    );
  };

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    panel = await openPanel({ width: 1280, height: 900 });
    for (const theme of webviewThemes) if (theme.name === 'light') await panel.setTheme(theme);
    const job = sampleJob(sampleRequest({ name: '1f1b', stages: 8, microBatches: 24, virtualStages: 1 }));
    await panel.redrawn(() => panel.send({ type: 'job', job }));
  }, 60_000);
  afterAll(() => panel?.close());

  it('comes to the front with tracks, parts, words and doubts, in every theme', async () => {
    await drawnAfter(() => panel.send({ type: 'measured', measured: sampleMeasured(), isNew: true }));
    const text = (await panel.page.locator('.measured').textContent()) ?? '';
    expect(text).toContain('The measured step is');
    expect(text).toContain('rank2.json was measured on NVIDIA H100');
    expect(await panel.page.locator('.measured-parts tbody tr').count()).toBeGreaterThan(6);
    expect(await panel.page.locator(canvas).getAttribute('aria-label')).toMatch(
      /^6 tracks over time: Predicted, Sending, After it, Stream 7/,
    );
    for (const theme of webviewThemes) {
      await drawnAfter(() => panel.setTheme(theme));
      await panel.page.screenshot({ path: join(pictures, `measured-${theme.name}.png`), fullPage: true });
      expect([theme.name, await violationsIn(panel.page)]).toEqual([theme.name, []]);
    }
  });

  it('goes from slice to slice with arrows and says which it is; zooms and shows all again', async () => {
    await panel.page.focus(canvas);
    await drawnAfter(() => panel.page.keyboard.press('ArrowRight'));
    expect(await panel.page.locator('.measured [aria-live]').textContent()).toMatch(/^Forward, predicted/);
    for (let row = 0; row < 3; row++) await drawnAfter(() => panel.page.keyboard.press('ArrowDown'));
    expect(await panel.page.locator('.measured [aria-live]').textContent()).toMatch(/^Matrix products/);
    await drawnAfter(() => panel.page.keyboard.press('+'));
    await drawnAfter(() => panel.page.click('.measured button[title^="Show everything"]'));
  });

  it('fits half a window and a side panel', async () => {
    for (const width of [600, 300]) {
      await drawnAfter(() => panel.page.setViewportSize({ width, height: 800 }));
      const overflow = () => panel.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      await expect.poll(overflow).toBe(0);
      await panel.page.screenshot({ path: join(pictures, `measured-${width}.png`), fullPage: true });
    }
    await drawnAfter(() => panel.page.setViewportSize({ width: 1280, height: 900 }));
  });

  it('stays behind when it only follows an edit', async () => {
    await panel.page.click('#tab-timeline');
    await panel.send({ type: 'measured', measured: sampleMeasured(), isNew: false });
    await panel.page.locator('canvas.timeline').waitFor();
    expect(await panel.page.getAttribute('#tab-timeline', 'aria-selected')).toBe('true');
    await drawnAfter(() => panel.page.click('#tab-measured'));
  });

  it('shows another rank, and asks for files and for a calibration', async () => {
    await drawnAfter(() => panel.page.selectOption('.measured select', '1'));
    expect(await panel.page.locator('.measured h2').first().textContent()).toBe('rank3.json, rank 3');
    await panel.page.click('text=Open measured files');
    await panel.page.click('text=Calibrate estimates');
    expect((await panel.replies()).filter(({ type }) => type === 'measure')).toEqual([
      { type: 'measure', action: 'open' },
      { type: 'measure', action: 'calibrate' },
    ]);
    expect(panel.complaints).toEqual([]);
  });
});
