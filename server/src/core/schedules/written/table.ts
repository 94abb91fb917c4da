/**
 * The cells of a written schedule: one row per pipeline rank, one action per cell. CSV as PyTorch writes it, or JSON as an
 * array of rows (or of texts like CSV rows), alone or under `order`.
 */

export interface Cell {
  readonly text: string;
  /** Where the text stands in the file; both 0 where that is not known (JSON). */
  readonly start: number;
  readonly end: number;
}

/** `rows[rank][place]`. */
export type CellRows = readonly (readonly Cell[])[];

/** Actions longer than this are none; a schedule has more cells than the simulator takes long before. */
const mostCells = 8_000_000;

/** The rows of a CSV text; blank lines at the end are no ranks. Undefined when there are far too many cells. */
export function csvRows(text: string): CellRows | undefined {
  const rows: Cell[][] = [];
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  let cells = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const row = rowOf(text, start, end);
    cells += row.length;
    if (cells > mostCells) return undefined;
    rows.push(row);
    start = end + 1;
  }
  while (rows.at(-1)?.every((cell) => cell.text === '')) rows.pop();
  return rows;
}

function rowOf(text: string, from: number, to: number): Cell[] {
  const row: Cell[] = [];
  for (let start = from; start <= to; ) {
    const comma = text.indexOf(',', start);
    const end = comma < 0 || comma > to ? to : comma;
    row.push(trimmed(text, start, end));
    start = end + 1;
  }
  return row;
}

const isAround = (code: number): boolean => code <= 32 || code === 34;

/** A cell without the blanks and quotes around it. */
function trimmed(text: string, from: number, to: number): Cell {
  let [start, end] = [from, to];
  while (start < end && isAround(text.charCodeAt(start))) start++;
  while (end > start && isAround(text.charCodeAt(end - 1))) end--;
  return { text: text.slice(start, end), start, end };
}

const cellOf = (value: unknown): Cell => ({
  text: typeof value === 'string' ? value.trim() : value === null ? '' : String(value),
  start: 0,
  end: 0,
});

/** The rows of a JSON value, or undefined when it holds no schedule. */
export function jsonRows(value: unknown): CellRows | undefined {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return 'order' in value ? jsonRows(value.order) : undefined;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const rows: readonly unknown[] = value;
  if (rows.every(Array.isArray)) return rows.map((row: readonly unknown[]) => row.map(cellOf));
  if (rows.every((row) => typeof row === 'string')) return rows.map((row) => row.split(',').map(cellOf));
  return undefined;
}
