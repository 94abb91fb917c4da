// Runs TypeScript of this repository inside a script: bundled in memory, so that script and program cannot differ.
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { root } from './paths.mjs';

/** The exports of a small TypeScript text that imports by paths from the root of the repository. */
export async function bundled(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(module, module.exports, createRequire(import.meta.url));
  return module.exports;
}
