/** What the reader of Triton code reports: kernels, the configurations they are tuned over, and their launches. */
import type { Range } from '../../origin.ts';
import type { Access, Loop, Operation, Setting } from '../body.ts';
import type { Definitions } from '../declarations.ts';
import type { Expression, ExpressionFunction } from '../expression.ts';

export interface TritonParameter {
  readonly name: string;
  readonly isConstexpr: boolean;
  readonly fallback?: Expression;
  readonly range: Range;
}

/** One `triton.Config`. */
export interface TritonConfig {
  readonly values: ReadonlyMap<string, number>;
  readonly numWarps: number;
  readonly numStages: number;
  /** What must hold on the machine for it to be tried. */
  readonly condition?: string;
  readonly range: Range;
}

export interface Autotune {
  readonly configs: readonly TritonConfig[];
  /** False where some of them could not be read: a helper elsewhere, a condition on the machine. */
  readonly isComplete: boolean;
  /** Undefined where it is missing or no list of names. */
  readonly key?: readonly string[];
  readonly range: Range;
}

/** Factors of a block of values, `[BLOCK_M, BLOCK_K]`. */
export type Tile = readonly Expression[];

/** What must hold for a statement to be compiled: the test of a branch around it, and which side it is on. */
export interface Branch {
  readonly test: Expression;
  readonly isTaken: boolean;
}

/** `range(start, limit, step)`. */
export interface Bounds {
  readonly start: Expression;
  readonly limit: Expression;
  readonly step: Expression;
}

/** One side of a product. */
export interface Operand {
  readonly tile: Tile | undefined;
  /** The name that a load of the innermost loop around fills: such blocks are kept for several iterations at a time. */
  readonly loaded?: string;
  /** Read as it was loaded, nothing done to it in between. */
  readonly isPlain: boolean;
}

/** `tl.dot(a, b)`. */
export interface Dot {
  readonly left: Operand;
  readonly right: Operand;
  readonly branches: readonly Branch[];
  /** The innermost loop around it, with its bounds where it counts. */
  readonly loop?: Bounds;
  readonly range: Range;
}

export interface Arange {
  readonly start: Expression;
  readonly end: Expression;
  readonly range: Range;
}

/** `tl.load` or `tl.store` through pointers. */
export interface MemoryOperation {
  readonly kind: 'load' | 'store';
  readonly tile: Tile | undefined;
  readonly hasMask: boolean;
  /** Through a block pointer or a descriptor, which checks bounds itself when told to. */
  readonly isBlock: boolean;
  readonly range: Range;
}

/** What the elements of a block of values are; an operand is loaded for products alone. */
export type TileKind = 'value' | 'load' | 'operand' | 'pointer' | 'offset' | 'mask';

/** A named block of values and how long it is needed, as offsets of the text. */
export interface LiveTile {
  readonly name: string;
  readonly tile: Tile;
  readonly kind: TileKind;
  readonly from: number;
  readonly to: number;
  /** Handed from one round of a loop to the next. */
  readonly isCarried: boolean;
  readonly branches: readonly Branch[];
}

export interface TritonKernel {
  readonly name: string;
  readonly nameRange: Range;
  readonly range: Range;
  readonly parameters: readonly TritonParameter[];
  /** Names with one value inside the kernel. */
  readonly constants: Definitions;
  readonly autotune?: Autotune;
  readonly dots: readonly Dot[];
  readonly aranges: readonly Arange[];
  readonly memory: readonly MemoryOperation[];
  readonly lives: readonly LiveTile[];
  /** Names of numbers whose shapes could not be followed. */
  readonly unsized: readonly string[];
  /** Whether products stand in a loop. */
  readonly loops: readonly Range[];
}

/** Arithmetic on the elements of a tile: the loops around it end with those over its factors. */
export interface TritonFlops extends Setting {
  readonly each: number;
  readonly unit: 'vector' | 'matrix';
}

/** A kernel read once more for what it computes and moves: programs are blocks, tiles loops over their elements. */
export interface TritonArithmetic {
  /** `shape` of what goes through a block pointer. */
  readonly accesses: readonly (Access & { readonly shape?: readonly Expression[] })[];
  /** What pointers are moved by. */
  readonly moves: readonly Operation[];
  readonly flops: readonly TritonFlops[];
  readonly initial: ReadonlyMap<string, Expression>;
  readonly pointers: ReadonlySet<string>;
  readonly changing: ReadonlySet<string>;
  readonly elements: readonly Loop[];
  /** Accesses and arithmetic that could not be followed, as written: they are missing from all the others. */
  readonly unread: readonly string[];
}

export interface TritonLaunch {
  readonly kernel: string;
  /** Undefined where the grid is a name that tells nothing. */
  readonly grid: readonly Expression[] | undefined;
  /** Arguments by their place. */
  readonly values: readonly Expression[];
  /** Arguments by name, `num_warps` and `num_stages` among them. */
  readonly named: ReadonlyMap<string, Expression>;
  readonly range: Range;
  readonly constants: Definitions;
  /** Names of the function around it that have several values, one for each branch. */
  readonly alternatives: ReadonlyMap<string, Alternatives>;
  /** Modules that sizes come from, as paths: `pkg/utils.py` for `from pkg.utils import settings`. */
  readonly helpers: readonly string[];
}

/** The values of a name that branches set differently. */
export interface Alternatives {
  readonly values: readonly Expression[];
  /** What the last `else` sets. */
  readonly fallback?: Expression;
}

export interface TritonFile {
  readonly kernels: readonly TritonKernel[];
  readonly launches: readonly TritonLaunch[];
  readonly constants: Definitions;
  /** Names of the module with several values. */
  readonly alternatives: ReadonlyMap<string, Alternatives>;
  readonly functions: ReadonlyMap<string, ExpressionFunction>;
  /** Sizes the user gives in a comment: `# rooflint: M=4096`. */
  readonly given: ReadonlyMap<string, number>;
}
