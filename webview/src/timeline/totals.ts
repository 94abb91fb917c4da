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
  readonly sums: readonly (Float64Array | undefined)[];
}

/** Category of a kind that is not counted. */
export const uncounted = 255;

/** More cells than this are not kept for a row; what is finer is near enough to be read slice by slice. */
const mostCells = 2 ** 17;
const fewestCells = 2 ** 8;

/** So many slices share a cell, more or less. */
export const slicesPerCell = 2;

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
  const sums: (Float64Array | undefined)[] = Array.from({ length: categories });
  for (let index = first; index < last; index++) {
    const category = categoryOf[kind[index] ?? 0] ?? uncounted;
    if (category >= categories) continue;
    sums[category] ??= new Float64Array(cells + 1);
    const sum = sums[category];
    const start = Math.min(cells, Math.max(0, (slices.start[index] ?? 0) * perSecond));
    const end = Math.min(cells, Math.max(0, (slices.end[index] ?? 0) * perSecond));
    const until = Math.min(cells - 1, Math.floor(end));
    for (let cell = Math.min(cells - 1, Math.floor(start)); cell <= until; cell++) {
      sum[cell + 1] = (sum[cell + 1] ?? 0) + Math.min(end, cell + 1) - Math.max(start, cell);
    }
  }
  for (const sum of sums) {
    if (sum) for (let cell = 0; cell < cells; cell++) sum[cell + 1] = (sum[cell + 1] ?? 0) + (sum[cell] ?? 0);
  }
  return { cells, cell: cells > 0 ? span / cells : 0, sums };
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

/** Writes the share of every column of pixels that a category takes; `into` holds a value per column of the scale. */
export function readShares(totals: Totals, category: number, scale: TimeScale, into: Float32Array): void {
  const { cells, cell, sums } = totals;
  const sum = sums[category];
  if (!sum || !(cell > 0)) {
    into.fill(0);
    return;
  }
  const first = scale.start / cell;
  const perColumn = (scale.end - scale.start) / Math.max(1, scale.width) / cell;
  let before = totalAt(sum, cells, first);
  for (let column = 0; column < into.length; column++) {
    const after = totalAt(sum, cells, first + (column + 1) * perColumn);
    into[column] = (after - before) / perColumn;
    before = after;
  }
}

/** Within a cell its time is spread evenly. */
function totalAt(sum: Float64Array, cells: number, place: number): number {
  if (place <= 0) return 0;
  if (place >= cells) return sum[cells] ?? 0;
  const whole = Math.floor(place);
  const left = sum[whole] ?? 0;
  return left + ((sum[whole + 1] ?? left) - left) * (place - whole);
}
