// Installs the packaged extension into a real VS Code and drives its window. Takes the screenshots.
// Usage: node test/e2e/dom.mjs FILE.vsix trusted|restricted
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { out, root } from '../../scripts/lib/paths.mjs';
import { checkEditor } from './dom/editor.mjs';
import { checkMeasured } from './dom/measured.mjs';
import { checkPanel } from './dom/panel.mjs';
import { checkServerPanel } from './dom/server-panel.mjs';
import { openPage } from './lib/browser.mjs';
import { createChecks, startWithRetry } from './lib/checks.mjs';
import { startCodeServer } from './lib/code-server.mjs';
import { createWorkbench } from './lib/workbench.mjs';

const [file, mode] = process.argv.slice(2);
if (!file || (mode !== 'trusted' && mode !== 'restricted')) {
  console.error('Usage: node test/e2e/dom.mjs FILE.vsix trusted|restricted');
  process.exit(2);
}
const restricted = mode === 'restricted';
const checks = createChecks(mode);
const screenshots = join(out, 'screenshots', mode);
mkdirSync(screenshots, { recursive: true });

/** The folder of the editor as a repository whose last commit has a script with other stages and a batch that divides. */
function commitFolder(folder) {
  const script = join(folder, 'train.sh');
  const text = readFileSync(script, 'utf8');
  writeFileSync(script, text.replace('PP=4', 'PP=2').replace('GLOBAL_BATCH=33', 'GLOBAL_BATCH=32'));
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', '-c', 'commit.gpgsign=false'];
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    [...who, 'commit', '-q', '-m', 'As it was'],
  ])
    execFileSync('git', ['-C', folder, ...args]);
  writeFileSync(script, text);
}

async function start() {
  // Git as VS Code brings it, for the comparison with the last commit; without trust it is not run at all.
  const settings = restricted ? {} : { 'git.enabled': true, 'git.openRepositoryInParentFolders': 'never' };
  const editor = await startCodeServer({ restricted, vsix: resolve(file), settings, log: join(checks.directory, 'code-server.log') });
  let opened;
  try {
    const trace = 'rank0.pt.trace.json.gz';
    copyFileSync(join(root, 'test/traces/samples', trace), join(editor.folder, trace));
    if (!restricted) commitFolder(editor.folder);
    opened = await openPage({ width: 1440, height: 900 });
    const workbench = createWorkbench(opened.page, editor);
    await opened.page.goto(workbench.address('train.sh'), { waitUntil: 'domcontentloaded' });
    await opened.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    await workbench.tab('train.sh').waitFor({ timeout: 60_000 });
    return { editor, workbench, ...opened };
  } catch (error) {
    await opened?.browser.close();
    await editor.stop();
    throw error;
  }
}

const { editor, workbench, browser, page, outside, policyViolations, errors } = await startWithRetry('VS Code', start);
const context = {
  page,
  workbench,
  editor,
  restricted,
  shot: (name) => page.screenshot({ path: join(screenshots, `${name}.png`) }),
  check: (what, run) =>
    checks.check(what, run, async () => {
      console.log(await workbench.shown());
      const told = new Set(errors.map((error) => error.split('\n')[0].slice(0, 300)));
      if (told.size > 0) console.log(`and its console had\n  ${[...told].slice(-8).join('\n  ')}`);
      await page.screenshot({ path: join(screenshots, `FAIL ${what.replace(/\W+/g, ' ').trim()}.png`) }).catch(() => undefined);
    }),
};
try {
  await checkEditor(context);
  await checkPanel(context);
  await checkMeasured(context);
  await checkServerPanel(context);
  await checks.check('no host but 127.0.0.1 was asked for anything', () => {
    if (outside.size > 0) throw new Error([...outside].join(', '));
  });
  await checks.check('the content security policy was never broken', () => {
    if (policyViolations.length > 0) throw new Error(policyViolations.join('\n'));
  });
} catch (error) {
  // Something between the checks did not work: the checks after it did not run.
  await context.check('every step could be taken', () => Promise.reject(error));
} finally {
  await browser.close();
  await editor.stop();
  checks.finish();
}
