/** The search among schedules in a real browser: asked for, given up, ranked, and one of them tried and written like any other value. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Analysis } from '../../server/src/engine/analysis.ts';
import { panelOf } from '../../server/src/lsp/panel.ts';
import { schedulesOf } from '../../server/src/lsp/schedules.ts';
import { whatIfOf } from '../../server/src/lsp/what-if.ts';
import type { PanelReply } from '../../server/src/protocol/panel.ts';
import { engineOver, launch, loadParsers } from '../engine/support.ts';
import { violationsIn } from './axe.ts';
import { chromiumPath, type OpenPanel, openPanel } from './open-panel.ts';
import { webviewThemes } from './themes.ts';

const pictures = join(import.meta.dirname, '../../out/screenshots');
const script = (more = '') => launch(`--tensor-model-parallel-size 2 --pipeline-model-parallel-size 4 ${more}`);

describe.skipIf(!chromiumPath)('the search among schedules in a browser', () => {
  const { engine, faults } = engineOver();
  let panel: OpenPanel;
  let shown: Analysis;
  let answered = 0;
  let silent = false;
  const asked: PanelReply[] = [];

  async function host(): Promise<void> {
    const replies = await panel.replies();
    for (const reply of replies.slice(answered)) {
      answered += 1;
      asked.push(reply);
      if (reply.type === 'whatIf') {
        await panel.send({ type: 'whatIf', answer: { turn: reply.turn, ...whatIfOf(engine, shown, 0, reply.change) } });
      }
      if (reply.type === 'schedules' && !silent) {
        const found = await schedulesOf(engine, shown, 0, reply.change, () => false);
        if (found) await panel.send({ type: 'schedules', turn: reply.turn, found });
      }
    }
  }
  const until = (what: () => Promise<unknown>) =>
    expect
      .poll(async () => {
        await host();
        return what();
      })
      .toBeTruthy();
  const show = async (text: string, version: number) => {
    shown = engine.analyse('file:///w/a.sh', text, version);
    await panel.send(panelOf(shown, 0));
  };
  const button = (name: RegExp) => panel.page.getByRole('button', { name });
  const rows = () => panel.page.locator('.schedule-search tbody tr');
  const save = (name: string) => panel.page.screenshot({ path: join(pictures, `schedules-${name}.png`), fullPage: true });
  const theme = async (name: string) => {
    for (const one of webviewThemes) if (one.name === name) await panel.setTheme(one);
  };
  const search = async () => {
    await button(/^Search schedules/).click();
    await until(() => rows().count());
  };

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    await loadParsers();
    panel = await openPanel({ width: 1280, height: 1000 });
  }, 60_000);
  afterAll(() => panel?.close());
  beforeEach(async () => {
    [answered, silent] = [0, false];
    asked.length = 0;
    await panel.page.setViewportSize({ width: 1280, height: 1000 });
    await panel.page.reload();
    await panel.page.evaluate(() => sessionStorage.clear());
    await panel.page.reload();
    await theme('light');
    await show(script(), 1);
    await until(() => panel.page.locator('#try-batch-micro').count());
  });

  it('ranks them, names the best, and lets one be tried like any other value', async () => {
    await search();
    expect(await panel.page.locator('.schedule-search [role=status]').textContent()).toMatch(
      /^fastest that fits: Interleaved 1F1B, VPP \d/,
    );
    const best = rows().first();
    expect(await best.textContent()).toMatch(/^TryInterleaved 1F1B, VPP \d+.*−[\d.]+ %/);
    const name = (await best.locator('th').textContent()) ?? '';
    await save('found');
    await best.getByRole('button').click();
    await until(() => panel.page.locator('.differences').count());
    await until(() => panel.page.isEnabled('button.apply'));
    expect(await panel.page.inputValue('#schedule')).toBe('interleaved-1f1b');
    expect(name).toContain(`VPP ${await panel.page.inputValue('#virtual-stages')}`);
    expect(asked.findLast(({ type }) => type === 'whatIf')).toMatchObject({ change: { 'parallel.schedule': 'interleaved-1f1b' } });
    // What was found still holds: only the schedule is another one.
    expect(await best.getByRole('button').textContent()).toBe('shown');
    expect(await panel.page.locator('.schedule-search [role=status]').textContent()).toMatch(/^fastest that fits/);
    await save('tried');
    expect(faults).toEqual([]);
    expect(panel.complaints).toEqual([]);
  });

  it('says why the others are not estimated', async () => {
    await search();
    await panel.page.locator('.schedule-search summary').click();
    expect(await panel.page.locator('.schedule-search details').textContent()).toMatch(/ZB-V, VPP 2: Megatron-LM does not run it/);
  });

  it('is given up when asked to, and a late answer is dropped', async () => {
    silent = true;
    await button(/^Search schedules/).click();
    await button(/^Stop searching/).click();
    await until(async () => asked.some(({ type }) => type === 'stopSearch'));
    const question = asked.find((reply): reply is Extract<PanelReply, { type: 'schedules' }> => reply.type === 'schedules');
    const found = await schedulesOf(engine, shown, 0, {}, () => false);
    if (!question || !found) throw new Error('nothing was asked');
    await panel.send({ type: 'schedules', turn: question.turn, found });
    await until(async () => (await button(/^Search schedules$/).count()) > 0);
    expect(await rows().count()).toBe(0);
  });

  it('is of no worth for another state of the file, and says so', async () => {
    await search();
    await show(script('--micro-batch-size 2'), 2);
    await until(
      async () => (await panel.page.locator('.schedule-search [role=status]').textContent()) === 'found for other values than those shown',
    );
    await search();
    await until(async () => /^fastest/.test((await panel.page.locator('.schedule-search [role=status]').textContent()) ?? ''));
  });

  it('is not offered without a pipeline', async () => {
    await show(launch('--tensor-model-parallel-size 2'), 2);
    await until(async () => (await panel.page.locator('.schedule-search').count()) === 0);
  });

  it('can be read in a dark, high-contrast and narrow panel, by everybody', async () => {
    await search();
    expect(await violationsIn(panel.page)).toEqual([]);
    for (const name of ['dark', 'high-contrast']) {
      await theme(name);
      await save(name);
    }
    await panel.page.setViewportSize({ width: 420, height: 900 });
    if ((await panel.page.getAttribute('button.fold', 'aria-expanded')) === 'false') await panel.page.click('button.fold');
    await until(() => panel.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
    await save('narrow');
  });
});
