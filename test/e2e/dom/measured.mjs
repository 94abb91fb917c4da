// Measured runs: opened from the explorer beside the prediction, a calibration written when it is agreed to, and back after a reload.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseView, until } from '../lib/workbench.mjs';

const patience = 30_000;

export async function checkMeasured({ page, workbench, editor, shot, check }) {
  const panel = workbench.webview();
  const tracks = panel.locator('canvas.measured-tracks');
  const drawn = () => until('tracks', async () => Number((await tracks.getAttribute('data-drawn', { timeout: patience })) ?? 0) > 0);
  const calibration = join(editor.folder, '.rooflint', 'calibration.json');

  await check('a trace of the explorer opens as a measured run beside the prediction', async () => {
    await workbench.contextMenu('rank0.pt.trace.json.gz', 'Open as Measured Run');
    await tracks.waitFor({ timeout: patience });
    await drawn();
    await until('the parts of the step', async () => (await panel.locator('.measured-parts tbody tr').count()) >= 5);
    await shot('measured');
    return plain(await panel.locator('.measured .words').textContent());
  });

  await check('a calibration is shown, and written when it is agreed to', async () => {
    const dialog = page.locator('.monaco-dialog-box');
    const ask = async () => {
      await panel.locator('button', { hasText: 'Calibrate estimates' }).click();
      await dialog.waitFor({ timeout: patience });
    };
    await ask();
    await shot('calibration');
    await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached', timeout: patience });
    if (existsSync(calibration)) throw new Error('it was written without being agreed to');
    await ask();
    await dialog.locator('.monaco-button', { hasText: 'Write' }).click();
    await until('the file', () => existsSync(calibration) && readFileSync(calibration, 'utf8').endsWith('}\n'));
    await panel.locator('.assumptions', { hasText: /calibrat/i }).waitFor({ timeout: patience });
  });

  await check('the measured run is back after the window is loaded again', async () => {
    await until('VS Code to store the panel with the measured run', async () => /"tab":"measured"/.test(await workbench.storedEditors()));
    await workbench.closeNotifications();
    await page.goto(workbench.address(), { waitUntil: 'domcontentloaded' });
    await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    await tracks.waitFor({ timeout: 60_000 });
    await drawn();
  });
  await chooseView(panel, 'timeline');
}

const plain = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
