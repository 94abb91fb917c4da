// Files that are generated whole: written where they differ, or with --check only compared.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

/** `path` is below the root of the repository. */
export function updateFile(path, wanted) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) console.log(`${path}: up to date.`);
  else if (process.argv.includes('--check')) {
    console.error(`Out of date, run "npm run generate": ${path}`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, wanted);
    console.log(`Wrote ${path}.`);
  }
}
