/** Memory does not grow with a trace: of what a file is longer, hardly anything is added to the peak. */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, expect, test } from 'vitest';
import { readTrace } from '../../server/src/traces/read-trace.ts';
import { kinetoPieces, smallRun, synthetic } from './synthetic.ts';

const folder = mkdtempSync(join(tmpdir(), 'rooflint-memory-'));
afterAll(() => rmSync(folder, { recursive: true }));

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Columns for so many kernels are kept of either file. */
const limit = 2000;

function write(name: string, steps: number): string {
  const path = join(folder, name);
  const file = openSync(path, 'w');
  let pending = '';
  for (const piece of kinetoPieces(synthetic({ ...smallRun, steps }), 0, 6)) {
    pending += piece;
    if (pending.length < 1 << 20) continue;
    writeSync(file, pending);
    pending = '';
  }
  writeSync(file, pending);
  closeSync(file);
  return path;
}

/** Bytes alive at the most while a file is read, over those before; garbage is not counted, since nobody may say when it goes. */
async function peakOf(path: string): Promise<{ readonly alive: number; readonly kernels: number }> {
  collect();
  const before = alive();
  let most = 0;
  const result = await readTrace(path, {
    limit,
    progress: () => {
      collect();
      most = Math.max(most, alive() - before);
    },
  });
  if ('error' in result) throw new Error(result.error);
  const { kernels, beyond } = result.trace.recording ?? { kernels: { count: 0 }, beyond: 0 };
  return { alive: most, kernels: kernels.count + beyond };
}

const alive = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

test('peak memory of a long trace is that of a short one', async () => {
  const short = write('short.json', 40);
  const long = write('long.json', 480);
  await peakOf(short);
  const first = await peakOf(short);
  const second = await peakOf(long);
  expect(second.kernels).toBe(12 * first.kernels);
  // Some pieces of the file are always under way; how many hangs on the machine's load, not on the file.
  const longer = statSync(long).size - statSync(short).size;
  expect(second.alive - first.alive).toBeLessThan(longer / 5);
});
