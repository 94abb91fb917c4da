// Fits the estimate of registers of Triton kernels to what Triton and its compilers made of them, and compares shared memory with theirs.
// Usage: node scripts/fit/triton-registers.mjs CHECKOUTS, a folder with the repositories of scripts/golden/kernels/triton_repositories.json, each as owner__name.
// Prints the parameters for server/src/core/calibration/triton-registers.ts and what docs/registers.md says of them; writes nothing.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundled } from '../lib/bundled.mjs';
import { root } from '../lib/paths.mjs';
import { dataFolder as checkouts } from './lib.mjs';
import { fitRegisters } from './register-fit.mjs';

const {
  copyPythonTree,
  findArchitecture,
  initParsers,
  mostRegisters,
  parseText,
  readTriton,
  sharedOn,
  tritonConfigurationOf,
  tritonRegisterDemand,
} = await bundled(`
  export { tritonConfigurationOf } from './server/src/core/kernels/triton/configuration.ts';
  export { tritonRegisterDemand } from './server/src/core/kernels/triton/register-demand.ts';
  export { mostRegisters, sharedOn } from './server/src/core/kernels/triton/resources.ts';
  export { findArchitecture } from './server/src/data/architectures.ts';
  export { initParsers, parseText } from './server/src/syntax/parsers.ts';
  export { copyPythonTree } from './server/src/syntax/python/tree.ts';
  export { readTriton } from './server/src/syntax/triton/triton.ts';
`);
await initParsers(join(root, 'node_modules/web-tree-sitter'), join(root, 'grammars'));

const known = new Map();
function load(path) {
  if (!known.has(path)) {
    const text = readFileSync(path, 'utf8');
    known.set(path, readTriton(copyPythonTree(parseText('python', text), text), text));
  }
  return known.get(path);
}

const [, ...lines] = readFileSync(join(root, 'test/kernels/golden-triton.tsv'), 'utf8').trimEnd().split('\n');
const rows = lines.flatMap((line) => {
  const [repository, file, name, values, warps, stages, id, registers, , spilled, shared] = line.split('\t');
  const source = load(join(resolve(checkouts), repository.replace('/', '__'), file));
  const kernel = source.kernels.find((one) => one.name === name);
  const architecture = findArchitecture(id);
  if (!kernel || !architecture) return [];
  const pairs = values
    .split(',')
    .filter(Boolean)
    .map((pair) => pair.split('='));
  const given = new Map(pairs.map(([key, value]) => [key, Number(value)]));
  const configuration = tritonConfigurationOf(source, kernel, given, { numWarps: Number(warps), numStages: Number(stages) });
  return [
    {
      repository,
      name: `${repository} ${file} ${name}`,
      architecture,
      registers: Number(registers),
      spilled: Number(spilled),
      shared: Number(shared),
      ownShared: kernel.dots.length > 0 ? sharedOn(configuration, architecture) : undefined,
      hasProducts: kernel.dots.length > 0,
      demand: tritonRegisterDemand(configuration, architecture),
      cap: mostRegisters(configuration, architecture),
    },
  ];
});
console.log(`${rows.length} of ${lines.length} builds read, ${rows.filter(({ demand }) => demand.unknown > 0).length} with unknown shapes`);

console.log(
  '\n| architecture | builds with products | estimated | equals the least or most | between | above the most | below the least |',
);
for (const id of new Set(rows.map(({ architecture }) => architecture.id))) {
  const own = rows.filter((row) => row.architecture.id === id && row.hasProducts);
  const sized = own.filter(({ ownShared }) => ownShared);
  const count = (test) => sized.filter(test).length;
  const isEnd = ({ shared, ownShared }) => shared === ownShared.least || shared === ownShared.most;
  const cells = [
    count(isEnd),
    count((row) => !isEnd(row) && row.shared > row.ownShared.least && row.shared < row.ownShared.most),
    count((row) => row.shared > row.ownShared.most),
    count((row) => row.shared < row.ownShared.least),
  ];
  console.log(`| ${id} | ${own.length} | ${sized.length} | ${cells.join(' | ')} |`);
}
for (const [word, share] of [
  ['warnings', 1],
  ['errors', 0.5],
]) {
  const told = rows.filter(({ ownShared, architecture }) => ownShared && ownShared.least * share > architecture.sharedPerBlockOptIn);
  const wrong = told.filter(({ shared, architecture }) => shared <= architecture.sharedPerBlockOptIn);
  console.log(`${word} of shared memory over the device: ${told.length}, false ${wrong.length}`);
}

const over = rows.filter(({ demand, cap }) => demand.unknown === 0 && demand.values > cap);
console.log(`numbers beyond the registers: ${over.length} builds, of which ${over.filter(({ spilled }) => spilled > 0).length} spill`);
console.log(`builds that spill: ${rows.filter(({ spilled }) => spilled > 0).length}`);

for (const vendor of ['NVIDIA', 'AMD']) {
  const sized = rows.filter(({ architecture, demand, spilled }) => architecture.vendor === vendor && demand.unknown === 0 && spilled === 0);
  console.log(`\n${vendor}`);
  fitRegisters(
    sized.map((row) => ({ ...row, kernel: row.name })),
    {
      names: ['base', 'values', 'operands', 'loop'],
      start: [13, 1, 0.7, 6],
      ranges: [
        [1, 60],
        [0.1, 4],
        [0.01, 6],
        [0.1, 40],
      ],
      fewest: 8,
      middle: ({ values, operands, hasLoop }, [base, v, o, loop]) => base + v * values + o * operands + (hasLoop ? loop : 0),
    },
  );
}
