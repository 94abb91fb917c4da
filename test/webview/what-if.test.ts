/** Trying values in a real browser: the panel asks, the engine answers from a script's text, and what is written is what was shown. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Analysis } from '../../server/src/engine/analysis.ts';
import { cleanChange } from '../../server/src/engine/what-if/fields.ts';
import { textsAfter } from '../../server/src/engine/what-if/texts.ts';
import { whatIf } from '../../server/src/engine/what-if/what-if.ts';
import { besideOf } from '../../server/src/lsp/beside.ts';
import { panelOf } from '../../server/src/lsp/panel.ts';
import { whatIfOf } from '../../server/src/lsp/what-if.ts';
import type { PanelReply } from '../../server/src/protocol/panel.ts';
import { engineOver, launch, loadParsers } from '../engine/support.ts';
import { violationsIn } from './axe.ts';
import { chromiumPath, type OpenPanel, openPanel } from './open-panel.ts';
import { webviewThemes } from './themes.ts';

const pictures = join(import.meta.dirname, '../../out/screenshots');
const script = launch(
  '--tensor-model-parallel-size 2 --pipeline-model-parallel-size 4 --num-layers-per-virtual-pipeline-stage 3 --sequence-parallel',
);
const server = 'vllm serve Qwen/Qwen2.5-7B-Instruct --max-model-len 8192 --max-num-seqs 64\n';

describe.skipIf(!chromiumPath)('trying values in a browser', () => {
  const { engine, faults } = engineOver();
  const analyse = (text: string, version: number): Analysis => engine.analyse('file:///w/a.sh', text, version);
  let panel: OpenPanel;
  let shown: Analysis;
  let answered = 0;
  let silent = false;
  const asked: Extract<PanelReply, { readonly type: 'whatIf' }>[] = [];

  /** Plays the host: answers what the panel has asked since the last time. */
  async function host(): Promise<void> {
    const replies = await panel.replies();
    for (const reply of replies.slice(answered)) {
      answered += 1;
      if (reply.type === 'whatIf') asked.push(reply);
      if (reply.type === 'whatIf' && !silent) {
        await panel.send({ type: 'whatIf', answer: { turn: reply.turn, ...whatIfOf(engine, shown, 0, reply.change) } });
      }
      if (reply.type === 'apply') await apply(reply.change);
      if (reply.type === 'compare') await beside(reply.other);
    }
  }

  async function apply(change: { readonly [field: string]: unknown }): Promise<void> {
    const job = shown.jobs[0];
    const found = job && whatIf(engine, shown, 0, cleanChange(job, change));
    const text = found && textsAfter(found.edits, () => shown.document.text).get(shown.uri);
    if (text === undefined) return panel.send({ type: 'applied', done: false, text: 'nothing was written' });
    await show(text, shown.version + 1);
    await panel.send({ type: 'applied', done: true, text: 'Written into one file.' });
  }

  async function beside(other: Extract<PanelReply, { readonly type: 'compare' }>['other']): Promise<void> {
    if (other === 'none') return undefined;
    if (other === 'choose') return panel.send({ type: 'others', jobs: [{ file: 'b.sh', job: 0, title: 'b.sh' }] });
    if (other === 'last-commit') {
      return panel.send({ type: 'beside', title: '', shown: { type: 'empty', why: 'There is no last commit.' }, rows: [] });
    }
    const { shown: that, rows } = besideOf(shown, 0, analyse(launch('--pipeline-model-parallel-size 4'), 1), 0);
    await panel.send({ type: 'beside', title: other.file, shown: that, rows });
  }

  async function show(text: string, version = 1): Promise<void> {
    shown = analyse(text, version);
    await panel.send(panelOf(shown, 0));
  }

  /** Until the condition holds, with the host at work. */
  const until = (what: () => Promise<unknown>) =>
    expect
      .poll(async () => {
        await host();
        return what();
      })
      .toBeTruthy();
  const cell = (row: string, column: number) => panel.page.locator(`.comparison tr:has(th:text-is("${row}")) td`).nth(column).textContent();
  const hasRow = (row: string) => panel.page.locator(`.comparison tr:has(th:text-is("${row}"))`).count();
  const operations = () => panel.page.getAttribute('canvas.timeline', 'data-operations');
  const save = (name: string) => panel.page.screenshot({ path: join(pictures, `what-if-${name}.png`), fullPage: true });
  const field = (name: string) => `#try-${name.replaceAll('.', '-')}`;

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    await loadParsers();
    panel = await openPanel({ width: 1280, height: 1000 });
  }, 60_000);
  afterAll(() => panel?.close());
  beforeEach(async () => {
    [answered, silent] = [0, false];
    asked.length = 0;
    // The last page kept its state until it went.
    await panel.page.reload();
    await panel.page.evaluate(() => sessionStorage.clear());
    await panel.page.reload();
    for (const theme of webviewThemes) if (theme.name === 'light') await panel.setTheme(theme);
    await show(script);
    await until(() => panel.page.locator(field('parallel.tensor')).count());
  });

  it('offers the values of the file, and says which the framework would refuse', async () => {
    expect(await panel.page.inputValue(field('parallel.tensor'))).toBe('2');
    expect(await panel.page.inputValue(field('parallel.data'))).toBe('2');
    expect(await panel.page.inputValue(field('zero.stage'))).toBe('0');
    expect(await panel.page.isDisabled('button.apply')).toBe(true);
    const refused = panel.page.locator(`${field('parallel.pipeline')} option:disabled`);
    expect(await refused.count()).toBeGreaterThan(0);
    for (const why of await refused.evaluateAll((options) => options.map((option) => option.getAttribute('title'))))
      expect(why).toMatch(/\d/);
  });

  it('shows what another value gives, beside the file, in every number', async () => {
    await panel.page.selectOption(field('parallel.tensor'), '4');
    await until(() => hasRow('Step time'));
    for (const row of ['Tokens/s', 'Megatron-LM MFU', 'Memory, fullest stage', 'Bubble'])
      expect([row, await hasRow(row)]).toEqual([row, 1]);
    expect(await hasRow('Memory, stage 0')).toBe(0);
    await panel.page.click('button.details');
    for (const row of ['Tokens/s', 'Megatron-LM MFU', 'Memory, stage 0', 'Memory, stage 3', 'Bubble'])
      expect([row, await hasRow(row)]).toEqual([row, 1]);
    expect(await cell('Memory, stage 0', 2)).toMatch(/^−/);
    expect(await panel.page.inputValue(field('parallel.data'))).toBe('1');
    expect(await panel.page.inputValue('input[aria-label^="micro"]')).toBe('256');
    expect(await panel.page.locator('.patch pre').textContent()).toContain('+    --tensor-model-parallel-size 4 ');
    await save('tried');
    await panel.page.click('button.reset');
    await until(async () => (await hasRow('Step time')) === 1 && (await panel.page.inputValue(field('parallel.tensor'))) === '2');
  });

  it('tells the bands of the file beside its own simulated figures', async () => {
    const simulated = panel.page.locator('[aria-label="Simulated figures"] tr', { hasText: 'Step time' });
    await until(async () => /\(.* to .*\)/.test((await simulated.textContent()) ?? ''));
    expect(await panel.page.locator('.caption .peak').first().textContent()).toMatch(/^peak .* GiB \(.* GiB to .* GiB\)$/);
  });

  it('says what the rules would say', async () => {
    await panel.page.selectOption(field('recompute.granularity'), 'full');
    await panel.page.selectOption(field('batch.micro'), '8');
    await until(() => panel.page.locator('.findings li').count());
    expect(await panel.page.locator('.findings').textContent()).toMatch(/Error|Warning|Note/);
  });

  it('writes what was shown, and then tries nothing any more', async () => {
    const before = await operations();
    await panel.page.selectOption(field('zero.stage'), '1');
    await panel.page.fill('input[type=number][aria-label^="micro"]', '32');
    await panel.page.keyboard.press('Enter');
    await until(async () => !(await panel.page.isDisabled('button.apply')));
    const step = await cell('Step time', 0);
    await panel.page.click('button.apply');
    await until(async () => shown.document.text.includes('--use-distributed-optimizer'));
    expect(shown.document.text).toContain('--global-batch-size 64');
    await until(() => panel.page.isDisabled('button.reset'));
    expect(await panel.page.locator('.strip [role=status]').textContent()).toBe('Written into one file.');
    expect(await operations()).not.toBe(before);
    const { result } = shown.jobs[0] ?? {};
    const message = panelOf(shown, 0);
    expect(result && 'estimate' in result).toBe(true);
    expect(message.type === 'job' && message.job.summary.find(({ label }) => label === 'Step')?.text).toBe(step);
    // What undo does to the text: the panel follows it like any other edit.
    await show(script, shown.version + 1);
    await until(async () => (await operations()) === before);
    expect(await panel.page.locator('.strip [role=status]').count()).toBe(0);
  });

  it('says why a value cannot be written, and does not offer to', async () => {
    await show(script.replace('--tensor-model-parallel-size 2', '--tensor-model-parallel-size $((1+1))'), 2);
    await panel.page.selectOption(field('parallel.tensor'), '4');
    await until(() => panel.page.locator('[aria-label="Not written"]').count());
    expect(await panel.page.locator('[aria-label="Not written"]').textContent()).toBe(
      'TP cannot be written into the file: it is not written as a plain value: $((1+1))',
    );
    expect(await hasRow('Step time')).toBe(1);
    expect(await panel.page.isDisabled('button.apply')).toBe(true);
  });

  it('asks one thing at a time, the newest next, and shows a schedule at once', async () => {
    silent = true;
    const slider = panel.page.locator('#micro-batches');
    await slider.focus();
    const before = await operations();
    for (let press = 0; press < 6; press++) await panel.page.keyboard.press('ArrowRight');
    // Drawn by the panel itself, before any answer.
    await expect.poll(operations).not.toBe(before);
    await host();
    expect(asked.filter(({ change }) => Object.keys(change).length > 0)).toHaveLength(1);
    silent = false;
    const last = asked.at(-1);
    if (!last) throw new Error('nothing was asked');
    await panel.send({ type: 'whatIf', answer: { turn: last.turn, ...whatIfOf(engine, shown, 0, last.change) } });
    await until(() => hasRow('Step time'));
    expect(asked.filter(({ change }) => Object.keys(change).length > 0)).toHaveLength(2);
    expect(String(asked.at(-1)?.change['batch.accumulation'])).toBe(await panel.page.inputValue('input[aria-label^="micro"]'));
  });

  it('keeps what is tried over a reload of the file and drops it for another', async () => {
    await panel.page.selectOption(field('parallel.tensor'), '4');
    await until(() => hasRow('Step time'));
    await show(script.replace('--seq-length 2048', '--seq-length 1024'), 2);
    await until(async () => (await panel.page.inputValue(field('parallel.tensor'))) === '4' && (await hasRow('Tokens/s')));
    shown = engine.analyse('file:///w/other.sh', script, 1);
    await panel.send(panelOf(shown, 0));
    await until(async () => (await panel.page.inputValue(field('parallel.tensor'))) === '2');
  });

  it('puts another job on the same time axis, with the numbers of both', async () => {
    await panel.page.click('#tab-compare');
    await panel.page.click('text=Compare with the last commit');
    await until(() => panel.page.locator('.compare .why').count());
    expect(await panel.page.locator('.compare .why').textContent()).toBe('There is no last commit.');
    await panel.page.click('text=Compare with a file…');
    await until(() => panel.page.locator('.chooser select').count());
    await panel.page.selectOption('.chooser select', '0');
    await until(async () => (await panel.page.locator('canvas.timeline').count()) === 2);
    await expect.poll(() => panel.page.locator('canvas.timeline').nth(1).getAttribute('data-operations')).toBe(String(4 * 64 * 2));
    expect(await panel.page.locator('.compare .comparison thead').textContent()).toBe('EstimatedThis fileb.shDifference');
    expect(await panel.page.locator('.compare .comparison tr:has(th:text-is("Step time")) td').nth(2).textContent()).toMatch(/^[+−]/);
    await save('beside');
    await panel.page.click('text=End the comparison');
    await until(async () => (await panel.page.locator('canvas.timeline').count()) === 0);
  });

  it('tries TP and limits of a server, and writes both', async () => {
    await show(server);
    await until(() => panel.page.locator(field('parallel.tensor')).count());
    await panel.page.selectOption(field('parallel.tensor'), '2');
    await panel.page.fill('input[aria-label="Max sequences, number"]', '32');
    await panel.page.keyboard.press('Enter');
    await until(() => hasRow('KV cache'));
    expect(await cell('GPUs', 0)).toBe('2');
    await save('server');
    await panel.page.click('button.apply');
    await until(async () => shown.document.text === server.replace('64', '32').replace('\n', ' --tensor-parallel-size 2\n'));
    await until(() => panel.page.isDisabled('button.apply'));
    expect(await panel.page.inputValue(field('parallel.tensor'))).toBe('2');
  });

  it('folds the settings where they would push the timeline out of sight, and keeps them as they were left', async () => {
    const folded = () => panel.page.locator('#try-settings').isHidden();
    expect(await folded()).toBe(false);
    for (const [width, height] of [
      [600, 800],
      [300, 800],
      [640, 500],
    ] as const) {
      await panel.page.setViewportSize({ width, height });
      await expect.poll(folded).toBe(true);
      const { y = height } = (await panel.page.locator('canvas.timeline').boundingBox()) ?? {};
      expect([width, y < height / 2 + 50]).toEqual([width, true]);
    }
    expect(await panel.page.locator('.brief').textContent()).toBe('Interleaved 1F1B, 128 micro batches, VPP 2, TP 2, PP 4, DP 2');
    await panel.page.click('button.fold');
    await panel.page.selectOption(field('parallel.tensor'), '4');
    await panel.page.click('button.fold');
    await until(async () => /Step time [+−]/.test((await panel.page.locator('.brief').textContent()) ?? ''));
    await panel.page.setViewportSize({ width: 1280, height: 1000 });
    expect(await folded()).toBe(true);
    await panel.page.reload();
    answered = 0;
    await show(script);
    await until(async () => /Step time [+−]/.test((await panel.page.locator('.brief').textContent()) ?? ''));
    expect(await folded()).toBe(true);
  });

  it('keeps what is tried of a server while the panel is away', async () => {
    await show(server);
    await until(() => panel.page.locator(field('parallel.tensor')).count());
    await panel.page.selectOption(field('parallel.tensor'), '2');
    await panel.page.reload();
    answered = 0;
    await show(server);
    await until(async () => (await panel.page.inputValue(field('parallel.tensor'))) === '2');
  });

  it('is without serious violations, and fits a narrow column, with everything tried', async () => {
    await panel.page.selectOption(field('parallel.tensor'), '4');
    await panel.page.selectOption(field('recompute.granularity'), 'full');
    await until(() => hasRow('Tokens/s'));
    await panel.page.click('button.details');
    await panel.page.click('.patch summary');
    for (const theme of webviewThemes) {
      await panel.setTheme(theme);
      expect([theme.name, await violationsIn(panel.page)]).toEqual([theme.name, []]);
    }
    for (const width of [460, 300]) {
      await panel.page.setViewportSize({ width, height: 900 });
      await save(`narrow-${width}`);
      const overflow = () => panel.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      await expect.poll(overflow).toBe(0);
    }
    await panel.page.setViewportSize({ width: 1280, height: 1000 });
  }, 120_000);

  it('broke no rule of its content security policy and raised no error in any of this', () => {
    expect(panel.complaints).toEqual([]);
    expect(faults).toEqual([]);
  });
});
