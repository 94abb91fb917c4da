/** The built panel in a real browser, under its content security policy. Pictures are saved in out/screenshots. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumPath, type OpenPanel, openPanel } from './open-panel.ts';
import { sampleJob, sampleRequest } from './sample-job.ts';
import { webviewThemes } from './themes.ts';

const pictures = join(import.meta.dirname, '../../out/screenshots');
const plain = sampleJob(sampleRequest({ name: '1f1b', stages: 8, microBatches: 24, virtualStages: 1 }));
const interleaved = sampleJob(sampleRequest({ name: 'interleaved-1f1b', stages: 4, microBatches: 16, virtualStages: 2 }));
const operations = 8 * 24 * 2;

describe.skipIf(!chromiumPath)('the panel in a browser', () => {
  let panel: OpenPanel;
  const canvas = 'canvas.timeline';
  // A machine may be busy; what is waited for is an event, not a time.
  const patient = { timeout: 15_000 };
  const drawn = async () => Number(await panel.page.getAttribute(canvas, 'data-operations'));
  const save = (name: string) => panel.page.screenshot({ path: join(pictures, `panel-${name}.png`), fullPage: true });
  const tooltip = () => panel.page.locator('.tooltip').textContent();
  const figures = () => panel.page.locator('.comparison tbody').textContent();

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    panel = await openPanel({ width: 1280, height: 860 });
  }, 60_000);
  afterAll(() => panel?.close());
  beforeEach(async () => {
    // Away from the canvas, so that the pointer causes no drawing of its own.
    await panel.page.mouse.move(2, 2);
    await panel.page.reload();
    // The last page kept its state as it went.
    await panel.page.evaluate(() => sessionStorage.clear());
    for (const theme of webviewThemes) if (theme.name === 'light') await panel.setTheme(theme);
  });
  const show = (job = plain) => panel.redrawn(() => panel.send({ type: 'job', job }));

  it('says that it is ready and waits until it is told a job', async () => {
    expect(await panel.replies()).toEqual([{ type: 'ready' }]);
    expect(await panel.page.locator('.why').textContent()).toBe('Waiting for the estimate.');
  });

  it('draws every operation of a job in every theme, each time anew', async () => {
    await show();
    expect(await drawn()).toBe(operations);
    expect(await panel.replies()).toContainEqual({ type: 'drawn', operations, milliseconds: expect.any(Number) });
    const seen = new Set<string>();
    for (const theme of webviewThemes) {
      await panel.redrawn(() => panel.setTheme(theme));
      await save(theme.name);
      seen.add(await panel.page.evaluate((selector) => document.querySelector<HTMLCanvasElement>(selector)?.toDataURL() ?? '', canvas));
    }
    expect(seen.size).toBe(webviewThemes.length);
  });

  it('tries another schedule without asking anybody and compares it with the file', async () => {
    await show();
    await panel.redrawn(() => panel.page.selectOption('#schedule', 'interleaved-1f1b'));
    expect(await drawn()).toBe(operations * 2);
    expect(await figures()).toMatch(/Bubble18\.0 %26\.3 %−8\.3 points/);
    expect(await panel.page.locator('.note').textContent()).toMatch(/Approximation/);
    await panel.redrawn(() =>
      panel.page.fill('input[type=number][aria-label^="micro"]', '41').then(() => panel.page.keyboard.press('Enter')),
    );
    expect(await drawn()).toBe(8 * 40 * 2 * 2);
    await save('tried');
    await panel.redrawn(() => panel.page.click('button.reset'));
    expect(await drawn()).toBe(operations);
    expect(await panel.page.isDisabled('button.reset')).toBe(true);
  });

  it('keeps zoom and tried settings while the file is edited, and drops them for another file', async () => {
    await show();
    await panel.redrawn(() => panel.page.selectOption('#schedule', 'gpipe'));
    await panel.redrawn(() => panel.page.click('button[title^="Zoom in"]'));
    const zoomed = await drawn();
    expect(zoomed).toBeLessThan(operations);
    await show({ ...plain, version: 2 });
    expect(await drawn()).toBe(zoomed);
    expect(await panel.page.inputValue('#schedule')).toBe('gpipe');
    await show({ ...plain, uri: 'file:///workspace/other.sh' });
    expect(await drawn()).toBe(operations);
    expect(await panel.page.inputValue('#schedule')).toBe('1f1b');
  });

  it('greys the last picture and says why when there is nothing to show', async () => {
    await show();
    await panel.send({ type: 'empty', why: 'The number of layers is unknown.' });
    expect(await panel.page.locator('.why').textContent()).toBe('The number of layers is unknown.');
    expect(await panel.page.getAttribute('main', 'class')).toBe('stale');
    expect(await panel.page.isVisible(canvas)).toBe(true);
    await save('empty');
    await show({ ...plain, version: 3 });
    expect(await panel.page.locator('.why').count()).toBe(0);
  });

  it('says why a schedule cannot run the file and still lets others be tried', async () => {
    const job = { ...interleaved, request: { ...interleaved.request, name: 'dualpipe' as const, microBatches: 5 } };
    await panel.send({ type: 'job', job });
    expect(await panel.page.locator('.why').textContent()).toMatch(/at least 8 micro batches/);
    await panel.redrawn(() => panel.page.selectOption('#schedule', '1f1b'));
    expect(await panel.page.locator('.why').count()).toBe(0);
    expect(await figures()).toMatch(/cannot run/);
  });

  it('shows exact numbers under the pointer', async () => {
    await show(interleaved);
    const box = await panel.page.locator(canvas).boundingBox();
    await panel.page.mouse.move((box?.x ?? 0) + 75, (box?.y ?? 0) + 35);
    expect(await tooltip()).toMatch(
      /Forward of micro batch 0, stage 0Chunk \(virtual stage\)0Duration45 msStart0 sEnd45 msMemory41\.05 GiB$/,
    );
    await save('interleaved');
    await panel.page.mouse.move((box?.x ?? 0) + 70, (box?.y ?? 0) + 35 + 34 * 3);
    expect(await tooltip()).toMatch(/Waiting \(bubble\), stage 3/);
  });

  it('zooms with Ctrl and the wheel, pans by dragging, fits with Home', async () => {
    await show();
    const box = await panel.page.locator(canvas).boundingBox();
    const [x, y] = [(box?.x ?? 0) + 600, (box?.y ?? 0) + 100];
    await panel.page.mouse.move(x, y);
    await panel.page.keyboard.down('Control');
    await panel.page.mouse.wheel(0, -600);
    await panel.page.keyboard.up('Control');
    await expect.poll(drawn, patient).toBeLessThan(operations);
    const picture = () => panel.page.evaluate((selector) => document.querySelector<HTMLCanvasElement>(selector)?.toDataURL(), canvas);
    const before = await picture();
    await panel.page.mouse.down();
    await panel.page.mouse.move(x - 200, y, { steps: 4 });
    await panel.page.mouse.up();
    await expect.poll(picture).not.toBe(before);
    await panel.page.focus(canvas);
    await panel.page.keyboard.press('Home');
    await expect.poll(drawn, patient).toBe(operations);
  });

  it('is driven by the keyboard from operation to operation, and says aloud where it is', async () => {
    await show();
    const spoken = () => panel.page.locator('[aria-live="polite"]').textContent();
    await panel.page.focus('button[title^="Zoom in"]');
    await panel.page.keyboard.press('Tab');
    await expect
      .poll(spoken, patient)
      .toMatch(/^Forward of micro batch 0, stage 0\. Duration 86 ms, Start 0 s, End 86 ms, Memory 42\.60 GiB\.$/);
    await panel.page.keyboard.press('ArrowRight');
    await expect.poll(spoken, patient).toMatch(/^Forward of micro batch 1, stage 0/);
    await panel.page.keyboard.press('ArrowDown');
    await expect.poll(spoken, patient).toMatch(/stage 1\./);
    await panel.page.keyboard.press('+');
    await expect.poll(drawn, patient).toBeLessThan(operations);
    await panel.redrawn(() => panel.page.keyboard.press('Home'));
    await save('keyboard');
    await panel.page.locator(canvas).press('Escape');
    await expect.poll(spoken, patient).toBe('');
    // The window gets its focus back, as it does after a picture is taken: nothing is selected again.
    await panel.redrawn(async () => {
      await panel.page.locator(canvas).evaluate((element) => element.dispatchEvent(new FocusEvent('focus')));
      await panel.page.keyboard.press('c');
    });
    expect(await spoken()).toBe('');
  });

  it('asks the host to show the text behind a setting', async () => {
    await show();
    await panel.page.click('button[title="Show VPP in the file"]');
    expect(await panel.replies()).toContainEqual({ type: 'reveal', field: 'parallel.virtualStages' });
  });

  it('has no ways to a text, and nothing to write, on a page that only reads', async () => {
    await panel.page.evaluate(() => {
      location.hash = 'read-only';
    });
    await panel.page.reload();
    await show();
    expect(await panel.page.isVisible('#schedule')).toBe(true);
    expect(await panel.page.locator('button.reveal:visible').count()).toBe(0);
    expect(await panel.page.locator('button.apply').count()).toBe(0);
    await panel.page.evaluate(() => {
      location.hash = '';
    });
  });

  it('draws 64 stages with a thousand micro batches by columns', async () => {
    await show(sampleJob(sampleRequest({ name: '1f1b', stages: 64, microBatches: 1024, virtualStages: 1 })));
    expect(await drawn()).toBe(64 * 1024 * 2);
    await save('64-stages');

    expect(await panel.page.locator('#timeline-keys').textContent()).toMatch(/narrower than a pixel/);
  });

  it('shows a job without a pipeline as one row', async () => {
    await show(sampleJob(sampleRequest({ name: '1f1b', stages: 1, microBatches: 12, virtualStages: 1 })));
    expect(await drawn()).toBe(24);
    expect(await panel.page.locator('option[value="interleaved-1f1b"]').isDisabled()).toBe(true);
    await save('one-stage');
  });

  it('follows the system on a page outside VS Code', async () => {
    await panel.page.evaluate(() => {
      document.body.className = '';
      document.documentElement.removeAttribute('style');
    });
    await show(interleaved);
    const background = () => panel.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await background()).toBe('rgb(255, 255, 255)');
    await panel.redrawn(() => panel.page.emulateMedia({ colorScheme: 'dark' }));
    expect(await background()).toBe('rgb(27, 29, 33)');
    await save('plain-dark');
    await panel.page.emulateMedia({ colorScheme: 'light' });
  });

  it('fits a narrow column and follows a resize', async () => {
    await show();
    await panel.redrawn(() => panel.page.setViewportSize({ width: 460, height: 800 }));
    const overflow = await panel.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow).toBe(0);
    await save('narrow');
    await panel.redrawn(() => panel.page.setViewportSize({ width: 1280, height: 860 }));
  });

  it('broke no rule of its content security policy and raised no error in any of this', () => {
    expect(panel.complaints).toEqual([]);
  });
});
