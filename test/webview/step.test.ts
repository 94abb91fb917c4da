/** The views of the step taken apart, in a real browser under its content security policy. Pictures are saved in out/screenshots. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, type OpenPanel, openPanel } from './open-panel.ts';
import { dense, withExperts } from './sample-training.ts';
import { webviewThemes } from './themes.ts';

const pictures = join(import.meta.dirname, '../../out/screenshots');
const light = webviewThemes[0];

describe.skipIf(!chromiumPath)('the views of a step in a browser', () => {
  let panel: OpenPanel;
  const save = (name: string) => panel.page.screenshot({ path: join(pictures, `step-${name}.png`), fullPage: true });
  const open = (tab: string) => panel.page.click(`[role=tab]:has-text("${tab}")`);

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    panel = await openPanel({ width: 1280, height: 860 });
    if (light) await panel.setTheme(light);
  }, 60_000);
  afterAll(() => panel?.close());

  it('cuts the step into bars that add up to it', async () => {
    await panel.send({ type: 'job', job: dense() });
    await open('Step time');
    const shares = await panel.page.locator('.waterfall .share').allTextContents();
    expect(shares.length).toBeGreaterThan(6);
    expect(shares.reduce((sum, text) => sum + Number.parseFloat(text), 0)).toBeCloseTo(100, 0);
    await panel.page.click('.waterfall .bar:has-text("Matrix products")');
    await save('waterfall');
    await panel.page.click('.term button[title="Show h in the file"]');
    expect(await panel.replies()).toContainEqual({ type: 'reveal', field: 'model.hidden' });
  });

  it('lists the model by block', async () => {
    await panel.send({ type: 'job', job: withExperts() });
    await open('Parameters');
    await save('blocks');
    expect(await panel.page.locator('.data tfoot').textContent()).toMatch(/^Model140\.6 G100\.0 %/);
  });
});
