// Runs every generator. Usage: node scripts/generate.mjs [--check]
//   --check  writes nothing and fails when a generated file is stale
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/paths.mjs';
import { run } from './lib/process.mjs';

const generators = readdirSync(join(root, 'scripts')).filter((name) => /^generate-.+\.mjs$/.test(name));
// What the others compute with comes first.
const first = 'generate-learned.mjs';
for (const name of [first, ...generators.filter((other) => other !== first).sort()]) {
  const { code } = await run(process.execPath, [join('scripts', name), ...process.argv.slice(2)]);
  if (code !== 0) process.exitCode = 1;
}
