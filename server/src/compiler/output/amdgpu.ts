/**
 * What clang tells of each AMD kernel under `-Rpass-analysis=kernel-resource-usage` (AMDGPUAsmPrinter of LLVM). From gfx90a on
 * vector and accumulation registers share one file, the accumulation registers behind the others at a multiple of four.
 */
import type { CompiledKernel } from '../../core/kernels/compiled-launch.ts';
import { takeApart } from './mangled.ts';

const entry = /remark:(?: [^:\s]+:\d+:\d+:)?\s*Function Name: (\S+)/;
const figure = /remark:(?: [^:\s]+:\d+:\d+:)?\s+(VGPRs|AGPRs|ScratchSize|VGPRs Spill|SGPRs Spill|LDS Size)(?: \[[^\]]*\])?: (\d+)/;

const registerBytes = 4;
const accumulationUnit = 4;

function kernelOf(symbol: string, figures: ReadonlyMap<string, number>): CompiledKernel {
  const of = (name: string): number => figures.get(name) ?? 0;
  const accumulation = of('AGPRs');
  const vector = accumulation === 0 ? of('VGPRs') : Math.ceil(of('VGPRs') / accumulationUnit) * accumulationUnit;
  // Scalar registers are spilled into lanes of vector registers, which costs no memory.
  const spilled = of('VGPRs Spill') * registerBytes;
  return {
    ...takeApart(symbol),
    registers: vector + accumulation,
    stack: of('ScratchSize'),
    spillStores: spilled,
    spillLoads: spilled,
    shared: of('LDS Size'),
  };
}

export function readAmdgpu(output: string): readonly CompiledKernel[] {
  const kernels: CompiledKernel[] = [];
  let symbol: string | undefined;
  let figures = new Map<string, number>();
  const finish = (): void => {
    if (symbol !== undefined && figures.has('VGPRs')) kernels.push(kernelOf(symbol, figures));
    figures = new Map();
  };
  for (const line of output.split('\n')) {
    const begins = entry.exec(line)?.[1];
    if (begins !== undefined) {
      finish();
      symbol = begins;
      continue;
    }
    const [, name, value] = figure.exec(line) ?? [];
    if (name !== undefined) figures.set(name, Number(value));
  }
  finish();
  return kernels;
}
