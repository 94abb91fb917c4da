// First contact: installs what the lock file says, builds, and shows what Rooflint says about the bundled examples.
// Usage: npm start. Node built-ins only, so that it runs in a bare checkout.
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { root } from './lib/paths.mjs';
import { run } from './lib/process.mjs';

const oldest = 20;
const cli = join('dist', 'cli.js');

/** Every example file, in the order of its path. */
function examples() {
  const entries = readdirSync(join(root, 'examples'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.(sh|sbatch|slurm|json|ya?ml)$/.test(entry.name));
  return files.map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name))).sort();
}

async function main() {
  if (Number(process.versions.node.split('.')[0]) < oldest) return `Node ${oldest} or newer is needed; this is ${process.version}.`;
  if (!(await ensureInstalled())) return 'Nothing was built.';
  console.log('Building ...');
  if ((await run(process.execPath, ['scripts/build.mjs'])).code !== 0) return 'The build failed; see above.';

  console.log('\n$ rooflint check examples\n');
  const { code } = await run(process.execPath, [cli, 'check', 'examples']);
  // 1 is what the examples are for: mistakes were planted in them.
  if (code !== 0 && code !== 1) return `rooflint check ended with exit code ${code}.`;
  console.log('\n$ rooflint estimate examples/...\n');
  if ((await run(process.execPath, [cli, 'estimate', ...examples()])).code > 1) return 'rooflint estimate failed; see above.';

  console.log(`
The findings above were planted in examples/ on purpose.

Pipeline timeline in a browser:  node dist/cli.js serve examples
In VS Code:                      npm run package, then "Extensions: Install from VSIX..." in the command palette
Your own files:                  node dist/cli.js check PATH
All commands:                    node dist/cli.js --help`);
  return undefined;
}

const problem = await main();
if (problem !== undefined) {
  console.error(problem);
  process.exitCode = 1;
}
