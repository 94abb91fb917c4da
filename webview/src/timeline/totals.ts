/**
 * Level of detail for rows of many slices: running totals of the time each category has taken, on a grid of equal cells. The
 * difference of two totals is what lies between them, at any magnification, so one grid does what a pyramid of halved
 * resolutions would. Built once per row in one pass; a picture then costs a few reads per column of pixels, whatever the number of
 * slices. Pure.
 */
import type { Slices, Span } from '../layout.ts';
import type { TimeScale } from '../time-scale.ts';

export interface Totals {
  readonly cells: number;
  /** Time of a cell. */
  readonly cell: number;
  /** Per category, from the start to each cell's left edge, in cells: `sums[category][cell]`; none where nothing is of that category. */
  readonly sums: readonly (Float32Array | undefined)[];
}

/** Category of a kind that is not counted. */
export const uncounted = 255;

/** More cells than this are not kept for a row; what is finer is near enough to be read slice by slice. */
const mostCells = 2 ** 17;
const fewestCells = 2 ** 8;

/** So many slices share a cell, more or less. */
export const slicesPerCell = 1;

function cellsFor(slices: number): number {
  return Math.min(mostCells, Math.max(fewestCells, 2 ** Math.ceil(Math.log2(Math.max(1, slices / slicesPerCell)))));
}

export interface Sorting {
  /** Per slice. */
  readonly kind: ArrayLike<number>;
  /** What a kind counts as: `categoryOf[kind]`. */
  readonly categoryOf: ArrayLike<number>;
  readonly categories: number;
}

/** The totals of the slices `first` to `last - 1` over [0, span]. */
export function totalsOf(slices: Slices, { first, last }: Span, span: number, { kind, categoryOf, categories }: Sorting): Totals {
  const cells = cellsFor(last - first);
  const perSecond = span > 0 ? cells / span : 0;
  const shares: (Float32Array | undefined)[] = Array.from({ length: categories });
  for (let index = first; index < last; index++) {
    const category = categoryOf[kind[index] ?? 0] ?? uncounted;
    if (category >= categories) continue;
    shares[category] ??= new Float32Array(cells + 1);
    const sum = shares[category];
    const start = Math.min(cells, Math.max(0, (slices.start[index] ?? 0) * perSecond));
    const end = Math.min(cells, Math.max(0, (slices.end[index] ?? 0) * perSecond));
    const until = Math.min(cells - 1, Math.floor(end));
    for (let cell = Math.min(cells - 1, Math.floor(start)); cell <= until; cell++) {
      sum[cell + 1] = (sum[cell + 1] ?? 0) + Math.min(end, cell + 1) - Math.max(start, cell);
    }
  }
  for (const sum of shares) {
    // Added up in double precision: in single, a hundred thousand roundings would show.
    let total = 0;
    for (let cell = 1; cell <= cells && sum; cell++) {
      total += sum[cell] ?? 0;
      sum[cell] = total;
    }
  }
  return { cells, cell: cells > 0 ? span / cells : 0, sums: shares };
}

/** Adds the share of every column of pixels that slices take, one slice after the other, each to the columns of its category. */
export function addShares(
  slices: Slices,
  { first, last }: Span,
  scale: TimeScale,
  { kind, categoryOf }: Sorting,
  into: readonly Float32Array[],
): void {
  const perColumn = (scale.end - scale.start) / Math.max(1, scale.width);
  for (let index = first; index < last; index++) {
    const columns = into[categoryOf[kind[index] ?? 0] ?? uncounted];
    if (!columns) continue;
    const start = (Math.max(scale.start, slices.start[index] ?? 0) - scale.start) / perColumn;
    const end = (Math.min(scale.end, slices.end[index] ?? 0) - scale.start) / perColumn;
    const to = Math.min(columns.length - 1, Math.floor(end));
    for (let column = Math.floor(start); column <= to; column++) {
      columns[column] = (columns[column] ?? 0) + Math.max(0, Math.min(end, column + 1) - Math.max(start, column));
    }
  }
}

/** True where a column of pixels is at least as wide as a cell, so that the totals are as sharp as the screen. */
export function isSharp(totals: Totals, scale: TimeScale): boolean {
  return (scale.end - scale.start) / Math.max(1, scale.width) >= totals.cell;
}

/** Where the edges of columns lie among the cells; the same for all rows with as many cells. */
export interface Edges {
  readonly cell: Int32Array;
  readonly within: Float32Array;
  /** Columns of a cell's width. */
  readonly perColumn: number;
}

export function edgesOf({ cells, cell }: Totals, scale: TimeScale, columns: number): Edges {
  const perColumn = (scale.end - scale.start) / Math.max(1, scale.width) / cell;
  const edges: Edges = { cell: new Int32Array(columns + 1), within: new Float32Array(columns + 1), perColumn };
  for (let column = 0; column <= columns; column++) {
    const place = Math.min(cells, Math.max(0, scale.start / cell + column * perColumn));
    const whole = Math.min(cells - 1, Math.floor(place));
    edges.cell[column] = whole;
    // Within a cell its time is spread evenly.
    edges.within[column] = place - whole;
  }
  return edges;
}

/** Writes the share of every column of pixels that a category takes. */
export function readShares(sum: Float32Array, { cell, within, perColumn }: Edges, into: Float32Array): void {
  let before = 0;
  for (let edge = 0; edge <= into.length; edge++) {
    const left = cell[edge] as number;
    const from = sum[left] as number;
    const total = from + ((sum[left + 1] as number) - from) * (within[edge] as number);
    if (edge > 0) into[edge - 1] = (total - before) / perColumn;
    before = total;
  }
}
