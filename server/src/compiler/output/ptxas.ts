/**
 * What `ptxas -v` tells of each kernel, by itself, under `nvcc -Xptxas -v` (or `--resource-usage`) and under
 * `clang -Xcuda-ptxas -v`. Releases name the kernel in a "Compiling entry function" line, its stack and spills in a line
 * of their own, and registers with shared memory in a "Used" line; what a kernel does not use is not named.
 */
import type { CompiledKernel } from '../../core/kernels/compiled-launch.ts';
import { takeApart } from './mangled.ts';

const entry = /Compiling entry function '([^']+)' for '(\w+)'/;
const frame = /(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads/;
const used = /\bUsed (\d+) registers/;
/** Releases up to 7 wrote the launch's own part behind a plus sign. */
const shared = /\b(\d+)(?:\+\d+)? bytes smem/;

export interface PtxasOutput {
  readonly architecture: string | undefined;
  readonly kernels: readonly CompiledKernel[];
}

/** Kernels in the order of the output. Where one is compiled for several architectures, the last one counts. */
export function readPtxas(output: string): PtxasOutput {
  const kernels = new Map<string, CompiledKernel>();
  let symbol: string | undefined;
  let architecture: string | undefined;
  let [stack, spillStores, spillLoads] = [0, 0, 0];
  for (const line of output.split('\n')) {
    const begins = entry.exec(line);
    if (begins) {
      [symbol, architecture] = [begins[1], begins[2]];
      [stack, spillStores, spillLoads] = [0, 0, 0];
      continue;
    }
    const spills = frame.exec(line);
    if (spills) [stack = 0, spillStores = 0, spillLoads = 0] = spills.slice(1).map(Number);
    const registers = used.exec(line)?.[1];
    // Functions that are called keep lines of their own; only what follows an entry is a kernel.
    if (registers === undefined || symbol === undefined) continue;
    const own = { registers: Number(registers), stack, spillStores, spillLoads, shared: Number(shared.exec(line)?.[1] ?? 0) };
    kernels.set(symbol, { ...takeApart(symbol), ...own });
    symbol = undefined;
  }
  return { architecture, kernels: [...kernels.values()] };
}
