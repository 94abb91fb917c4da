// Runs out/e2e/in-host.js inside the extension host of a real VS Code, with the built extension in development mode.
// Usage: node test/e2e/in-host.mjs   (after node scripts/build.mjs --tests)
import { appendFileSync, cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { out, root } from '../../scripts/lib/paths.mjs';
import { openPage } from './lib/browser.mjs';
import { createChecks, startWithRetry } from './lib/checks.mjs';
import { startCodeServer } from './lib/code-server.mjs';

/** What the package will hold; a copy, so that a build running beside the tests cannot change it under them. */
const shipped = ['package.json', 'icon.png', 'dist', 'docs/rules'];
const limitSeconds = 240;

const checks = createChecks('in-host');
const log = join(checks.directory, 'workbench.log');
rmSync(log, { force: true });

/** Starts editor and browser and loads the page up to the workbench; from there on nothing is repeated. */
async function start() {
  const editor = await startCodeServer({
    extraArguments: ['--vscode-option', 'enable-smoke-test-driver'],
    log: join(checks.directory, 'code-server.log'),
  });
  let opened;
  try {
    const extension = join(editor.home, 'extension');
    for (const path of shipped) if (existsSync(join(root, path))) cpSync(join(root, path), join(extension, path), { recursive: true });
    cpSync(join(out, 'e2e', 'in-host.js'), join(editor.home, 'in-host.js'));
    opened = await openPage({ width: 1400, height: 900 });
    const { page } = opened;
    // VS Code's web workbench looks for these two when tests of an extension are to run.
    const ended = new Promise((resolve) => void page.exposeFunction('codeAutomationExit', resolve));
    await page.exposeFunction('codeAutomationLog', (type, args) => print(type, args.join(' ')));
    const payload = [
      ['extensionDevelopmentPath', editor.remote(extension)],
      ['extensionTestsPath', editor.remote(join(editor.home, 'in-host.js'))],
    ];
    await page.goto(`${editor.url}/?folder=${encodeURIComponent(editor.folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
    await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    return { editor, ended, ...opened };
  } catch (error) {
    await opened?.browser.close();
    await editor.stop();
    throw error;
  }
}

/** The workbench's whole log goes to a file, the lines of the tests to the terminal. */
function print(type, line) {
  appendFileSync(log, `${type} ${line}\n`);
  const test = /^(ok {3}|FAIL )(.*)/s.exec(line);
  if (!test) return;
  console.log(line);
  checks.add({ passed: test[1] === 'FAIL ' ? 0 : 1, failed: test[1] === 'FAIL ' ? 1 : 0 });
}

const { editor, browser, page, outside, ended } = await startWithRetry('VS Code', start);
try {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve('nothing'), limitSeconds * 1000);
  });
  const code = await Promise.race([ended, late]);
  clearTimeout(timer);
  await checks.check('the tests ran to their end', async () => {
    if (code === 'nothing') await page.screenshot({ path: join(checks.directory, 'timeout.png') });
    if (code !== 0) throw new Error(`the extension host ended with ${code}; see ${log}`);
  });
  await checks.check('no host but 127.0.0.1 was asked for anything', () => {
    if (outside.size > 0) throw new Error([...outside].join(', '));
  });
} finally {
  await browser.close();
  await editor.stop();
  checks.finish();
}
