/** The panel of a server in a real browser, under its content security policy. Pictures are saved in out/screenshots. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumPath, type OpenPanel, openPanel } from './open-panel.ts';
import { sampleServer, statedLoad } from './sample-server.ts';
import { webviewThemes } from './themes.ts';

const pictures = join(import.meta.dirname, '../../out/screenshots');
const canvas = 'canvas.series';

describe.skipIf(!chromiumPath)('the panel of a server in a browser', () => {
  let panel: OpenPanel;
  const save = (name: string) => panel.page.screenshot({ path: join(pictures, `server-${name}.png`), fullPage: true });
  const figures = () => panel.page.locator('.comparison tbody').textContent();
  const cell = (row: string, column: number) => panel.page.locator(`.comparison tr:has(th:text-is("${row}")) td`).nth(column).textContent();
  /** Until all of it is worked out. */
  const settled = async () => {
    await panel.page.locator('[aria-busy="false"]').waitFor();
    await expect.poll(() => panel.page.locator(canvas).getAttribute('data-steps')).not.toBeNull();
  };
  const show = async (job = sampleServer(statedLoad)) => {
    await panel.send({ type: 'serving', job });
    await settled();
  };
  const set = async (label: string, value: string) => {
    await panel.page.fill(`input[aria-label="${label}, number"]`, value);
    await panel.page.keyboard.press('Enter');
    await settled();
  };

  const drawings = async () => Number((await panel.page.getAttribute(canvas, 'data-drawn')) ?? 0);
  const redrawn = async (action: () => Promise<unknown>) => {
    const before = await drawings();
    await action();
    await expect.poll(drawings).toBeGreaterThan(before);
  };

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    panel = await openPanel({ width: 1280, height: 860 });
  }, 60_000);
  afterAll(() => panel?.close());
  beforeEach(async () => {
    await panel.page.mouse.move(2, 2);
    await panel.page.reload();
    // The last page kept its state as it went.
    await panel.page.evaluate(() => sessionStorage.clear());
    for (const theme of webviewThemes) if (theme.name === 'light') await panel.setTheme(theme);
  });

  it('shows figures, curves and the engines over time in every theme', async () => {
    await show();
    expect(await figures()).toMatch(/TTFT, median.*Goodput.*Preemptions.*Cost of a million tokens.*Sustained/s);
    expect(await panel.replies()).toContainEqual({ type: 'drawn', operations: expect.any(Number), milliseconds: expect.any(Number) });
    expect(await panel.page.locator('.assumptions').textContent()).not.toMatch(/no setting of rooflint/);
    const seen = new Set<string>();
    for (const theme of webviewThemes) {
      await redrawn(() => panel.setTheme(theme));
      await save(theme.name);
      seen.add(await panel.page.evaluate((selector) => document.querySelector<HTMLCanvasElement>(selector)?.toDataURL() ?? '', canvas));
    }
    expect(seen.size).toBe(webviewThemes.length);
  });

  it('assumes a load where none is stated and says so', async () => {
    await show(sampleServer());
    expect(await panel.page.inputValue('input[aria-label="Prompt tokens, number"]')).toBe('1024');
    expect(await panel.page.locator('.assumptions').textContent()).toMatch(
      /Rate: .*no setting of rooflint.load says it.*Prompts: 1024 tokens/,
    );
    expect(await panel.page.locator('.assumed li').allTextContents()).toHaveLength(3);
    await expect.poll(figures).not.toMatch(/Goodput/);
    await redrawn(() => panel.page.setViewportSize({ width: 660, height: 860 }));
    await save('assumed');
    await panel.page.setViewportSize({ width: 1280, height: 860 });
  });

  it('works another load out and compares it with the file', async () => {
    await show();
    await set('Requests/s', '18');
    await expect.poll(() => cell('Requests per second', 3)).toMatch(/^\+/);
    expect(await cell('Requests per second', 2)).toMatch(/^1[12]\./);
    await save('tried');
    await panel.page.click('button.reset');
    await settled();
    await expect.poll(() => panel.page.locator('.comparison thead').textContent()).toBe('SimulatedThis fileBand');
  });

  it('takes clients that wait for answers in place of a rate', async () => {
    await show();
    await panel.page.selectOption('#arrivals', 'clients');
    await settled();
    expect(await panel.page.locator('#rate').count()).toBe(0);
    await set('Clients', '4');
    const few = Number((await cell('Requests per second', 0))?.replace(',', ''));
    await set('Clients', '32');
    expect(Number((await cell('Requests per second', 0))?.replace(',', ''))).toBeGreaterThan(2 * few);
    await save('clients');
    await panel.page.click('button.reset');
    await settled();
    expect(await panel.page.inputValue('#arrivals')).toBe('rate');
  });

  it('says that a load is too much, and what limits it', async () => {
    await show();
    await set('Requests/s', '60');
    expect(await panel.page.locator('.why').textContent()).toMatch(/^Overloaded: the queue grows/);
    await save('overloaded');
  });

  it('keeps what was tried while the file is edited, and drops it for another file', async () => {
    await show();
    await set('Replicas', '3');
    await panel.send({ type: 'serving', job: sampleServer({ ...statedLoad, 'serving.maxSequences': 64 }, 2) });
    await expect.poll(() => panel.page.inputValue('input[aria-label="Max sequences, number"]')).toBe('64');
    expect(await panel.page.inputValue('input[aria-label="Replicas, number"]')).toBe('3');
    await panel.send({ type: 'serving', job: { ...sampleServer(statedLoad), uri: 'file:///workspace/other.sh' } });
    await expect.poll(() => panel.page.inputValue('input[aria-label="Replicas, number"]')).toBe('1');
  });

  it('is driven by the keyboard, and says aloud where it is', async () => {
    await show();
    const spoken = () => panel.page.locator('[aria-live="polite"]').allTextContents();
    await panel.page.focus(canvas);
    await panel.page.keyboard.press('ArrowRight');
    await expect.poll(async () => (await spoken()).join()).toMatch(/Steps \d+, Prompt tokens per step/);
    await panel.page.keyboard.press('Escape');
    await panel.page.focus('.curve canvas >> nth=0');
    await panel.page.keyboard.press('ArrowRight');
    await expect.poll(async () => (await spoken()).join()).toMatch(/^TTFT at .* requests\/s\. Steady state/);
    await panel.page.focus('#rate');
    const before = await panel.page.inputValue('input[aria-label="Requests/s, number"]');
    await panel.page.keyboard.press('ArrowRight');
    await expect.poll(() => panel.page.inputValue('input[aria-label="Requests/s, number"]')).not.toBe(before);
  });

  it('holds the charts as tables', async () => {
    await show();
    await panel.page.click('.tables summary');
    const tables = await panel.page.locator('.tables table').allTextContents();
    expect(tables[0]).toMatch(/TTFT, steady/);
    expect(tables[0]).not.toMatch(/…/);
    expect(await panel.page.locator('.tables table >> nth=1 >> tbody tr').count()).toBeGreaterThan(10);
    await save('tables');
  });

  it('asks for the text of what the file says, and shows why there is nothing', async () => {
    await show();
    await panel.page.click('button[title="Show Max sequences in the file"]');
    expect(await panel.replies()).toContainEqual({ type: 'reveal', field: 'serving.maxSequences' });
    await panel.send({ type: 'empty', why: 'The context length is not known.' });
    await expect.poll(() => panel.page.locator('.why').textContent()).toBe('The context length is not known.');
    expect(await panel.page.getAttribute('main', 'class')).toBe('stale');
  });

  it('fits a narrow column', async () => {
    await show();
    await redrawn(() => panel.page.setViewportSize({ width: 460, height: 800 }));
    const overflow = await panel.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await save('narrow');
    expect(overflow).toBe(0);
    await panel.page.setViewportSize({ width: 1280, height: 860 });
  });

  it('broke no rule of its content security policy and raised no error in any of this', () => {
    expect(panel.complaints).toEqual([]);
  });
});
