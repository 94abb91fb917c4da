// Times the index of a large workspace: npm run workspace -- [FILES]
// Writes FILES (10,000) configuration files in the manner of the samples into a temporary folder: launches that share base
// files, YAML, TOML, Python and Kubernetes. Prints what building the index takes, memory, and what a change in a shared base
// file costs until an open script that uses it has been analysed again.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundled } from './lib/bundled.mjs';
import { root } from './lib/paths.mjs';

const wanted = Number(process.argv[2] ?? 10_000);
if (!Number.isInteger(wanted) || wanted < 100) {
  console.error('Usage: npm run workspace -- [FILES, at least 100]');
  process.exit(2);
}

/** Files of the samples, each copied many times with another batch size. */
function templates() {
  const home = join(root, 'test/samples');
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && !/\.(?:md|expected\.json)$/.test(file.name))
    .map((file) => ({ name: file.name, text: readFileSync(join(file.parentPath, file.name), 'utf8') }));
}

const launch = (base, micro) => `#!/bin/bash
source ../env.sh
deepspeed --num_gpus 8 pretrain_gpt.py --deepspeed --deepspeed_config ../${base} --num-layers $LAYERS --hidden-size 2048 \\
  --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 --micro-batch-size ${micro} --bf16
`;

const folder = mkdtempSync(join(tmpdir(), 'rooflint-workspace-'));
const put = (name, text) => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};

try {
  const shared = 'base/ds.json';
  const base = (stage) => JSON.stringify({ train_micro_batch_size_per_gpu: 4, zero_optimization: { stage }, bf16: { enabled: true } });
  put(shared, base(1));
  put('base/env.sh', 'LAYERS=24\n');
  const samples = templates();
  let bytes = 0;
  for (let index = 0; index < wanted - 2; index += 1) {
    const one = samples[index % samples.length];
    const text = index % 5 === 0 ? launch('base/ds.json', 1 + (index % 8)).replace('../env.sh', '../base/env.sh') : one.text;
    bytes += text.length;
    put(`team${index % 100}/${index}-${index % 5 === 0 ? 'train.sh' : one.name}`, text);
  }
  const { initParsers, diskFiles, createEngine, createWorkspaceIndex } = await bundled(`
    export { initParsers } from './server/src/syntax/parsers.ts';
    export { diskFiles } from './server/src/io/files.ts';
    export { createEngine } from './server/src/engine/engine.ts';
    export { createWorkspaceIndex } from './server/src/lsp/workspace-index.ts';
  `);
  await initParsers(join(root, 'node_modules/web-tree-sitter'), join(root, 'grammars'));
  const files = diskFiles([folder]);
  const faults = [];
  const engine = createEngine({ files, settings: () => ({ gpu: 'nvidia-h100-sxm-80gb' }), log: (message) => faults.push(message) });
  const index = createWorkspaceIndex((uri) => {
    const found = files.read(uri);
    const targets = 'text' in found ? engine.dependencies(uri, found.text) : [];
    files.forget(uri);
    return targets;
  });
  global.gc?.();
  const before = process.memoryUsage.rss();
  let began = performance.now();
  const cpu = process.cpuUsage();
  await index.build([folder]);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const state = index.state();
  const sharedUri = pathToFileURL(join(folder, shared)).href;
  const users = index.dependants(sharedUri);
  console.log(
    `index: ${state.files} files, ${(bytes / 2 ** 20).toFixed(1)} MiB, in ${seconds.toFixed(2)} s (CPU ${((user + system) / 1e6).toFixed(2)} s); ${users.length} use ${shared}`,
  );
  const rss = process.memoryUsage.rss();
  console.log(`memory: ${(rss / 2 ** 20).toFixed(0)} MiB in all, ${((rss - before) / 2 ** 20).toFixed(0)} MiB for the index`);
  const script = users[0] ?? '';
  const times = [];
  for (let round = 0; round < 40; round += 1) {
    put(shared, base(round % 3));
    began = performance.now();
    files.forget(sharedUri);
    index.update(sharedUri);
    const text = files.read(script);
    engine.analyse(script, 'text' in text ? text.text : '', round);
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const at = (share) => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(1);
  console.log(`change of ${shared} until a script that uses it is analysed again: median ${at(0.5)} ms, p95 ${at(0.95)} ms`);
  if (faults.length > 0) console.log(`faults: ${faults.length}, the first: ${faults[0]}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
