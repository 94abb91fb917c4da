// Fits the estimate of registers to nvcc's counts, and compares static shared memory with it.
// Usage: node scripts/fit/registers.mjs CHECKOUTS, a folder with the repositories of scripts/golden/kernels/repositories.json, each as owner+name.
// Prints the parameters for server/src/core/calibration/registers.ts and what docs/registers.md says of them; writes nothing.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { bundled } from '../lib/bundled.mjs';
import { root } from '../lib/paths.mjs';
import { dataFolder as checkouts } from './lib.mjs';
import { fitRegisters } from './register-fit.mjs';

const {
  boundRegisters,
  configurationOf,
  findArchitecture,
  initKernelParser,
  initParsers,
  readKernels,
  registerDemand,
  takeApart,
  withIncludes,
} = await bundled(`
  export { takeApart } from './server/src/compiler/output/mangled.ts';
  export { configurationOf } from './server/src/core/kernels/configuration.ts';
  export { registerDemand } from './server/src/core/kernels/register-demand.ts';
  export { boundRegisters } from './server/src/core/kernels/registers.ts';
  export { findArchitecture } from './server/src/data/architectures.ts';
  export { withIncludes } from './server/src/engine/kernel-includes.ts';
  export { readKernels } from './server/src/syntax/cuda/cuda.ts';
  export { initKernelParser, initParsers } from './server/src/syntax/parsers.ts';
`);
await initParsers(join(root, 'node_modules/web-tree-sitter'), join(root, 'grammars'));
await initKernelParser(join(root, 'grammars'));

const repositories = JSON.parse(readFileSync(join(root, 'scripts/golden/kernels/repositories.json'), 'utf8'));
const includeFolders = (repository) =>
  repositories
    .flatMap((one) => (one.repository === repository ? one.flags : []))
    .filter((flag) => flag.startsWith('-I'))
    .map((flag) => flag.slice(2));
const pathOf = (uri) => uri.replace('file://', '');

/** Files on disk, headers looked for beside the file and in the folders the build names. */
function filesOf(repository) {
  const base = join(resolve(checkouts), repository.replace('/', '+'));
  return {
    read: (uri) => (existsSync(pathOf(uri)) ? { text: readFileSync(pathOf(uri), 'utf8') } : { error: 'none' }),
    resolve: (from, path) => {
      const places = [dirname(pathOf(from)), base, ...includeFolders(repository).map((folder) => join(base, folder))];
      const found = places.map((place) => resolve(place, path)).find(existsSync);
      return found && `file://${found}`;
    },
  };
}

const known = new Map();
function load(uri, repository) {
  if (!known.has(uri)) {
    const own = existsSync(pathOf(uri)) ? readKernels(uri, readFileSync(pathOf(uri), 'utf8')) : undefined;
    known.set(uri, own && { own, included: withIncludes(uri, own, filesOf(repository)) });
  }
  return known.get(uri);
}

function argumentOf(text) {
  const value = { true: 1, false: 0 }[text] ?? Number(text.replace(/^\([^)]*\)/, ''));
  return Number.isNaN(value) ? { kind: 'name', name: text, text } : { kind: 'number', value, text };
}

const nowhere = { start: 0, end: 0 };
const [, ...lines] = readFileSync(join(root, 'test/kernels/golden-registers.tsv'), 'utf8').trimEnd().split('\n');
const rows = lines.flatMap((line) => {
  const [repository, file, symbol, architecture, registers, , , , shared] = line.split('\t');
  const uri = `file://${join(resolve(checkouts), repository.replace('/', '+'), file)}`;
  const top = load(uri, repository);
  const { name, templateArguments } = takeApart(symbol);
  const holders = top ? [top, ...top.included.uris.flatMap((one) => load(one, repository) ?? [])] : [];
  const holder = holders.find(({ own }) => own.kernels.some((kernel) => kernel.name === name));
  const kernels = holder?.own.kernels.filter((kernel) => kernel.name === name) ?? [];
  if (kernels.length !== 1) return [{ repository, name, isRead: false }];
  const launch = { kernel: name, templateArguments: (templateArguments ?? []).map(argumentOf), grid: [], block: [], constants: new Map() };
  const ranges = { gridRange: nowhere, blockRange: nowhere, range: nowhere };
  const configuration = configurationOf(holder.included.file, kernels[0], { ...launch, ...ranges });
  const demand = registerDemand(configuration);
  const found = findArchitecture(architecture);
  return [
    {
      repository,
      name,
      isRead: true,
      registers: Number(registers),
      shared: Number(shared),
      ownShared: configuration.staticShared.value,
      demand,
      cap: found ? boundRegisters(configuration, found) : 255,
    },
  ];
});

const read = rows.filter(({ isRead }) => isRead);
console.log(
  `${rows.length} kernels, ${read.length} read, ${read.filter(({ ownShared }) => ownShared === undefined).length} of unknown shared memory`,
);
console.log(`shared memory to the byte: ${read.filter(({ ownShared, shared }) => ownShared === shared).length}`);
for (const name of new Set(
  read.flatMap((row) => (row.ownShared !== undefined && row.ownShared !== row.shared ? [`${row.repository} ${row.name}`] : [])),
))
  console.log(`  other: ${name}`);

fitRegisters(
  read.filter(({ demand }) => demand.unknown.length === 0).map((row) => ({ ...row, kernel: `${row.repository} ${row.name}` })),
  {
    names: ['base', 'arrays', 'fragments', 'values', 'loads', 'openLoop'],
    start: [10, 0.6, 0.8, 0.5, 0.3, 6],
    ranges: [
      [1, 40],
      [0.05, 2],
      [0.3, 2],
      [0.05, 2],
      [0.01, 2],
      [0.1, 30],
    ],
    middle: ({ arrays, fragments, values, loads, hasOpenLoop }, [base, a, f, v, l, open]) =>
      base + a * arrays + f * fragments + v * values + l * loads + (hasOpenLoop ? open : 0),
  },
);
