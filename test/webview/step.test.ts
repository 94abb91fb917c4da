/** The views of the step taken apart, in a real browser under its content security policy. Pictures are saved in out/screenshots. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, type OpenPanel, openPanel } from './open-panel.ts';
import { dense, withExperts } from './sample-training.ts';
import { webviewThemes } from './themes.ts';

const pictures = join(import.meta.dirname, '../../out/screenshots');
const light = webviewThemes[0];
const tabs = ['Step time', 'Memory', 'Roofline', 'Communication', 'Parameters'];

describe.skipIf(!chromiumPath)('the views of a step in a browser', () => {
  let panel: OpenPanel;
  const save = (name: string) => panel.page.screenshot({ path: join(pictures, `step-${name}.png`), fullPage: true });
  /** By its tab, or by the list that stands in the place of the tabs in a narrow column. */
  const open = async (label: string): Promise<void> => {
    const list = panel.page.locator('.view-list');
    if (await list.isVisible()) await list.selectOption({ label });
    else await panel.page.click(`[role="tab"]:text-is("${label}")`);
  };

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

  it('puts the operators of a layer under the roofs of the GPU', async () => {
    await panel.send({ type: 'job', job: withExperts() });
    await open('Roofline');
    await panel.page.focus('svg.roofline');
    await panel.page.keyboard.press('ArrowRight');
    await panel.page.keyboard.press('ArrowRight');
    await expect.poll(() => panel.page.locator('.tooltip').textContent()).toMatch(/^Experts gate and up, forward/);
    await save('roofline');
    await panel.send({ type: 'job', job: dense() });
    await save('roofline-dense');
  });

  it('stacks the memory of a stage by component', async () => {
    await panel.send({ type: 'job', job: dense() });
    await open('Memory');
    await save('memory');
    await panel.send({ type: 'job', job: withExperts() });
    // The key goes to the peak of what is drawn, which is the job before until this one is worked out; a picture takes the focus away.
    const atPeak = async () => {
      await panel.page.locator('.stack-chart').press('p');
      return (await panel.page.locator('.tooltip').allTextContents()).join();
    };
    await expect.poll(atPeak, { timeout: 15_000 }).toMatch(/Shown by nvidia-smi77\.78/);
    await save('memory-experts');
  });

  it('shows who sends to whom', async () => {
    await panel.send({ type: 'job', job: withExperts() });
    await open('Communication');
    // The numbers of the job before stand there until those of this one are worked out, and a picture takes the focus away.
    await panel.page
      .locator('td, th')
      .filter({ hasText: /expert/i })
      .first()
      .waitFor();
    await panel.page.focus('svg.heat-map');
    await panel.page.keyboard.press('ArrowRight');
    await panel.page.keyboard.press('ArrowLeft');
    await save('communication');
    await panel.page.focus('svg.heat-map');
    await panel.page.keyboard.press('ArrowRight');
    await expect.poll(() => panel.page.locator('.tooltip').textContent()).toMatch(/^GPU 0 .*to GPU 1 .*Tensor and sequence parallel/);
    await panel.send({ type: 'job', job: dense() });
    await save('communication-dense');
  });

  it('lists the model by block', async () => {
    await panel.send({ type: 'job', job: withExperts() });
    await open('Parameters');
    await save('blocks');
    expect(await panel.page.locator('.data tfoot').textContent()).toMatch(/^Model140\.6 G100\.0 %/);
  });

  it('is drawn in every theme and in a narrow column without anything standing over the edge', async () => {
    await panel.send({ type: 'job', job: withExperts() });
    for (const theme of webviewThemes) {
      await panel.setTheme(theme);
      for (const tab of tabs) {
        await open(tab);
        await save(`${tab.toLowerCase().replace(' ', '-')}-${theme.name}`);
      }
    }
    if (light) await panel.setTheme(light);
    for (const [width, tab] of [420, 300].flatMap((width) => tabs.map((tab) => [width, tab] as const))) {
      await panel.page.setViewportSize({ width, height: 800 });
      await open(tab);
      const overflow = () => panel.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      await expect.poll(overflow, { message: `${tab} ${width}` }).toBe(0);
      await save(`${tab.toLowerCase().replace(' ', '-')}-${width}`);
    }
    await panel.page.setViewportSize({ width: 1280, height: 860 });
  }, 120_000);

  it('has no serious complaint of axe', async () => {
    const axe = readFileSync(join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8');
    await panel.page.evaluate(axe);
    for (const tab of tabs) {
      await open(tab);
      const found = await panel.page.evaluate(async () => {
        const { axe } = window as unknown as {
          axe: { run: () => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
        };
        return (await axe.run()).violations.map(({ id, impact, nodes }) => ({
          id,
          impact,
          html: nodes.map(({ html }) => html.slice(0, 200)),
        }));
      });
      expect(
        found.filter(({ impact }) => impact === 'serious' || impact === 'critical'),
        tab,
      ).toEqual([]);
    }
  }, 60_000);

  it('broke no rule of its content security policy and raised no error in any of this', () => {
    expect(panel.complaints).toEqual([]);
  });
});
