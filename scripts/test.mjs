// Everything that is checked, in one run. Usage: node scripts/test.mjs [--quick]
//   --quick  without the editor tests; installs nothing but npm packages
// The last line is "N passed, N failed"; the exit code is 1 when anything failed.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureCodeServer, ensureDebianTools } from './lib/e2e-tools.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { out, root } from './lib/paths.mjs';
import { npm, run } from './lib/process.mjs';
import { asResult, runSteps } from './lib/steps.mjs';

const quick = process.argv.includes('--quick');

/** A script of this repository, run by the same Node. */
const node = (name, args, options) => run(process.execPath, args, options).then(({ code }) => asResult(code, name));
const tool = (name, args) => run(join(root, 'node_modules', '.bin', name), args).then(({ code }) => asResult(code, name));
const script = (file, ...args) => ({ run: () => node(file, [file, ...args]) });

/** Vitest counts its own tests; a file that does not load is a failure of its own. */
async function unitTests() {
  const report = join(out, 'vitest.json');
  rmSync(report, { force: true });
  const { code } = await run(
    join(root, 'node_modules', '.bin', 'vitest'),
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    { limitSeconds: 1500 },
  );
  if (!existsSync(report)) return asResult(code === 0 ? 1 : code, 'vitest');
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const broken = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const failed = numFailedTests + broken;
  // An error outside any test (an unhandled rejection) shows in the exit code alone.
  return { passed: numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}

/** An editor test writes what it counted to out/<name>/result.json. */
async function editorTest(name, args) {
  const result = join(out, name, 'result.json');
  rmSync(result, { force: true });
  const { code } = await run(process.execPath, args, { limitSeconds: 480 });
  if (!existsSync(result)) return asResult(code === 0 ? 1 : code, name);
  const { passed, failed } = JSON.parse(readFileSync(result, 'utf8'));
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed };
}

async function installTool(ensure) {
  const why = await ensure();
  return why === undefined ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, why };
}

async function packageVsix() {
  const { code } = await npm(['run', '--silent', 'package']);
  return asResult(code, 'npm run package');
}

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const vsix = join(root, `rooflint-${version}.vsix`);

const quickSteps = [
  { name: 'build', ...script('scripts/build.mjs', '--tests') },
  { name: 'types', run: () => tool('tsc', ['--noEmit']) },
  { name: 'lint and format', run: () => tool('biome', ['check', '--error-on-warnings', '.']) },
  { name: 'import directions and cycles', ...script('scripts/check-imports.mjs') },
  { name: 'tidy', ...script('scripts/check-tidy.mjs') },
  { name: 'generated files', ...script('scripts/generate.mjs', '--check') },
  { name: 'unit and protocol', run: unitTests },
];

const editor = ['VS Code for tests', 'programs from Debian', 'build'];
/** Before the unit tests: those of the panel draw in Chromium too. */
const programs = { name: 'programs from Debian', run: () => installTool(ensureDebianTools) };
const editorSteps = [
  { name: 'VS Code for tests', run: () => installTool(ensureCodeServer) },
  { name: 'Neovim over stdio', needs: ['programs from Debian', 'build'], run: () => editorTest('neovim', ['test/e2e/neovim.mjs']) },
  { name: 'inside VS Code', needs: editor, run: () => editorTest('in-host', ['test/e2e/in-host.mjs']) },
  { name: 'package', needs: ['build'], run: packageVsix },
  { name: 'packaged, trusted', needs: [...editor, 'package'], run: () => editorTest('trusted', ['test/e2e/dom.mjs', vsix, 'trusted']) },
  {
    name: 'packaged, Restricted Mode',
    needs: [...editor, 'package'],
    run: () => editorTest('restricted', ['test/e2e/dom.mjs', vsix, 'restricted']),
  },
];

mkdirSync(out, { recursive: true });
const installed = await ensureInstalled();
const total = installed ? await runSteps(quick ? quickSteps : [programs, ...quickSteps, ...editorSteps]) : { passed: 0, failed: 1 };
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
