/**
 * What readers of tile languages report: TileLang and Pallas in Python, CUTLASS in C++. They state tiles, stages and
 * buffers outright where CUDA and Triton leave them to be worked out, so one form serves all of them.
 */
import type { Range } from '../../origin.ts';
import type { Definitions } from '../declarations.ts';
import type { Expression } from '../expression.ts';
import type { PlacedExpression } from '../facts.ts';

export type TileDialect = 'tilelang' | 'pallas' | 'cutlass2' | 'cutlass3';

export interface TileBuffer {
  readonly name: string;
  /** Where it lives: shared memory, the registers of a block, or the fast memory of a TPU. */
  readonly memory: 'shared' | 'registers' | 'vmem';
  readonly shape: readonly Expression[];
  /** Number format as written, names not followed. */
  readonly format?: Expression;
  /** How many of them there are: one, one for each stage of the pipeline, or two that take turns. */
  readonly copies: 'one' | 'stages' | 'two';
  readonly range: Range;
}

/** A shape with its usual name: `threadblock` [128, 256, 64]. */
export interface NamedTile {
  readonly label: string;
  readonly shape: readonly Expression[];
  readonly range: Range;
}

export interface TileKernel {
  readonly dialect: TileDialect;
  readonly name: string;
  readonly nameRange: Range;
  readonly range: Range;
  /** Undefined where it follows from the problem's size. */
  readonly grid?: readonly Expression[];
  readonly gridRange?: Range;
  readonly threads?: readonly PlacedExpression[];
  /** `auto`: as many as shared memory holds. */
  readonly stages?: PlacedExpression | 'auto';
  readonly tiles: readonly NamedTile[];
  readonly buffers: readonly TileBuffer[];
  /** Formats of the operands: a, b, c, acc. */
  readonly formats: ReadonlyMap<string, string>;
  /** `sm90`. */
  readonly architecture?: string;
  readonly schedule?: string;
  /** Names with one value around the kernel and in it. */
  readonly constants: Definitions;
}

export interface TileFile {
  readonly kernels: readonly TileKernel[];
  /** Constants of the whole file. */
  readonly constants: Definitions;
  /** Sizes the user gives in a comment. */
  readonly given: ReadonlyMap<string, number>;
}
