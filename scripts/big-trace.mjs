// Measures the reading of large traces: node --expose-gc scripts/big-trace.mjs [MIB]
// Writes synthetic Kineto traces of about a fifth of MIB and of MIB (500) to a temporary folder, reads each, and prints MB/s, what the reading
// adds to the memory of the process at its peak, and the time of the analysis.
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundled } from './lib/bundled.mjs';

const wanted = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 500);
const { readTrace, measuredStep, kinetoPieces, smallRun, synthetic } = await bundled(`
  export * from './server/src/traces/read-trace.ts';
  export * from './server/src/core/measured/measured-step.ts';
  export * from './test/traces/synthetic.ts';
`);

function write(path, mebibytes) {
  const perStep = [...kinetoPieces(synthetic({ ...smallRun, steps: 1 }), 0, 4)].reduce((sum, piece) => sum + piece.length, 0);
  const steps = Math.ceil((mebibytes * 2 ** 20) / perStep);
  const file = openSync(path, 'w');
  let pending = '';
  for (const piece of kinetoPieces(synthetic({ ...smallRun, steps }), 0, 4)) {
    pending += piece;
    if (pending.length > 1 << 20) {
      writeSync(file, pending);
      pending = '';
    }
  }
  writeSync(file, pending);
  closeSync(file);
}

const mib = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;

async function measure(path) {
  global.gc?.();
  const before = process.memoryUsage();
  let peakHeap = before.heapUsed;
  let peakAll = before.rss;
  const progress = () => {
    const { heapUsed, rss } = process.memoryUsage();
    peakHeap = Math.max(peakHeap, heapUsed);
    peakAll = Math.max(peakAll, rss);
  };
  const { size } = statSync(path);
  const start = performance.now();
  const spent = process.cpuUsage();
  const result = await readTrace(path, { progress });
  const read = performance.now();
  const { user, system } = process.cpuUsage(spent);
  if ('error' in result) throw new Error(result.error);
  const step = measuredStep(result.trace.recording, 0);
  const analysed = performance.now();
  const seconds = (read - start) / 1e3;
  console.log(
    `${mib(size)}: ${seconds.toFixed(1)} s, ${(size / 1e6 / seconds).toFixed(0)} MB/s, ${(size / (user + system)).toFixed(0)} MB per second of processor; ${result.trace.recording.kernels.count} kernels, ${step.found} steps, analysed in ${((analysed - read) / 1e3).toFixed(1)} s; ` +
      `peak heap +${mib(peakHeap - before.heapUsed)}, peak resident +${mib(peakAll - before.rss)}`,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'rooflint-big-trace-'));
try {
  for (const size of [wanted / 5, wanted]) {
    const path = join(folder, `${Math.round(size)}.json`);
    write(path, size);
    await measure(path);
    rmSync(path);
  }
} finally {
  rmSync(folder, { recursive: true });
}
