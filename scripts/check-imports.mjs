/**
 * Checks which way imports go, type imports included, and that no files import each other in a circle.
 * The table is the one drawn in ARCHITECTURE.md: a folder, the folders it may import, the packages it may import.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const table = [
  ['server/src/core', [], /^$/],
  ['server/src/data', ['core'], /^zod$/],
  ['server/src/syntax', ['core'], /^(?:web-tree-sitter|yaml|jsonc-parser|dockerfile-ast|node:fs\/promises|node:path)$/],
  ['server/src/frameworks', ['core', 'syntax/document.ts', 'syntax/word.ts', 'syntax/python-module.ts', 'syntax/embedded.ts'], /^$/],
  ['server/src/protocol', ['core'], /^$/],
  ['server/src/engine', ['core', 'data', 'syntax', 'frameworks'], /^$/],
  ['server/src/report', ['core', 'engine'], /^markdown-it$/],
  ['server/src/validation', ['core', 'data'], /^zod$/],
  ['server/src/predictor', ['core', 'data'], /^node:/],
  ['server/src/io', ['core', 'engine'], /^(?:node:|highs$)/],
  ['server/src/compiler', ['core', 'engine'], /^node:/],
  ['server/src/traces', ['core'], /^(?:node:|node-sqlite3-wasm$)/],
  [
    'server/src/lsp',
    ['core', 'data', 'syntax', 'frameworks', 'engine', 'report', 'protocol', 'io', 'traces', 'compiler'],
    /^vscode-languageserver/,
  ],
  [
    'server/src/cli',
    [
      'core',
      'data',
      'syntax',
      'frameworks',
      'engine',
      'report',
      'validation',
      'protocol',
      'io',
      'traces',
      'compiler',
      'lsp',
      'predictor',
      'package.json',
    ],
    /./,
  ],
  ['server/src', ['cli', 'lsp', 'io', 'syntax', 'predictor'], /^(?:node:|vscode-languageserver|onnxruntime-node$)/],
  ['client/src', ['protocol'], /^(?:vscode|vscode-languageclient(?:\/node)?|node:.*)$/],
  ['webview/src', ['core', 'protocol'], /^(?:preact|@preact\/signals|uplot)/],
];
/** The validator of the data files is for tests; nothing that ships may carry it. */
const testsOnly = new Set(['server/src/data/schema.ts']);

const slashes = (path) => path.replaceAll('\\', '/');
const files = ['server/src', 'client/src', 'webview/src']
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((name) => slashes(join(folder, name))))
  .filter((name) => /\.tsx?$/.test(name));

/** Specifiers of `import ... from`, `export ... from`, `import '...'` and `import('...')`. */
function specifiers(text) {
  const pattern = /^\s*(?:import|export)\b[^'";]*?from\s*'([^']+)'|^\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3]);
}

const layerOf = (file) => table.find(([folder]) => file.startsWith(`${folder}/`));
const problems = [];
const graph = new Map();

for (const file of files) {
  const [folder, mayImport, packages] = layerOf(file);
  const targets = [];
  for (const specifier of specifiers(readFileSync(join(root, file), 'utf8'))) {
    if (!specifier.startsWith('.')) {
      if (!packages.test(specifier)) problems.push(`${file} imports the package ${specifier}, which ${folder} may not`);
      continue;
    }
    const target = slashes(relative(root, join(root, dirname(file), specifier)));
    targets.push(target);
    const allowed =
      target.startsWith(`${folder}/`) ||
      mayImport.some((name) => target === name || target === `server/src/${name}` || target.startsWith(`server/src/${name}/`));
    if (!allowed) problems.push(`${file} imports ${target}, which ${folder} may not`);
    if (testsOnly.has(target)) problems.push(`${file} imports ${target}, which is for tests only`);
    if (!existsSync(join(root, target))) problems.push(`${file} imports ${target}, which does not exist`);
  }
  graph.set(file, targets);
}

/** Depth first; a file met again while still open closes a circle. */
function findCircles() {
  const state = new Map();
  const path = [];
  const visit = (file) => {
    if (state.get(file) === 'done' || !graph.has(file)) return;
    if (state.get(file) === 'open') {
      problems.push(`circle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`);
      return;
    }
    state.set(file, 'open');
    path.push(file);
    graph.get(file).forEach(visit);
    path.pop();
    state.set(file, 'done');
  };
  files.forEach(visit);
}
findCircles();

for (const problem of problems) console.error(problem);
console.log(
  `${files.length} files: ${problems.length === 0 ? 'imports go the right way and in no circle' : `${problems.length} problems`}`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
