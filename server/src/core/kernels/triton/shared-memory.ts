/**
 * Shared memory of the operands of products that a loop loads ahead. The pipeliner keeps the blocks of several iterations:
 *
 *   bytes = buffers x sum over loaded operands (rows x columns x bytes of an element)
 *
 * with `num_stages` buffers where the products read shared memory directly (wgmma of Hopper: four warps or more, 64 rows or more), one less where
 * they read it into registers first (lib/Dialect/TritonGPU/Transforms/Pipeliner: the distance from load to use); releases before 3.0
 * always took `num_stages`. On AMD some loads stay in registers on their way, so that one buffer alone is sure. Operands that are loaded before
 * the loop, or worked out in it, may lie in shared memory as well: they count for the most. Scratch of layout changes and reductions reuses what is free.
 * Assumed: elements of 16 bits unless said otherwise; the types of pointers are known only at the launch.
 * Against Triton 3.9's own figures: docs/registers.md.
 */
import type { Bytes } from '../../units.ts';
import type { Architecture } from '../architecture.ts';
import { evaluate, type Scope } from '../expression.ts';
import { mayBeCompiled, sizesOf, type TritonConfiguration } from './configuration.ts';
import type { Dot } from './facts.ts';

export interface PipelinedShared {
  readonly least: Bytes;
  readonly most: Bytes;
}

/** How often the loop of a product goes round; undefined where only the run knows. */
function roundsOf({ loop }: Dot, scope: Scope): number | undefined {
  if (!loop) return undefined;
  const [start, limit, step] = [loop.start, loop.limit, loop.step].map((part) => evaluate(part, scope));
  return start === undefined || limit === undefined || !step ? undefined : Math.max(0, Math.ceil((limit - start) / step));
}

/** The least a product needs to be one of Hopper's warp groups. */
const groupWarps = 4;
const groupRows = 64;

interface Block {
  readonly bytes: Bytes;
  readonly rounds: number;
  /** Read by products of Hopper's warp groups alone. */
  readonly isDirect: boolean;
}

/**
 * @param architecture undefined for what holds on every one of NVIDIA's.
 * @returns undefined where no product reads loads of a loop, or a tile's size is not known.
 */
export function pipelinedShared(
  configuration: TritonConfiguration,
  elementBytes: number,
  architecture?: Pick<Architecture, 'id' | 'vendor'>,
): PipelinedShared | undefined {
  const { kernel, scope, numStages, numWarps } = configuration;
  const blocks = new Map<string, Block>();
  const others = new Map<string, Bytes>();
  for (const dot of kernel.dots) {
    if (!mayBeCompiled(dot.branches, scope)) continue;
    const rows = sizesOf(dot.left.tile, scope)?.at(-2) ?? 0;
    const isDirect = architecture?.id === 'sm_90' && numWarps % groupWarps === 0 && rows >= groupRows;
    for (const { tile, loaded, isPlain } of [dot.left, dot.right]) {
      const sizes = sizesOf(tile, scope);
      if (!sizes && loaded === undefined) continue;
      if (!sizes) return undefined;
      const bytes = sizes.reduce((all, size) => all * size, 1) * elementBytes;
      const known = loaded === undefined ? undefined : blocks.get(loaded);
      if (loaded === undefined) others.set(`${tile?.map(({ text }) => text).join(' ')} ${dot.range.start}`, bytes);
      else
        blocks.set(loaded, {
          bytes,
          rounds: roundsOf(dot, scope) ?? Number.POSITIVE_INFINITY,
          isDirect: isDirect && isPlain && (known?.isDirect ?? true),
        });
    }
  }
  if (blocks.size === 0) return undefined;
  const all = [...blocks.values()];
  // With a single stage or round nothing is loaded ahead, and blocks may lie there one after the other.
  const ahead = all.filter(({ rounds }) => rounds > 1 && numStages > 1);
  const once = all.filter((one) => !ahead.includes(one));
  const sumOf = (some: readonly Block[], buffers: (block: Block) => number): Bytes =>
    some.reduce((sum, block) => sum + block.bytes * buffers(block), 0);
  const sure = ({ isDirect }: Block): number => (architecture?.vendor === 'AMD' ? 1 : isDirect ? numStages : numStages - 1);
  return {
    least: Math.max(sumOf(ahead, sure), ...once.map(({ bytes }) => bytes)),
    most: sumOf(ahead, () => numStages) + sumOf(once, () => 1) + [...others.values()].reduce((sum, bytes) => sum + bytes, 0),
  };
}

/** Registers of 32 bits a thread holds of the accumulators of all products. */
export function accumulatorRegisters({ kernel, scope, numWarps }: TritonConfiguration, warpThreads: number): number | undefined {
  let values = 0;
  for (const { left, right, branches } of kernel.dots) {
    if (!mayBeCompiled(branches, scope)) continue;
    const [rows, columns] = [sizesOf(left.tile, scope)?.at(-2), sizesOf(right.tile, scope)?.at(-1)];
    if (rows === undefined || columns === undefined) return undefined;
    values = Math.max(values, rows * columns);
  }
  return values === 0 ? undefined : values / (numWarps * warpThreads);
}
