// The text editor: squiggle, lens, hover card, Problems view, quick fix, the other formats, the cluster picker.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actUntil, attempt, isThere, until } from '../lib/workbench.mjs';

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
    const card = page.locator('.monaco-hover:visible', { hasText: 'global batch' });
    await workbench.hoverOver(squiggle('error'), card.filter({ hasText: /\b33\b/ }));
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
    // The first key press can fall into the moment in which the hover card above still closes.
    const open = async () => {
      await page.keyboard.press('Escape');
      await workbench.clickText('GLOBAL_BATCH=33');
      await page.keyboard.press('End');
      await page.keyboard.press('Control+.');
    };
    const gone = async () => (await page.locator('.squiggly-error').count()) === 0;
    const take = async () => {
      if (!(await menu.first().isVisible())) await actUntil('the menu of quick fixes', open, isThere(menu));
      await page.keyboard.press('Enter');
    };
    await actUntil('the menu of quick fixes', open, isThere(menu));
    await shot('quick-fix');
    await actUntil('the squiggle to go', take, gone);
    if ((await page.locator('.view-line', { hasText: 'GLOBAL_BATCH=33' }).count()) > 0) throw new Error('the text is as before');
  });
  await page.keyboard.press('Escape');
  await command('View: Hide Panel').catch(() => undefined);

  await check('the lens tells memory and MFU', async () => {
    const lens = page.locator('.codelens-decoration', { hasText: 'MFU' }).first();
    await lens.waitFor({ timeout: patience });
    return until('GiB in the lens', async () => {
      const text = plain(await lens.textContent({ timeout: patience }));
      return /GiB/.test(text) && text;
    });
  });

  await check('the status bar tells the estimate', async () => {
    const item = page.locator('.statusbar-item', { hasText: 'GiB' });
    await item.first().waitFor({ timeout: patience });
    return plain(await item.first().textContent());
  });

  await check('the hover on a setting has a table of neighbouring values', async () => {
    const word = page.locator('.view-line', { hasText: /^TP=4/ }).first();
    await actUntil('the top of the text', () => page.keyboard.press('Control+Home'), isThere(word));
    // Three characters of the name and the equals sign stand in front of the value.
    await workbench.hoverOver(word, page.locator('.monaco-hover:visible table'), 29);
    await shot('hover-alternatives');
    await page.mouse.move(5, 500);
  });

  await check('the hover on a flag tells what it is and which value runs', async () => {
    const line = page.locator('.view-line', { hasText: '--tensor-model-parallel-size' }).first();
    // Two spaces stand in front of the flag.
    await workbench.hoverOver(line, page.locator('.monaco-hover:visible', { hasText: 'tensor-model-parallel-size' }), 60);
    await shot('hover-key');
    await page.mouse.move(5, 500);
  });

  await check('flags are completed with what each does', async () => {
    const write = async () => {
      await workbench.clickText('--train-iters 100000');
      await page.keyboard.press('Home');
      await page.keyboard.type(' ');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.type('--rec');
    };
    await actUntil('the beginning of a flag', write, () => workbench.hasLine('--rec '));
    const list = page.locator('.suggest-widget.visible .monaco-list-row');
    const ask = () => page.keyboard.press('Control+Space');
    const details = page.locator('.suggest-details:visible');
    await actUntil('flags to choose from', ask, isThere(list.filter({ hasText: '--recompute-granularity' })));
    await actUntil('what a flag does', ask, isThere(details));
    // The description takes its height from the row before it was opened.
    await actUntil('a flag that knows "uniform"', () => page.keyboard.press('ArrowDown'), isThere(details.filter({ hasText: 'uniform' })));
    await shot('completion-flags');
    await page.keyboard.press('Escape');
    for (let written = 0; written < '--rec'.length; written++) await page.keyboard.press('Backspace');
    await page.keyboard.press('Delete');
  });

  await check('values are completed with what each comes to', async () => {
    await workbench.retype('PP=4', 'PP=');
    const list = page.locator('.suggest-widget.visible .monaco-list-row');
    const ask = () => page.keyboard.press('Control+Space');
    await actUntil('values to choose from', ask, isThere(list.filter({ hasText: 'GiB' })));
    await actUntil('what a value comes to', ask, isThere(page.locator('.suggest-details:visible', { hasText: 'MFU' })));
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
    const row = page.locator('.quick-input-list .monaco-list-row', { hasText: 'GiB' });
    // The list closes when the focus of the view that went takes its time.
    const choose = async () => {
      await command('Rooflint: Explain a Number');
      await row.first().waitFor({ timeout: attempt });
      await shot('explain-list');
      await row.first().click({ timeout: attempt });
    };
    await actUntil('the explanation', choose, isThere(workbench.webview().locator('body', { hasText: 'GiB' })));
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
    const choose = async () => {
      await command('Rooflint: Choose the Cluster');
      await chooseCluster(page);
    };
    const read = () => {
      const text = readFileSync(join(editor.folder, '.vscode', 'settings.json'), 'utf8');
      // VS Code empties the file before it writes it: half a file is no answer yet.
      return /\}\s*$/.test(text) ? JSON.parse(text) : {};
    };
    await actUntil('the price in the settings', choose, () => read()['rooflint.cluster.pricePerGpuHour'] === 2.5);
    const stored = read();
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
    await page.locator('.quick-input-widget', { hasText: `(${number}/5)` }).waitFor({ timeout: attempt });
    await act(page.locator('.quick-input-widget input').first());
    await page.keyboard.press('Enter');
  };
  // Five answers one after the other: a list that closes before the last is opened again from the first.
  await step(1, async (input) => {
    await input.fill('nvidia-h100-sxm-80gb');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'H100 SXM' }).first().waitFor({ timeout: attempt });
  });
  await step(2, (input) => input.fill('8'));
  await step(3, (input) => input.fill(''));
  await step(4, () => page.locator('.quick-input-list .monaco-list-row').first().waitFor({ timeout: attempt }));
  await step(5, (input) => input.fill('2.50'));
}
