/**
 * Level of detail for rows of many slices: running totals of the time each category has taken, on a grid of equal cells. The
 * difference of two totals is what lies between them, at any magnification, so one grid does what a pyramid of halved
 * resolutions would. Built once per row in one pass; a picture then costs a few reads per column of pixels, whatever the number of
 * slices. Pure.
 */
import type { TimeScale } from '../time-scale.ts';

/** Slices of rows as columns; those of a row lie in order of time and do not overlap. */
export interface Slices {
  readonly start: ArrayLike<number>;
  readonly end: ArrayLike<number>;
  readonly kind: ArrayLike<number>;
}

export interface Totals {
  readonly cells: number;
  /** Time of a cell. */
  readonly cell: number;
  /** Per category, from the start to each cell's left edge, in cells: `sums[category][cell]`. */
  readonly sums: readonly Float64Array[];
}

/** Category of a kind that is not counted. */
export const uncounted = 255;

/** More cells than this are not kept for a row; what is finer is near enough to be read slice by slice. */
const mostCells = 2 ** 17;
const fewestCells = 2 ** 8;

/** Two slices share a cell, more or less. */
function cellsFor(slices: number): number {
  return Math.min(mostCells, Math.max(fewestCells, 2 ** Math.ceil(Math.log2(Math.max(1, slices / 2)))));
}

/** The totals of the slices `from` to `to - 1` over [0, span]. `categoryOf[kind]` says what a kind counts as. */
export function totalsOf(slices: Slices, from: number, to: number, span: number, categoryOf: ArrayLike<number>, categories: number): Totals {
  const cells = cellsFor(to - from);
  const perSecond = span > 0 ? cells / span : 0;
  const sums = Array.from({ length: categories }, () => new Float64Array(cells + 1));
  for (let index = from; index < to; index++) {
    const sum = sums[categoryOf[slices.kind[index] ?? 0] ?? uncounted];
    if (!sum) continue;
    const start = Math.min(cells, Math.max(0, (slices.start[index] ?? 0) * perSecond));
    const end = Math.min(cells, Math.max(0, (slices.end[index] ?? 0) * perSecond));
    const last = Math.min(cells - 1, Math.floor(end));
    for (let cell = Math.min(cells - 1, Math.floor(start)); cell <= last; cell++) {
      sum[cell + 1] = (sum[cell + 1] ?? 0) + Math.min(end, cell + 1) - Math.max(start, cell);
    }
  }
  for (const sum of sums) for (let cell = 0; cell < cells; cell++) sum[cell + 1] = (sum[cell + 1] ?? 0) + (sum[cell] ?? 0);
  return { cells, cell: cells > 0 ? span / cells : 0, sums };
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

/** Time of a category in [start, end]; exact but for slices cut by the cells at both ends. */
export function secondsBetween({ cells, cell, sums }: Totals, category: number, start: number, end: number): number {
  const sum = sums[category];
  if (!sum || !(cell > 0)) return 0;
  return (totalAt(sum, cells, end / cell) - totalAt(sum, cells, start / cell)) * cell;
}

/** Within a cell its time is spread evenly. */
function totalAt(sum: Float64Array, cells: number, place: number): number {
  if (place <= 0) return 0;
  if (place >= cells) return sum[cells] ?? 0;
  const whole = Math.floor(place);
  const left = sum[whole] ?? 0;
  return left + ((sum[whole + 1] ?? left) - left) * (place - whole);
}
