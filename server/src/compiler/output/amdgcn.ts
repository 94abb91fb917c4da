/**
 * What the assembly of an AMD kernel (`.amdgcn` in Triton's cache) says of it: LLVM writes the figures of a kernel as metadata at the
 * end (AMDGPU user guide, "Code Object V5 Metadata"). From gfx90a on the count of vector registers holds the accumulation registers.
 */
import type { CompiledKernel } from '../../core/kernels/compiled-launch.ts';

const registerBytes = 4;

/** @returns undefined where the figures are missing. */
export function readAmdgcn(name: string, text: string, shared: number): CompiledKernel | undefined {
  const of = (key: string): number | undefined => {
    const found = new RegExp(`^[\\s-]*\\.${key}:\\s+(\\d+)`, 'm').exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const registers = of('vgpr_count');
  if (registers === undefined) return undefined;
  const spilled = (of('vgpr_spill_count') ?? 0) * registerBytes;
  const stack = of('private_segment_fixed_size') ?? 0;
  return { name, templateArguments: undefined, registers, spillStores: spilled, spillLoads: spilled, stack, shared };
}
