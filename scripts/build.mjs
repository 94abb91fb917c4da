// Bundles everything that ships into dist/. Usage: node scripts/build.mjs [--dev] [--native] [--tests]
//   --dev    source maps, no minification
//   --native also copies the native ONNX runtime of this platform into dist/native, for a package for this platform
//   --tests  also bundles the tests that run inside VS Code, into out/e2e/
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { nativeBinding } from './lib/native-binding.mjs';
import { nodeBundle } from './lib/node-bundle.mjs';
import { root } from './lib/paths.mjs';

const dev = process.argv.includes('--dev');
const tests = process.argv.includes('--tests');
const dist = join(root, 'dist');

/** Options of every bundle. */
const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: !dev,
  sourcemap: dev ? 'linked' : false,
  logLevel: 'warning',
  legalComments: 'none',
};

/** Bundles that run in Node: VS Code's extension host, the server it forks, the command line. */
const node = {
  ...shared,
  ...nodeBundle,
  target: 'node20',
};

const browser = { ...shared, platform: 'browser', target: 'chrome130', format: 'iife', jsx: 'automatic', jsxImportSource: 'preact' };

/** Without the native runtime its child process is not built, and everything works the same. */
const hasNative = existsSync(join(root, 'node_modules/onnxruntime-node'));

const bundles = [
  { ...node, entryPoints: ['client/src/extension.ts'], outfile: 'dist/extension.js', external: ['vscode'] },
  { ...node, entryPoints: ['server/src/main-server.ts'], outfile: 'dist/server.js' },
  { ...node, entryPoints: ['server/src/cli/main.ts'], outfile: 'dist/cli.js', banner: { js: '#!/usr/bin/env node' } },
  ...(hasNative
    ? [{ ...node, entryPoints: ['server/src/main-predictor.ts'], outfile: 'dist/predictor.js', plugins: [nativeBinding] }]
    : []),
  { ...browser, entryPoints: ['webview/src/main.tsx'], outfile: 'dist/webview.js' },
];

if (tests) {
  bundles.push({
    ...node,
    minify: false,
    sourcemap: 'inline',
    entryPoints: ['test/e2e/in-host/index.ts'],
    outfile: 'out/e2e/in-host.js',
    external: ['vscode'],
  });
}

/** Copies the parser runtime, every grammar and the solver and the reader of databases beside the bundles, where they are looked for. Returns the names. */
function copyWasm() {
  const grammars = readdirSync(join(root, 'grammars')).filter((name) => name.endsWith('.wasm'));
  cpSync(join(root, 'node_modules/web-tree-sitter/web-tree-sitter.wasm'), join(dist, 'web-tree-sitter.wasm'));
  cpSync(join(root, 'node_modules/highs/build/highs.wasm'), join(dist, 'highs.wasm'));
  cpSync(join(root, 'node_modules/node-sqlite3-wasm/dist/node-sqlite3-wasm.wasm'), join(dist, 'node-sqlite3-wasm.wasm'));
  for (const name of grammars) cpSync(join(root, 'grammars', name), join(dist, name));
  return ['web-tree-sitter.wasm', 'highs.wasm', 'node-sqlite3-wasm.wasm', ...grammars];
}

/** Copies the learned models and, on demand, the native runtime of this platform. Returns the names. */
function copyModels() {
  const folder = join(root, 'server/src/predictor/models');
  const models = readdirSync(folder).filter((name) => name.endsWith('.onnx'));
  for (const name of models) cpSync(join(folder, name), join(dist, name));
  const native = join(root, 'node_modules/onnxruntime-node/bin/napi-v6', process.platform, process.arch);
  if (!process.argv.includes('--native') || !existsSync(native)) return models;
  // On macOS the library is there under two names, and the binding asks for the short one.
  cpSync(native, join(dist, 'native'), { recursive: true, filter: (path) => !/libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(path) });
  return [...models, 'native'];
}

/** Removes what an earlier build left and this one did not write, so that nothing stale is packaged. */
function removeStale(written) {
  for (const name of readdirSync(dist)) {
    if (!written.has(name)) rmSync(join(dist, name), { recursive: true });
  }
}

const missing = bundles.flatMap((bundle) => bundle.entryPoints).filter((entry) => !existsSync(join(root, entry)));
if (missing.length > 0)
  console.error(`build: no such entry point: ${missing.join(', ')}. Restore the file, or take it out of scripts/build.mjs.`);

mkdirSync(dist, { recursive: true });
const present = bundles.filter((bundle) => bundle.entryPoints.every((entry) => !missing.includes(entry)));
const results = await Promise.allSettled(present.map((bundle) => build({ ...bundle, metafile: true })));
const written = new Set([...copyWasm(), ...copyModels()]);
for (const result of results) {
  // esbuild has printed the errors of a failed bundle with their places.
  if (result.status === 'fulfilled') for (const path of Object.keys(result.value.metafile.outputs)) written.add(basename(path));
}
const failed = missing.length > 0 || results.some((result) => result.status === 'rejected');
if (failed) process.exit(1);
chmodSync(join(dist, 'cli.js'), 0o755);
removeStale(written);
