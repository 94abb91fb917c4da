// The server over stdio in Neovim's own client: diagnostics, hover, lens. Usage: node test/e2e/neovim.mjs
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/process.mjs';
import { createChecks } from './lib/checks.mjs';

const checks = createChecks('neovim');
const home = mkdtempSync(join(tmpdir(), 'rooflint-nvim-'));
const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_STATE_HOME: home, XDG_RUNTIME_DIR: home };
const script = join(root, 'test/e2e/neovim.lua');
const file = join(root, 'test/e2e/workspace/train.sh');
const args = ['--headless', '-u', 'NONE', '-i', 'NONE', '-n', '-c', `luafile ${script}`, file];
const { code, output } = await run('nvim', args, { env, quiet: true, limitSeconds: 60 });
rmSync(home, { recursive: true, force: true });

/** A line of the script's output that starts with the word has to fit the pattern. */
const expect = (word, pattern) => () => {
  const found = output.split(/\r?\n/).find((text) => text.startsWith(word) && pattern.test(text));
  if (!found) throw new Error(`expected ${word} ${pattern}; Neovim printed:\n${output}`);
  return found.slice(0, 160);
};
await checks.check('a finding with its rule and place', expect('DIAG', /11:\d+ sev=1 .*global-batch-not-divisible/));
await checks.check('a hover', expect('HOVER', /TP/));
await checks.check('a lens', expect('LENS', /GiB.*MFU/));
await checks.check('Neovim ends well', () => {
  if (code !== 0) throw new Error(`exit code ${code}:\n${output}`);
});
checks.finish();
