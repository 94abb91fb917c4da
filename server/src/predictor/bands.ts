/**
 * The band of a predicted time: a factor either way that nine of ten measurements lie within. Conformal quantiles of shapes
 * that training never saw (scripts/train/bands.py), by footing, by format and engine, and by the length of the time.
 */

/** `measured`: this very device was trained on; `chip`: another one with its multiprocessors; `unmeasured`: neither. */
export type Footing = 'measured' | 'chip' | 'unmeasured';

export interface BandTable {
  /** Share of measurements inside. */
  readonly share: number;
  /** Upper ends of the classes of length in microseconds; the last class is open. */
  readonly lengths: readonly number[];
  /** Factors of each class by group; "*" holds for a group without a row of its own. */
  readonly measured: { readonly [group: string]: readonly number[] };
  readonly unmeasured: { readonly [group: string]: readonly number[] };
}

/** With no measurement of a kind at all, nothing better than a factor of two is claimed. */
export const unknownFactor = 2;

function factorIn(rows: BandTable['measured'], group: string, at: number): number | undefined {
  const row = rows[group] ?? rows[`${group.split(' ')[0]} any`] ?? rows['*'];
  return row?.[at];
}

export function bandFactor(table: BandTable, footing: Footing, group: string, seconds: number): number {
  const microseconds = seconds * 1e6;
  let at = table.lengths.findIndex((end) => microseconds <= end);
  if (at < 0) at = table.lengths.length;
  const close = factorIn(table.measured, group, at) ?? unknownFactor;
  if (footing === 'measured') return close;
  // A format that only the hidden devices have was never asked about unseen: nothing better than the others together, nor than a factor of two.
  const known = table.unmeasured[group] !== undefined || table.unmeasured[`${group.split(' ')[0]} any`] !== undefined;
  const others = factorIn(table.unmeasured, group, at) ?? unknownFactor;
  const far = Math.max(close, known ? others : Math.max(others, unknownFactor));
  return footing === 'chip' ? Math.sqrt(close * far) : far;
}
