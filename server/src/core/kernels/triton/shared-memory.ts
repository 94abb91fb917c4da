/**
 * Shared memory of the operands that a loop loads ahead. The pipeliner keeps the blocks of several iterations:
 *
 *   bytes = buffers x sum over loaded operands (rows x columns x bytes of an element)
 *
 * with `num_stages` buffers where the products read shared memory directly (Hopper), one less where they read it into
 * registers first (lib/Dialect/TritonGPU/Transforms/Pipeliner: the distance from load to use); releases before 3.0
 * always took `num_stages`. Other uses (layout changes, reductions) come on top and are not counted.
 * Assumed: elements of 16 bits unless said otherwise; the types of pointers are known only at the launch.
 */
import type { Bytes } from '../../units.ts';
import { sizesOf, type TritonConfiguration } from './configuration.ts';

export interface PipelinedShared {
  readonly least: Bytes;
  readonly most: Bytes;
}

/** @returns undefined where no product reads loads of a loop, or a tile's size is not known. */
export function pipelinedShared({ kernel, scope, numStages }: TritonConfiguration, elementBytes: number): PipelinedShared | undefined {
  const blocks = new Map<string, number>();
  for (const { tile, loaded } of kernel.dots.flatMap(({ left, right }) => [left, right])) {
    if (loaded === undefined) continue;
    const sizes = sizesOf(tile, scope);
    if (!sizes) return undefined;
    blocks.set(
      loaded,
      sizes.reduce((all, size) => all * size, 1),
    );
  }
  if (blocks.size === 0) return undefined;
  const once = [...blocks.values()].reduce((sum, size) => sum + size, 0) * elementBytes;
  return { least: once * Math.max(1, numStages - 1), most: once * Math.max(1, numStages) };
}

/** Registers of 32 bits a thread holds of the accumulators of all products. */
export function accumulatorRegisters({ kernel, scope, numWarps }: TritonConfiguration, warpThreads: number): number | undefined {
  let values = 0;
  for (const { left, right } of kernel.dots) {
    const [rows, columns] = [sizesOf(left.tile, scope)?.at(-2), sizesOf(right.tile, scope)?.at(-1)];
    if (rows === undefined || columns === undefined) return undefined;
    values = Math.max(values, rows * columns);
  }
  return values === 0 ? undefined : values / (numWarps * warpThreads);
}
