/** The timeline in a real browser: keys, pointer, search, sums, saving, tabs, and what outlives a reload. */
import { readFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumPath, type OpenPanel, openPanel } from './open-panel.ts';
import { sampleJob, sampleRequest } from './sample-job.ts';
import { webviewThemes } from './themes.ts';

const job = sampleJob(sampleRequest({ name: '1f1b', stages: 4, microBatches: 16, virtualStages: 1 }));
const operations = 4 * 16 * 2;
const canvas = 'canvas.timeline';

describe.skipIf(!chromiumPath)('the timeline in a browser', () => {
  let panel: OpenPanel;
  beforeAll(async () => {
    panel = await openPanel({ width: 1280, height: 900 });
  }, 60_000);
  afterAll(() => panel?.close());
  beforeEach(async () => {
    await panel.page.mouse.move(2, 2);
    await panel.page.setViewportSize({ width: 1280, height: 900 });
    await panel.page.reload();
    // The last page kept its state as it went.
    await panel.page.evaluate(() => sessionStorage.clear());
    for (const theme of webviewThemes) if (theme.name === 'light') await panel.setTheme(theme);
    await panel.redrawn(() => panel.send({ type: 'job', job }));
  });

  const patient = { timeout: 15_000 };
  const drawn = async () => Number(await panel.page.getAttribute(canvas, 'data-operations'));
  const spoken = () => panel.page.locator('[aria-live="polite"]').textContent();
  const press = (key: string) => panel.redrawn(() => panel.page.keyboard.press(key));
  const boxOf = async () => (await panel.page.locator(canvas).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };

  it('zooms and pans with letters, fills the window with what is selected, and shows the whole again', async () => {
    await panel.page.focus(canvas);
    await press('w');
    const closer = await drawn();
    expect(closer).toBeLessThan(operations);
    const shown = () => panel.page.locator(canvas).screenshot();
    const before = await shown();
    await press('d');
    expect((await shown()).equals(before)).toBe(false);
    await press('s');
    expect(await drawn()).toBe(operations);
    await press('ArrowRight');
    await press('f');
    expect(await drawn()).toBeLessThan(operations / 4);
    await press('Home');
    expect(await drawn()).toBe(operations);
  });

  it('leaves keys with Ctrl to the editor', async () => {
    await panel.page.focus(canvas);
    await panel.page.keyboard.press('Control+f');
    await panel.page.keyboard.press('Control+s');
    expect(await drawn()).toBe(operations);
    expect(await panel.page.locator('#timeline-search').inputValue()).toBe('');
  });

  it('says what the selected operation waited for, and goes there', async () => {
    await panel.page.focus(canvas);
    await press('ArrowDown');
    await press('ArrowDown');
    await expect.poll(spoken, patient).toMatch(/stage 1\./);
    const links = panel.page.locator('.links');
    expect(await links.textContent()).toMatch(/waited for.*Transfer of micro batch \d+, from stage 0.*is waited for by/);
    await panel.redrawn(() => panel.page.locator('.links button', { hasText: 'from stage 0' }).click());
    await expect.poll(spoken, patient).toMatch(/^Transfer of micro batch \d+, from stage 0/);
  });

  it('finds operations and goes from one to the next', async () => {
    await panel.page.focus(canvas);
    await panel.page.keyboard.press('/');
    await panel.page.keyboard.type('mb 7 stage 2');
    await expect.poll(() => panel.page.locator('.found').textContent(), patient).toBe('2 operations');
    await panel.page.keyboard.press('Enter');
    await expect.poll(spoken, patient).toMatch(/^Forward of micro batch 7, stage 2/);
    await panel.page.focus(canvas);
    await press('n');
    await expect.poll(spoken, patient).toMatch(/^Backward of micro batch 7, stage 2/);
    await press('Shift+N');
    await expect.poll(spoken, patient).toMatch(/^Forward of micro batch 7, stage 2/);
    await panel.page.fill('#timeline-search', 'stage 2 sideways');
    await expect.poll(() => panel.page.locator('.found').textContent(), patient).toMatch(/sideways.*means nothing/);
    await panel.page.keyboard.press('Escape');
    await expect.poll(() => panel.page.inputValue('#timeline-search'), patient).toBe('');
  });

  it('sums up the stretch of time that is dragged over, and lets it go', async () => {
    const { x, y } = await boxOf();
    await panel.page.keyboard.down('Shift');
    await panel.page.mouse.move(x + 300, y + 60);
    await panel.page.mouse.down();
    await panel.page.mouse.move(x + 600, y + 60, { steps: 4 });
    await panel.page.mouse.up();
    await panel.page.keyboard.up('Shift');
    const sums = () => panel.page.locator('.range').textContent();
    await expect.poll(sums, patient).toMatch(/from .* to .*: forward \d+\.\d %, backward \d+\.\d %/);
    expect(await panel.page.locator('.range tbody tr').count()).toBe(5);
    expect(await drawn()).toBe(operations);
    await panel.page.focus(canvas);
    // The first lets the selection go that came with the focus, the second the stretch of time.
    await press('Escape');
    if (await panel.page.locator('.range').count()) await press('Escape');
    await expect.poll(() => panel.page.locator('.range').count(), patient).toBe(0);
  });

  it('shows the time under the pointer', async () => {
    const { x, y } = await boxOf();
    const marks = () => panel.page.locator('canvas.marks').evaluate((element) => (element as HTMLCanvasElement).toDataURL());
    const before = await marks();
    await panel.redrawn(() => panel.page.mouse.move(x + 500, y + 40));
    expect(await marks()).not.toBe(before);
    await panel.redrawn(() => panel.page.mouse.move(2, 2));
    expect(await marks()).toBe(before);
  });

  it('brings the critical path out and says where its time goes', async () => {
    const before = await panel.page.locator(canvas).evaluate((element) => (element as HTMLCanvasElement).toDataURL());
    await panel.page.focus(canvas);
    await press('c');
    await panel.page.fill('#timeline-search', 'mb 5 stage 1 forward');
    await panel.page.keyboard.press('Enter');
    await panel.page.screenshot({ path: 'out/screenshots/panel-critical-path.png', fullPage: true });
    expect(await panel.page.locator('.critical').first().textContent()).toMatch(
      /Critical path, \d+ operations and transfers: .*forward .* s \(.* %\).*Most of it on stage 3/,
    );
    expect(await panel.page.locator(canvas).evaluate((element) => (element as HTMLCanvasElement).toDataURL())).not.toBe(before);
  });

  it('moves what is in sight on the mini-map', async () => {
    await panel.page.focus(canvas);
    await press('w');
    await press('w');
    const place = async () => (await panel.page.locator('.in-sight').boundingBox())?.x ?? 0;
    const before = await place();
    const map = (await panel.page.locator('.mini-map').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await panel.redrawn(() => panel.page.mouse.click(map.x + 150, map.y + 20));
    expect(await place()).toBeLessThan(before);
  });

  it('hands over a picture, a drawing and a trace', async () => {
    const saved = async (button: string) => {
      await panel.page.click('.menu summary');
      const [file] = await Promise.all([panel.page.waitForEvent('download'), panel.page.click(`.menu button:has-text("${button}")`)]);
      expect(await panel.page.locator('.menu[open]').count()).toBe(0);
      return { name: file.suggestedFilename(), data: readFileSync(await file.path()) };
    };
    const picture = await saved('PNG');
    expect(picture.name).toBe('pretrain_gpt_175b.sh, launch 1 timeline.png');
    const { width, height } = PNG.sync.read(picture.data);
    const box = await boxOf();
    expect([width, height]).toEqual([box.width, box.height]);
    const drawing = await saved('SVG');
    const read = await panel.page.evaluate((text) => {
      const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
      return { error: parsed.querySelector('parsererror')?.textContent, shapes: parsed.querySelectorAll('rect').length };
    }, drawing.data.toString('utf8'));
    expect(read.error).toBeUndefined();
    expect(read.shapes).toBeGreaterThan(operations);
    const trace: unknown = JSON.parse((await saved('Trace')).data.toString('utf8'));
    expect(trace).toMatchObject({ displayTimeUnit: 'ms' });
    const events = (trace as { traceEvents: readonly { ph: string; cat?: string }[] }).traceEvents;
    expect(events.filter(({ ph, cat }) => ph === 'X' && /forward|backward/.test(cat ?? ''))).toHaveLength(operations);
  });

  it('lists the operations in a table that follows the search and the selection', async () => {
    await panel.page.focus('#tab-timeline');
    await panel.page.keyboard.press('ArrowRight');
    const rows = panel.page.locator('.operations tbody tr:has(td)');
    await rows.first().waitFor();
    expect(await panel.page.getAttribute('#tab-operations', 'aria-selected')).toBe('true');
    expect(await rows.count()).toBeLessThan(60);
    await panel.page.fill('.operations input[type="search"]', 'stage 1 mb 3 backward');
    await expect.poll(() => rows.count(), patient).toBe(1);
    expect(await rows.first().textContent()).toMatch(/^1Backward30/);
    await rows.first().locator('button').click();
    await expect.poll(spoken, patient).toMatch(/^Backward of micro batch 3, stage 1/);
    await panel.page.fill('.operations input[type="search"]', '');
    await expect.poll(() => panel.page.locator('[aria-current="true"]').count(), patient).toBe(1);
    await panel.page.locator('.operations .rows').focus();
    await panel.page.keyboard.press('End');
    await expect.poll(() => panel.page.locator('[aria-current="true"]').textContent(), patient).toMatch(/^3Parameter gather/);
    const [row, rowsBox] = await Promise.all(
      ['[aria-current="true"]', '.operations .rows'].map((selector) => panel.page.locator(selector).boundingBox()),
    );
    expect(row?.height).toBe(22);
    expect((row?.y ?? 0) + 22).toBeLessThanOrEqual((rowsBox?.y ?? 0) + (rowsBox?.height ?? 0));
    await panel.page.screenshot({ path: 'out/screenshots/panel-operations.png', fullPage: true });
  });

  it('is as it was left when it comes back', async () => {
    await panel.page.focus(canvas);
    await press('w');
    await press('ArrowRight');
    await press('m');
    await press('c');
    const closer = await drawn();
    await panel.page.fill('#timeline-search', 'mb 2');
    await expect.poll(() => panel.page.evaluate(() => sessionStorage.getItem('panel')), patient).toMatch(/"query":"mb 2"/);
    await panel.page.reload();
    await panel.redrawn(() => panel.send({ type: 'job', job: { ...job, version: 2 } }));
    await expect.poll(drawn, patient).toBe(closer);
    expect(await panel.page.inputValue('#timeline-search')).toBe('mb 2');
    expect(await panel.page.locator('.range').count()).toBe(1);
    expect(await panel.page.locator('.links').count()).toBe(1);
    expect(await panel.page.locator('p.critical').count()).toBe(1);
  });

  it('fits a side panel of 300 pixels, and a window at 200 %', async () => {
    for (const width of [300, 640]) {
      await panel.redrawn(() => panel.page.setViewportSize({ width, height: 800 }));
      const overflow = await panel.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      await panel.page.screenshot({ path: `out/screenshots/panel-${width}.png`, fullPage: true });
      expect(overflow, `${width}`).toBe(0);
    }
  });

  it('is painted where it is in sight when it is taller than the window', async () => {
    const tall = sampleJob(sampleRequest({ name: 'gpipe', stages: 600, microBatches: 4, virtualStages: 1 }));
    await panel.redrawn(() => panel.send({ type: 'job', job: { ...tall, uri: 'file:///tall' } }));
    const size = async () => (await panel.page.locator(canvas).boundingBox()) ?? { height: 0, y: 0 };
    expect((await size()).height).toBe(1800);
    await panel.redrawn(() => panel.page.evaluate(() => window.scrollTo(0, 5000)));
    const { y, height } = await size();
    expect(y).toBeLessThanOrEqual(0);
    expect(y + height).toBeGreaterThanOrEqual(900);
    await panel.page.mouse.move(400, 450);
    expect(await panel.page.locator('.tooltip').textContent()).toMatch(/stage \d{3}/);
  });

  it('broke no rule of its content security policy and raised no error in any of this', () => {
    expect(panel.complaints).toEqual([]);
  });
});
