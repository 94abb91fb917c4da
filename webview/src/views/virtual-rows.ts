/** Which rows of a long table are in the page. Pure; pixels. */

/** Browsers lay out no box taller than some 30 million pixels; beyond this the scroll bar moves more than a row per row. */
const tallest = 12_000_000;
/** Rows above and below those in sight, so that a quick scroll shows no gap. */
const spare = 8;

export interface RowsInSight {
  /** Of all rows together, as far as the scroll bar goes. */
  readonly height: number;
  readonly first: number;
  readonly last: number;
  /** Where the first is drawn. */
  readonly top: number;
}

/** The rows `first` to `last - 1` of `count` when a box of `boxHeight` is scrolled to `scrolled`. */
export function rowsInSight(count: number, rowHeight: number, boxHeight: number, scrolled: number): RowsInSight {
  const real = count * rowHeight;
  const height = Math.min(real, tallest);
  const place = placeOf(real, height, boxHeight, scrolled);
  const first = Math.max(0, Math.floor(place / rowHeight) - spare);
  const last = Math.min(count, Math.ceil((place + boxHeight) / rowHeight) + spare);
  return { height, first, last, top: Math.max(0, Math.min(scrolled, Math.max(0, height - boxHeight))) - (place - first * rowHeight) };
}

/** Where to scroll so that a row is in sight; `scrolled` when it is already. */
export function scrollTo(row: number, count: number, rowHeight: number, boxHeight: number, scrolled: number): number {
  const real = count * rowHeight;
  const height = Math.min(real, tallest);
  const place = placeOf(real, height, boxHeight, scrolled);
  const [top, bottom] = [row * rowHeight, (row + 1) * rowHeight];
  if (top >= place && bottom <= place + boxHeight) return scrolled;
  const wanted = top < place ? top : bottom - boxHeight;
  if (real <= boxHeight || real === height) return Math.max(0, wanted);
  return (Math.max(0, wanted) / (real - boxHeight)) * (height - boxHeight);
}

/** How far the rows are scrolled when the box is scrolled so far. */
function placeOf(real: number, height: number, boxHeight: number, scrolled: number): number {
  if (real <= boxHeight) return 0;
  const share = Math.min(1, Math.max(0, scrolled / Math.max(1, height - boxHeight)));
  return share * (real - boxHeight);
}
