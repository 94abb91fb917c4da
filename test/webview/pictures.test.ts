/** The views of the training panel in all themes and in many states, against the stored pictures in `pictures`. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumPath, type OpenPanel, openPanel } from './open-panel.ts';
import { differenceFrom } from './pictures.ts';
import { sampleJob, sampleRequest } from './sample-job.ts';
import { sampleMeasured } from './sample-measured.ts';
import { webviewThemes } from './themes.ts';

const plain = sampleJob(sampleRequest({ name: '1f1b', stages: 8, microBatches: 24, virtualStages: 1 }));
const interleaved = sampleJob(sampleRequest({ name: 'interleaved-1f1b', stages: 4, microBatches: 16, virtualStages: 2 }));

describe.skipIf(!chromiumPath)('pictures of the panel', () => {
  let panel: OpenPanel;
  beforeAll(async () => {
    panel = await openPanel({ width: 1000, height: 900 }, { textFree: true });
  }, 60_000);
  afterAll(() => panel?.close());
  beforeEach(async () => {
    await panel.page.mouse.move(2, 2);
    await panel.page.setViewportSize({ width: 1000, height: 900 });
    await panel.page.reload();
    // The last page kept its state as it went.
    await panel.page.evaluate(() => sessionStorage.clear());
    await useTheme('light');
    await panel.page.evaluate(() => document.fonts.load('13px blank'));
  });

  const useTheme = async (name: string) => {
    for (const theme of webviewThemes) if (theme.name === name) await panel.setTheme(theme);
  };
  const show = (job = plain) => panel.redrawn(() => panel.send({ type: 'job', job }));
  const press = async (...keys: readonly string[]) => {
    for (const key of keys) await panel.redrawn(() => panel.page.keyboard.press(key));
  };
  /** Once nothing is asked to be painted any more. */
  const settled = (of: OpenPanel) =>
    of.page.evaluate(async () => {
      await document.fonts.ready;
      for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
    });
  const compare = async (name: string, of: OpenPanel = panel) => {
    await settled(of);
    expect(differenceFrom(name, await of.page.locator('#view').screenshot({ animations: 'disabled' }))).toBeUndefined();
  };

  it.each(webviewThemes.map(({ name }) => name))('the timeline in the theme %s', async (name) => {
    await show();
    await panel.redrawn(() => useTheme(name));
    await compare(`timeline-${name}`);
  });

  it('the timeline on a plain page in the dark', async () => {
    await panel.page.evaluate(() => {
      document.body.className = '';
      document.documentElement.removeAttribute('style');
    });
    await show();
    await panel.redrawn(() => panel.page.emulateMedia({ colorScheme: 'dark' }));
    await compare('timeline-plain-dark');
    await panel.page.emulateMedia({ colorScheme: 'light' });
  });

  it('an operation with its dependencies, brought close', async () => {
    await show(interleaved);
    await panel.page.focus('canvas.timeline');
    await press('ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight', 'f', 's', 's');
    await panel.page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await compare('dependencies');
  });

  it('the critical path, in the dark and in high contrast', async () => {
    await show();
    await panel.redrawn(() => panel.page.click('label:has-text("Critical path")'));
    for (const theme of ['dark', 'high-contrast']) {
      await panel.redrawn(() => useTheme(theme));
      await compare(`critical-path-${theme}`);
    }
  });

  it('sums of a stretch of time', async () => {
    await show();
    const box = await panel.page.locator('canvas.timeline').boundingBox();
    const [x, y] = [(box?.x ?? 0) + 200, (box?.y ?? 0) + 10];
    await panel.page.mouse.move(x, y);
    await panel.page.mouse.down();
    await panel.page.mouse.move(x + 300, y, { steps: 3 });
    await panel.page.mouse.up();
    await panel.redrawn(() => panel.page.mouse.move(2, 2));
    await compare('sums');
  });

  it('what a search found', async () => {
    await show();
    await panel.redrawn(() => panel.page.fill('#timeline-search', 'mb 7-9 stage 2-5'));
    await panel.page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await compare('search');
  });

  it('waiting without its causes, and weight gradients of their own', async () => {
    await show(sampleJob(sampleRequest({ name: 'zb-h1', stages: 4, microBatches: 12, virtualStages: 1 })));
    await panel.redrawn(() => panel.page.click('label:has-text("Causes of waiting")'));
    await compare('no-causes');
  });

  it('64 stages column by column', async () => {
    await show(sampleJob(sampleRequest({ name: '1f1b', stages: 64, microBatches: 512, virtualStages: 1 })));
    await panel.page.locator('.legend .idle').first().waitFor();
    await panel.redrawn(() => useTheme('light'));
    await compare('64-stages');
  });

  it('a job without a pipeline', async () => {
    await show(sampleJob(sampleRequest({ name: '1f1b', stages: 1, microBatches: 12, virtualStages: 1 })));
    await compare('one-stage');
  });

  it('a narrow side panel', async () => {
    await panel.page.setViewportSize({ width: 300, height: 900 });
    await show(interleaved);
    await compare('narrow');
  });

  it('twice as large', async () => {
    const large = await openPanel({ width: 640, height: 500 }, { textFree: true, density: 2 });
    try {
      for (const theme of webviewThemes) if (theme.name === 'light') await large.setTheme(theme);
      await large.page.evaluate(() => document.fonts.load('13px blank'));
      await large.redrawn(() => large.send({ type: 'job', job: interleaved }));
      await compare('zoom-200', large);
    } finally {
      await large.close();
    }
  });

  it('greyed while the file says nothing', async () => {
    await show();
    await panel.send({ type: 'empty', why: 'The number of layers is unknown.' });
    await panel.page.locator('main.stale').waitFor();
    await compare('stale');
  });

  it('the operations as a table', async () => {
    await show();
    // The tabs are not shown in a picture.
    await panel.page.locator('#tab-operations').evaluate((tab: HTMLElement) => tab.click());
    await panel.page.locator('.operations .rows').focus();
    for (let row = 0; row < 4; row++) await panel.page.keyboard.press('ArrowDown');
    await panel.page.locator('[aria-current="true"]').waitFor();
    await panel.page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await compare('operations');
  });

  it('a measured run beside the prediction, in every theme', async () => {
    await show();
    const tracks = panel.page.locator('canvas.measured-tracks');
    const drawn = async () => Number((await tracks.getAttribute('data-drawn')) ?? 0);
    await panel.send({ type: 'measured', measured: sampleMeasured(), isNew: true });
    await tracks.waitFor();
    for (const { name } of webviewThemes) {
      const before = await drawn();
      await useTheme(name);
      if (name !== 'light') await expect.poll(drawn).toBeGreaterThan(before);
      await compare(`measured-${name}`);
    }
  });

  it('broke no rule of the content security policy', () => {
    expect(panel.complaints).toEqual([]);
  });
});
