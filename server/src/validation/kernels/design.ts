/**
 * How a kernel is built, as far as the words of a row tell: a library's kernel, a compiler's, or one written by hand with
 * the steps its author names. A design is what the parts of a multiprocessor are asked for, never a rate.
 */
import type { KernelRow } from './kernel-row.ts';

/** A product written by hand. */
export interface ProductDesign {
  readonly title: string;
  /** Loads of 32 bits per lane, for each multiply-add of a warp. */
  readonly narrowLoads: number;
  /** Loads of 128 bits per lane, for each multiply-add of a warp. */
  readonly wideLoads: number;
  /** Lines of memory one of the narrow loads touches beyond the first. */
  readonly moreLines: number;
  /** Turns the banks need for one load. */
  readonly bankTurns: number;
  /** Rows and columns of the output that a block works on, and reads operands for once. */
  readonly tile: number;
  readonly isBuffered: boolean;
}

const plain: ProductDesign = { title: '', narrowLoads: 0, wideLoads: 0, moreLines: 0, bankTurns: 1, tile: 32, isBuffered: false };

/**
 * Products on vector units, the first that fits. Loads of a fully unrolled inner loop over neighbours are merged to 128
 * bits by the compiler. Each thread has so many outputs: one, a column of 8, or 8 x 8.
 */
const vectorDesigns: readonly (readonly [RegExp, ProductDesign])[] = [
  [/uncoalesced|non.?coalesced/i, { ...plain, title: 'one output per thread, its loads a row apart', narrowLoads: 2, moreLines: 31 }],
  [/naive|coalesc|global_?mem/i, { ...plain, title: 'one output per thread from global memory', narrowLoads: 2 }],
  [
    /dbuf|double.?buffer|async|stage|pipelin/i,
    { ...plain, title: '8 x 8 outputs per thread, buffered', wideLoads: 4 / 64, tile: 128, isBuffered: true },
  ],
  [/warp.?til|autotun/i, { ...plain, title: '8 x 8 outputs per thread in tiles of a warp', wideLoads: 3 / 64, tile: 128 }],
  [
    /bcf|bank|transpose|vectori|f32x4|float4|x4/i,
    { ...plain, title: '8 x 8 outputs per thread by wide loads', wideLoads: 4 / 64, tile: 128 },
  ],
  [/2d|8x8|thread.?til|register.?til/i, { ...plain, title: '8 x 8 outputs per thread', wideLoads: 4 / 64, bankTurns: 2, tile: 128 }],
  [/1d|coarsen/i, { ...plain, title: 'a column of 8 outputs per thread', narrowLoads: 3 / 8, tile: 64 }],
  [/shared|smem|block|sliced|til/i, { ...plain, title: 'one output per thread from shared tiles', narrowLoads: 1.25 }],
];

const usualVector: ProductDesign = {
  ...plain,
  title: '8 x 8 outputs per thread by wide loads, taken as usual',
  wideLoads: 4 / 64,
  tile: 128,
};

/** Rows of a tile of matrix operands as long as the banks are wide meet in the same ones, 8 at a time. */
const unpaddedTurns = 8;

function matrixDesign(words: string): ProductDesign {
  const isFirst = /\bv[01]a?\b/i.test(words) && !/async|swizzle|pad|tma|stage|buffer|ldmatrix/i.test(words);
  const isNaive = isFirst || /naive|bank conflict/i.test(words);
  const isBuffered = /stage|buffer|pipelin|tma|speciali|persist|wgmma|tcgen05|threadblock|2cta/i.test(words);
  const bankTurns = isNaive ? unpaddedTurns : /\bpad/i.test(words) ? 2 : 1;
  const title = `tiles of 128 x 128 for matrix units, ${isNaive ? 'without care for banks' : 'banks kept apart'}, ${isBuffered ? 'buffered' : 'one after the other'}`;
  return { ...plain, title, bankTurns, tile: 128, isBuffered };
}

export type Maker = 'library' | 'compiler' | 'hand';

const libraries =
  /cublas|hipblas|rocblas|cudnn|miopen|cutlass|cute\b|thunderkittens|pytorch|\btorch\b|aten\b|deepgemm|flashinfer|flash.?attention|tensorrt|onednn|library|aiter|deepseek-ai\/|inductor/i;

/** Who made the code: libraries and compilers keep enough loads under way and banks apart. */
export function makerOf({ kernel, language, where, note }: KernelRow): Maker {
  if (/triton|helion|tilelang|pallas|mojo|inductor/i.test(`${language} ${kernel}`)) return 'compiler';
  return language === 'library' || libraries.test(`${kernel} ${note}`) || libraries.test(where.split('@')[0] ?? '') ? 'library' : 'hand';
}

/** Whether a product of this row runs on matrix units: 8 bits always, 16 bits unless the words are those of vector code. */
export function usesMatrixUnits({ kernel, where }: KernelRow, elementBytes: number, isTf32: boolean): boolean {
  const words = `${kernel} ${where.split(':').pop() ?? ''}`;
  if (elementBytes < 2 || isTf32) return true;
  const isMatrix = /mma|tensor|wgmma|tcgen05|ldmatrix|mfma|xdl/i.test(words);
  if (elementBytes > 2) return isMatrix && /tf32/i.test(words);
  return isMatrix || !/naive|simt|sliced_k|thread_?tile|cuda_?core|f16x[248]/i.test(words);
}

export function designOf({ kernel, note }: KernelRow, onMatrixUnits: boolean): ProductDesign {
  if (onMatrixUnits) return matrixDesign(kernel);
  return vectorDesigns.find(([pattern]) => pattern.test(kernel) || pattern.test(note))?.[1] ?? usualVector;
}

/** Bytes a thread loads at once in a streaming kernel written by hand. */
export function loadBytes({ kernel }: KernelRow, elementBytes: number): number {
  const wide = /x(2|4|8)(?:_|\b)/i.exec(kernel)?.[1];
  if (/vec\d|vectori|_vec\b|pack|float4|128/i.test(kernel)) return 16;
  return wide === undefined ? elementBytes : Math.min(16, Number(wide) * elementBytes);
}

/** Whether each thread walks along a row of its own. */
export const isThreadPerRow = ({ kernel, note }: KernelRow): boolean => /thread per row|one thread per/i.test(`${kernel} ${note}`);

/** Whether rows are reduced by shuffles, once through the row, or otherwise without a tree of barriers. */
export const avoidsBarriers = ({ kernel, note }: KernelRow): boolean =>
  /warp|shuffle|shfl|online|cooperative|coarsen|vectori|\bx[248]\b|per_token|thread per row|\bv[4-9]/i.test(`${kernel} ${note}`);
