// The timeline panel: drawn from the file, changed by a slider and by editing, in three themes, and back after a reload.
import { actUntil, attempt, chooseView, foldSettings, isThere, themes, until } from '../lib/workbench.mjs';

const patience = 30_000;

export async function checkPanel({ page, workbench, restricted, shot, check }) {
  const panel = workbench.webview();
  const drawn = panel.locator('[data-operations]').first();
  const operations = async () => Number((await drawn.getAttribute('data-operations', { timeout: patience })) ?? 0);
  const drawing = () => until('a drawing', async () => (await operations()) || undefined);
  const isOther = (before) => async () => (await operations()) !== before;
  const isBefore = (before) => async () => (await operations()) === before;
  const otherThan = (before) => until(`another number of operations than ${before}`, async () => (await operations()) !== before);

  await check('the timeline is drawn beside the text', async () => {
    await workbench.command('Rooflint: Show Timeline or Simulation');
    await drawn.waitFor({ timeout: patience });
    const count = await drawing();
    const pixels = await until('a thousand painted pixels', async () => {
      const painted = await panel.locator('canvas').first().evaluate(countPainted);
      return painted >= 1000 && painted;
    });
    return `${count} operations, ${pixels} painted pixels`;
  });

  await check('the settings to try are folded beside the text, and unfold', async () => {
    const { height } = page.viewportSize();
    await until(`the timeline in a window of ${height} pixels`, async () => {
      const box = await panel.locator('canvas.timeline').boundingBox();
      return box !== null && box.y + 100 <= height;
    });
    await foldSettings(panel, true);
    await panel.locator('#schedule').waitFor({ timeout: patience });
  });

  await check('a slider changes the timeline', async () => {
    const before = await operations();
    const slider = panel.locator('input[type=range]').first();
    await actUntil('another number of operations', () => slider.press('ArrowRight', { timeout: attempt }), isOther(before));
    await actUntil('the number of before', () => slider.press('ArrowLeft', { timeout: attempt }), isBefore(before));
  });

  await check('editing the file changes the timeline', async () => {
    const before = await operations();
    await page.locator('.tab', { hasText: 'train.sh' }).first().click();
    await page.keyboard.press('Control+Home');
    await workbench.retype('PP=4', 'PP=2');
    await otherThan(before);
    await workbench.retype('PP=2', 'PP=4');
    await until('the number of before', async () => (await operations()) === before);
  });

  await check('a slider is dragged', async () => {
    const before = await operations();
    const slider = panel.locator('#micro-batches');
    const drag = async () => {
      // What completion shows beside the text would be in the way.
      await page.keyboard.press('Escape');
      const { width, height } = await slider.boundingBox({ timeout: attempt });
      const at = (share) => ({ x: width * share, y: height / 2 });
      await slider.dragTo(slider, { sourcePosition: at(0.35), targetPosition: at(0.7), timeout: attempt });
    };
    await actUntil('another number of operations', drag, isOther(before));
    await panel.locator('.comparison th', { hasText: 'Step time' }).waitFor({ timeout: patience });
    await actUntil('the number of before', () => panel.locator('button.reset').click({ timeout: attempt }), isBefore(before));
  });

  await check('another value is tried, applied to the file and undone', async () => {
    const before = await operations();
    const stages = panel.locator('#try-parallel-pipeline');
    await actUntil('another number of operations', () => stages.selectOption('2', { timeout: attempt }), isOther(before));
    const difference = panel.locator('.comparison tr', { hasText: 'Step time' }).locator('td').last();
    await until('a difference to the file', async () => /^[+−]/.test((await difference.textContent()) ?? ''));
    await shot('what-if');
    const tried = await operations();
    // An inlay hint may stand behind the value.
    const line = (stageCount) => isThere(page.locator('.view-line', { hasText: new RegExp(`^PP=${stageCount}(?!\\d)`) }));
    await actUntil('the value in the file', () => panel.locator('button.apply').click({ timeout: attempt }), line(2));
    await until(
      'the file as it was tried',
      async () => (await panel.locator('button.reset').isDisabled()) && (await operations()) === tried,
    );
    const told = plain(await panel.locator('.strip [role=status]').textContent({ timeout: patience }));
    const undo = async () => {
      await page.locator('.tab', { hasText: 'train.sh' }).first().click({ timeout: attempt });
      await page.keyboard.press('Control+Z');
    };
    await actUntil('the value of before in the file', undo, line(4));
    await until('the number of before', isBefore(before));
    await until('that it is written to be told no more', async () => (await panel.locator('.strip [role=status]').count()) === 0);
    return told;
  });

  await check(
    restricted ? 'without trust there is no last commit, and that is told' : 'the last commit stands on the same time axis',
    async () => {
      await chooseView(panel, 'compare');
      const why = panel.locator('.compare .why');
      const both = panel.locator('canvas.timeline').nth(1);
      const ask = () => panel.locator('button', { hasText: 'last commit' }).click({ timeout: attempt });
      await actUntil('an answer about the last commit', ask, isThere(why.or(both)));
      const told = (await why.count()) > 0 ? plain(await why.textContent()) : '';
      if (restricted !== told.startsWith('There is no last commit to compare with: this workspace is not trusted')) throw new Error(told);
      if (!restricted) await until('the commit drawn', async () => Number((await both.getAttribute('data-operations')) ?? 0) > 0);
      await shot('compare');
      await chooseView(panel, 'timeline');
      await drawn.waitFor({ timeout: patience });
      return told;
    },
  );

  // As it is when the panel is opened: the timeline alone.
  await foldSettings(panel, false);
  await workbench.closeNotifications();
  for (const kind of Object.keys(themes)) {
    await check(`the ${kind} theme is followed`, async () => {
      const background = () =>
        panel.locator('body').evaluate((body) => getComputedStyle(body).getPropertyValue('--vscode-editor-background'));
      const before = await background();
      await workbench.theme(kind);
      if (kind !== 'dark') await until('other colours', async () => (await background()) !== before);
      await drawing();
      await shot(`timeline-${kind}`);
    });
  }
  await workbench.theme('dark');

  await check('the panel is back after the window is loaded again', async () => {
    await until('VS Code to store the panel with its first tab', async () =>
      /"viewType":"[^"]*rooflint\.timeline".*"tab":"timeline"/s.test(await workbench.storedEditors()),
    );
    await page.goto(workbench.address(), { waitUntil: 'domcontentloaded' });
    await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    await drawn.waitFor({ timeout: 60_000 });
    return `${await drawing()} operations`;
  });

  // The picture of the front page: text and timeline side by side, with what the text says in the status bar.
  await page.locator('.tab', { hasText: 'train.sh' }).first().click();
  await page.locator('.statusbar-item', { hasText: 'GiB' }).first().waitFor({ timeout: patience });
  // What VS Code tells of a tab under the pointer is no part of it.
  await page.mouse.move(5, 600);
  await workbench.sideBar(false);
  await drawing();
  await page.locator('.workbench-hover-container').waitFor({ state: 'hidden', timeout: patience });
  await shot('editor-and-timeline');
  await workbench.sideBar(true);
}

const plain = (text) => (text ?? '').replace(/\s+/g, ' ').trim();

/** Runs in the page: pixels that are not transparent. */
function countPainted(canvas) {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let painted = 0;
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 0) painted++;
  return painted;
}
