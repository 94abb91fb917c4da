// The text editor: squiggle, lens, hover card, Problems view, quick fix, the other formats, the cluster picker.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../lib/workbench.mjs';

const patience = 30_000;

export async function checkEditor({ page, workbench, editor, restricted, shot, check }) {
  const { squiggle, command, openFile, tab } = workbench;

  await check('an error is underlined in the launch script', async () => {
    await squiggle('error').waitFor({ timeout: 60_000 });
  });

  await check(restricted ? 'the window is in Restricted Mode' : 'the window is trusted', async () => {
    const banner = page.locator('.monaco-workbench .banner', { hasText: 'Restricted Mode' });
    const badge = page.locator('.statusbar-item', { hasText: 'Restricted Mode' });
    // The banner may come a moment after the first squiggle.
    if (restricted) await banner.or(badge).first().waitFor({ timeout: patience });
    const seen = (await banner.count()) + (await badge.count()) > 0;
    if (seen !== restricted) throw new Error(`Restricted Mode is ${seen ? 'on' : 'off'}`);
    if ((await page.locator('.monaco-dialog-box').count()) > 0) throw new Error('a dialog is in the way');
  });
  if (restricted)
    await page
      .locator('.monaco-workbench .banner .action-container .codicon-close')
      .click({ timeout: 5000 })
      .catch(() => undefined);

  await check('the hover card shows the finding and the value', async () => {
    const box = await squiggle('error').boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 5 });
    const card = page.locator('.monaco-hover:visible', { hasText: 'global batch' });
    await card.first().waitFor({ timeout: patience });
    await until('the table of the hover', async () => /\b33\b/.test(await card.first().textContent()));
    await shot('hover-finding');
    await page.mouse.move(5, 500);
  });

  await check('the finding is listed in the Problems view', async () => {
    await command('Problems: Focus on Problems View');
    const row = page.locator('.markers-panel .monaco-list-row', { hasText: '33' });
    await row.first().waitFor({ timeout: patience });
    return plain(await row.first().textContent());
  });

  await check('the light bulb offers a quick fix that makes the finding go away', async () => {
    const menu = page.locator('.action-widget .monaco-list-row.action');
    // The first key press can fall into the moment in which the hover card above still closes: press again until the menu is there.
    await until('the menu of quick fixes', async () => {
      if ((await menu.count()) > 0) return true;
      await page.keyboard.press('Escape');
      await workbench.clickText('GLOBAL_BATCH=33');
      await page.keyboard.press('End');
      await page.keyboard.press('Control+.');
      await menu
        .first()
        .waitFor({ timeout: 5000 })
        .catch(() => undefined);
      return (await menu.count()) > 0;
    });
    await shot('quick-fix');
    await page.keyboard.press('Enter');
    await until('the squiggle to go', async () => (await page.locator('.squiggly-error').count()) === 0);
    if ((await page.locator('.view-line', { hasText: 'GLOBAL_BATCH=33' }).count()) > 0) throw new Error('the text is as before');
  });
  await page.keyboard.press('Escape');
  await command('View: Hide Panel').catch(() => undefined);

  await check('the lens tells memory and MFU', async () => {
    const lens = page.locator('.codelens-decoration', { hasText: 'MFU' }).first();
    await lens.waitFor({ timeout: patience });
    const text = plain(await lens.textContent());
    if (!/GiB/.test(text)) throw new Error(`the lens says ${text}`);
    return text;
  });

  await check('the status bar tells the estimate', async () => {
    const item = page.locator('.statusbar-item', { hasText: 'GiB' });
    await item.first().waitFor({ timeout: patience });
    return plain(await item.first().textContent());
  });

  await check('the hover on a setting has a table of neighbouring values', async () => {
    await page.keyboard.press('Control+Home');
    const word = page.locator('.view-line', { hasText: /^TP=4/ }).first();
    const box = await word.boundingBox();
    // Three characters of the name and the equals sign stand in front of the value.
    await page.mouse.move(box.x + 29, box.y + box.height / 2, { steps: 5 });
    await page.locator('.monaco-hover:visible table').first().waitFor({ timeout: patience });
    await shot('hover-alternatives');
    await page.mouse.move(5, 500);
  });

  await check('the hover on a flag tells what it is and which value runs', async () => {
    const line = page.locator('.view-line', { hasText: '--tensor-model-parallel-size' }).first();
    const box = await line.boundingBox();
    // Two spaces stand in front of the flag.
    await page.mouse.move(box.x + 60, box.y + box.height / 2, { steps: 5 });
    await page.locator('.monaco-hover:visible', { hasText: 'tensor-model-parallel-size' }).first().waitFor({ timeout: patience });
    await shot('hover-key');
    await page.mouse.move(5, 500);
  });

  await check('flags are completed with what each does', async () => {
    await workbench.clickText('--train-iters 100000');
    await page.keyboard.press('Home');
    await page.keyboard.type(' ');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('--rec');
    const list = page.locator('.suggest-widget.visible .monaco-list-row');
    await list.filter({ hasText: '--recompute-granularity' }).first().waitFor({ timeout: patience });
    if ((await page.locator('.suggest-details:visible').count()) === 0) await page.keyboard.press('Control+Space');
    await page.locator('.suggest-details:visible').first().waitFor({ timeout: patience });
    // The description takes its height from the row before it was opened.
    await page.keyboard.press('ArrowDown');
    await page.locator('.suggest-details:visible', { hasText: 'uniform' }).waitFor({ timeout: patience });
    await shot('completion-flags');
    await page.keyboard.press('Escape');
    for (let written = 0; written < '--rec'.length; written++) await page.keyboard.press('Backspace');
    await page.keyboard.press('Delete');
  });

  await check('values are completed with what each comes to', async () => {
    await workbench.retype('PP=4', 'PP=');
    await page.keyboard.press('Control+Space');
    const list = page.locator('.suggest-widget.visible .monaco-list-row');
    await list.filter({ hasText: 'GiB' }).first().waitFor({ timeout: patience });
    await page.locator('.suggest-details:visible', { hasText: 'MFU' }).waitFor({ timeout: patience });
    await shot('completion-values');
    await page.keyboard.press('Escape');
    await page.keyboard.type('4');
  });

  await check('the report opens as rendered Markdown beside the text', async () => {
    await command('Rooflint: Show Report for This File');
    const text = workbench.webview().locator('body', { hasText: 'GiB' });
    await text.waitFor({ timeout: patience });
    await workbench.webview().locator('table').first().waitFor({ timeout: patience });
    await shot('report');
  });
  await command('View: Close All Editors in Group');

  await check('a number is chosen from a list and explained', async () => {
    await command('Rooflint: Explain a Number');
    const row = page.locator('.quick-input-list .monaco-list-row', { hasText: 'GiB' });
    await row.first().waitFor({ timeout: patience });
    await shot('explain-list');
    await row.first().click();
    await workbench.webview().locator('body', { hasText: 'GiB' }).waitFor({ timeout: patience });
    await shot('explain');
  });
  await command('View: Close All Editors in Group');

  for (const file of ['ds_config.json', 'serve.sh']) {
    await check(`a finding is underlined in ${file}`, async () => {
      await openFile(file);
      await page.locator('.squiggly-error, .squiggly-warning').first().waitFor({ timeout: patience });
      await shot(file);
    });
  }

  await check('the model file is understood', async () => {
    await openFile('model/config.json');
    await page.locator('.codelens-decoration').first().waitFor({ timeout: patience });
    await shot('config.json');
  });

  await check('the cluster is chosen in steps and stored in the workspace', async () => {
    await command('Rooflint: Choose the Cluster');
    await chooseCluster(page);
    const stored = await until('the settings file', () => {
      const text = readFileSync(join(editor.folder, '.vscode', 'settings.json'), 'utf8');
      // VS Code empties the file before it writes it: half a file is no answer yet.
      const settings = /\}\s*$/.test(text) ? JSON.parse(text) : {};
      return settings['rooflint.cluster.pricePerGpuHour'] === 2.5 ? settings : undefined;
    });
    if (stored['rooflint.cluster.gpu'] !== 'nvidia-h100-sxm-80gb') throw new Error(JSON.stringify(stored));
  });

  await tab('train.sh').click();
}

/** Text as read: one space where Monaco has several or none that breaks. */
function plain(text) {
  return (text ?? '').replace(/\s+/g, ' ').trim();
}

/** GPU by its id, 8 per node, nodes from the file, the first network, a price. */
async function chooseCluster(page) {
  const step = async (number, act) => {
    await page.locator('.quick-input-widget', { hasText: `(${number}/5)` }).waitFor({ timeout: patience });
    await act(page.locator('.quick-input-widget input').first());
    await page.keyboard.press('Enter');
  };
  await step(1, async (input) => {
    await input.fill('nvidia-h100-sxm-80gb');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'H100 SXM' }).first().waitFor({ timeout: patience });
  });
  await step(2, (input) => input.fill('8'));
  await step(3, (input) => input.fill(''));
  await step(4, () => page.locator('.quick-input-list .monaco-list-row').first().waitFor({ timeout: patience }));
  await step(5, (input) => input.fill('2.50'));
}
