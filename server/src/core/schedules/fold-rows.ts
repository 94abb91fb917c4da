/**
 * The rows of a folded pipeline as codes, one per operation: forward pass, input gradient and weight gradient of the two
 * chunks. Micro batches come in order, so a code and how often it stood before say which operation it is.
 *
 * A long row is a shorter one with one more period for every micro batch it lacks, somewhere in the part that repeats: so
 * two short rows, of which one has a micro batch more, tell what to put in and where. A test holds that equal to making the
 * long row itself.
 */
import { backwardInputKind, backwardWeightKind, forwardKind } from './operation-kind.ts';
import type { OrderSheet } from './order-sheet.ts';

export const forwardOf = (chunk: 0 | 1): number => chunk;
export const inputOf = (chunk: 0 | 1): number => 2 + chunk;
export const weightOf = (chunk: 0 | 1): number => 4 + chunk;

/** Operations of a micro batch on a rank. */
export const operationsEach = 6;

const kinds = [forwardKind, forwardKind, backwardInputKind, backwardInputKind, backwardWeightKind, backwardWeightKind];

/** Writes the operations of a row. */
export function writeCodes(codes: Uint8Array, sheet: OrderSheet): void {
  const counts = new Uint32Array(operationsEach);
  for (const code of codes) {
    const microBatch = counts[code] ?? 0;
    counts[code] = microBatch + 1;
    sheet.put(kinds[code] ?? forwardKind, microBatch, code % 2);
  }
}

/** The row with `more` periods put in, given what one more makes of it; undefined where that is no row with a period put in. */
function stretch(row: Uint8Array, longer: Uint8Array, more: number): Uint8Array | undefined {
  let same = 0;
  while (same < row.length && row[same] === longer[same]) same++;
  for (let at = same; at < row.length; at++) if (row[at] !== longer[at + operationsEach]) return undefined;
  const stretched = new Uint8Array(row.length + more * operationsEach);
  stretched.set(longer.subarray(0, same + operationsEach));
  const until = same + more * operationsEach;
  for (let at = same + operationsEach; at < until; at += operationsEach) stretched.copyWithin(at, same, same + operationsEach);
  stretched.set(row.subarray(same), until);
  return stretched;
}

/** Rows of `microBatches` from a function that makes them, and from shorter ones where that is less work. */
export function longRows(
  rowsOf: (microBatches: number) => readonly Uint8Array[],
  microBatches: number,
  enough: number,
): readonly Uint8Array[] {
  if (microBatches <= 2 * enough + 1) return rowsOf(microBatches);
  const [rows, longer] = [rowsOf(enough), rowsOf(enough + 1)];
  const long: Uint8Array[] = [];
  for (const [rank, row] of rows.entries()) {
    const stretched = stretch(row, longer[rank] ?? row, microBatches - enough);
    if (!stretched) return rowsOf(microBatches);
    long.push(stretched);
  }
  return long;
}
