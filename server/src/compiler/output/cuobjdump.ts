/** What `cuobjdump --dump-resource-usage` tells of the kernels of a finished file. It knows no spills: local memory is stack and spills together. */
import type { CompiledKernel } from '../../core/kernels/compiled-launch.ts';
import { takeApart } from './mangled.ts';

const entry = /^\s*Function (\S+):\s*$/;
const figures = /\bREG:(\d+)\s+STACK:(\d+)\s+SHARED:(\d+)\s+LOCAL:(\d+)/;

export function readCuobjdump(output: string): readonly CompiledKernel[] {
  const kernels: CompiledKernel[] = [];
  let symbol: string | undefined;
  for (const line of output.split('\n')) {
    symbol = entry.exec(line)?.[1] ?? symbol;
    const found = figures.exec(line);
    if (!found || symbol === undefined) continue;
    const [registers = 0, stack = 0, shared = 0, local = 0] = found.slice(1).map(Number);
    kernels.push({ ...takeApart(symbol), registers, stack: stack + local, spillStores: 0, spillLoads: 0, shared });
    symbol = undefined;
  }
  return kernels;
}
