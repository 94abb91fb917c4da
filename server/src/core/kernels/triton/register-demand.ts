/**
 * What a Triton kernel asks registers for, in registers of 32 bits per thread: its blocks of values are shared out over all threads of the
 * program. Sums of products and loaded blocks count at 32 bits per element, operands of products at 16, each shape once.
 */
import type { Expression } from '../expression.ts';
import { sizesOf, type TritonConfiguration } from './configuration.ts';
import type { Tile } from './facts.ts';

export interface TritonRegisterDemand {
  /** Sums of `tl.dot`. */
  readonly products: number;
  readonly operands: number;
  /** Blocks that are loaded. */
  readonly blocks: number;
}

const warpThreads = 32;
const operandShare = 0.5;

const keyOf = (tile: Tile): string => tile.map(({ text }) => text).join();

/** Elements of the tiles, each shape once; undefined where one of them is not known. */
function elementsOf(tiles: readonly (Tile | undefined)[], { scope }: TritonConfiguration): number | undefined {
  const distinct = new Map<string, number>();
  for (const tile of tiles) {
    const sizes = sizesOf(tile, scope);
    if (!tile || !sizes) return undefined;
    distinct.set(
      keyOf(tile),
      sizes.reduce((all, size) => all * size, 1),
    );
  }
  return [...distinct.values()].reduce((sum, elements) => sum + elements, 0);
}

const sumOf = (left: Tile | undefined, right: Tile | undefined): Tile | undefined => {
  const corners: readonly (Expression | undefined)[] = [left?.at(-2), right?.at(-1)];
  return corners.every((corner) => corner !== undefined) ? corners : undefined;
};

/** @returns undefined where a tile is not known. */
export function tritonRegisterDemand(configuration: TritonConfiguration): TritonRegisterDemand | undefined {
  const { kernel, numWarps } = configuration;
  const products = elementsOf(
    kernel.dots.map(({ left, right }) => sumOf(left.tile, right.tile)),
    configuration,
  );
  const operands = elementsOf(
    kernel.dots.flatMap(({ left, right }) => [left.tile, right.tile]),
    configuration,
  );
  // Loads that only one thread's worth of addresses is known of are scalars.
  const blocks = elementsOf(
    kernel.memory.filter(({ kind }) => kind === 'load').map(({ tile }) => tile),
    configuration,
  );
  if (products === undefined || operands === undefined || blocks === undefined) return undefined;
  const threads = numWarps * warpThreads;
  return { products: products / threads, operands: (operands * operandShare) / threads, blocks: blocks / threads };
}
