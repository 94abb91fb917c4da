/** axe-core on the panel in every theme and view: no serious violation. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsIn } from './axe.ts';
import { chromiumPath, type OpenPanel, openPanel } from './open-panel.ts';
import { sampleJob, sampleRequest } from './sample-job.ts';
import { webviewThemes } from './themes.ts';

const job = sampleJob(sampleRequest({ name: 'interleaved-1f1b', stages: 4, microBatches: 16, virtualStages: 2 }));

describe.skipIf(!chromiumPath)('accessibility of the panel', () => {
  let panel: OpenPanel;
  beforeAll(async () => {
    panel = await openPanel({ width: 1280, height: 900 });
    await panel.redrawn(() => panel.send({ type: 'job', job }));
  }, 60_000);
  afterAll(() => panel?.close());

  const violations = () => violationsIn(panel.page);

  it.each(webviewThemes.map(({ name }) => name))(
    'is without serious violations in the theme %s',
    async (name) => {
      for (const theme of webviewThemes) if (theme.name === name) await panel.redrawn(() => panel.setTheme(theme));
      const tabs = await panel.page.locator('[role="tab"]').all();
      expect(tabs.length).toBeGreaterThan(1);
      for (const tab of tabs) {
        await tab.click();
        expect(await violations(), (await tab.textContent()) ?? '').toEqual([]);
      }
      await tabs[0]?.click();
      await panel.page.locator('canvas.timeline').waitFor();
    },
    120_000,
  );

  it('is without serious violations when everything is shown', async () => {
    await panel.page.click('label:has-text("Critical path")');
    await panel.page.fill('#timeline-search', 'mb 3');
    await panel.page.focus('canvas.timeline');
    for (const key of ['ArrowRight', 'ArrowRight', 'm']) await panel.page.keyboard.press(key);
    await panel.page.locator('.range table').waitFor();
    await panel.page.click('details.keys summary');
    expect(await violations()).toEqual([]);
  });
});
