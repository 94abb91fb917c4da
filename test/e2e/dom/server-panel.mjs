// The panel of a server: simulated from the file, under another load, after an edit, and in three themes.
import { actUntil, attempt, foldSettings, themes, until } from '../lib/workbench.mjs';

const patience = 30_000;

export async function checkServerPanel({ page, workbench, shot, check }) {
  const panel = workbench.webview();
  const chart = panel.locator('canvas.series').first();
  const steps = async () => Number((await chart.getAttribute('data-steps', { timeout: patience })) ?? 0);
  const settled = () => panel.locator('[aria-busy="false"]').waitFor({ timeout: patience });

  // One webview at a time: the timeline of the checks before goes. Edited files stay, for closing them would ask.
  const timeline = workbench.tab('Timeline:');
  if ((await timeline.count()) > 0) {
    const close = async () => {
      await timeline.first().click({ timeout: attempt });
      await workbench.command('View: Close Editor');
    };
    await actUntil('the timeline to close', close, async () => (await timeline.count()) === 0);
  }
  await workbench.quickOpen('serve.sh');
  // Its mistake, which the checks of the text looked at, keeps the server from starting.
  await page.keyboard.press('Control+Home');
  await workbench.retype('--tensor-parallel-size', '--tensor-parallel-size 2 \\');

  await check('a server is simulated beside the text', async () => {
    await workbench.command('Rooflint: Show Timeline or Simulation');
    await chart.waitFor({ timeout: patience });
    await settled();
    return `${await until('a run', async () => (await steps()) || undefined)} steps`;
  });

  await check('another load is simulated and compared with the file', async () => {
    const before = await steps();
    await foldSettings(panel, true);
    const rate = panel.locator('#rate');
    await actUntil(
      'another number of steps',
      () => rate.press('ArrowRight', { timeout: attempt }),
      async () => (await steps()) !== before,
    );
    await settled();
    const head = panel.locator('.comparison thead');
    await until('the difference', async () => (await head.textContent())?.includes('Difference'));
    const reset = () => panel.locator('button.reset').click({ timeout: attempt });
    await actUntil('the number of before', reset, async () => (await steps()) === before);
  });

  await check('editing the file changes the simulation', async () => {
    const field = panel.locator('input[aria-label="Max sequences, number"]');
    await page.locator('.tab', { hasText: 'serve.sh' }).first().click();
    await page.keyboard.press('Control+Home');
    await workbench.retype('--max-num-seqs', '--max-num-seqs 8 \\');
    await until('8 sequences', async () => (await field.inputValue()) === '8');
    await workbench.retype('--max-num-seqs', '--max-num-seqs 128 \\');
    await until('128 sequences', async () => (await field.inputValue()) === '128');
  });

  await foldSettings(panel, false);
  await workbench.closeNotifications();
  await workbench.sideBar(false);
  for (const kind of Object.keys(themes)) {
    await check(`the panel of a server follows the ${kind} theme`, async () => {
      await workbench.theme(kind);
      await settled();
      await shot(`server-${kind}`);
    });
  }
  await workbench.theme('dark');
  await workbench.sideBar(true);
}
