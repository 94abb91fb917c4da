/** What every column of pixels of a row shows, slice by slice where they are few and from the running totals where they are many. Pure. */
import type { Simulation } from '../../../server/src/core/schedules/simulate.ts';
import { computeSpan, type Shares, type Span, sharesOf, transferSpan } from '../layout.ts';
import type { TimeScale } from '../time-scale.ts';
import { backwardCategory, computeTotals, forwardCategory, transferTotals } from './levels.ts';
import { isSharp, readShares, type Totals } from './totals.ts';

/** Slices in sight per column of pixels from which the totals are cheaper to read. */
const many = 4;

/** Room for the shares of a row. */
export function columnsOf(scale: TimeScale): Shares {
  const count = Math.max(1, Math.ceil(scale.width));
  return { forward: new Float32Array(count), backward: new Float32Array(count), transfer: new Float32Array(count) };
}

const areMany = ({ first, last }: Span, scale: TimeScale): boolean => last - first > many * scale.width;

/** Writes the shares of forward and backward of a rank. */
export function computeColumns(simulation: Simulation, rank: number, scale: TimeScale, into: Shares): void {
  const span = computeSpan(simulation, rank, scale);
  const totals = areMany(span, scale) ? sharpOnly(computeTotals(simulation, rank), scale) : undefined;
  if (totals) {
    readShares(totals, forwardCategory, scale, into.forward);
    readShares(totals, backwardCategory, scale, into.backward);
  } else sharesOf(simulation, [span], scale, into);
}

/** Writes the shares of what a rank sends. */
export function transferColumns(simulation: Simulation, rank: number, scale: TimeScale, into: Shares): void {
  const span = transferSpan(simulation, rank, scale);
  const totals = areMany(span, scale) ? sharpOnly(transferTotals(simulation, rank), scale) : undefined;
  if (totals) readShares(totals, 0, scale, into.transfer);
  else sharesOf(simulation, [span], scale, into);
}

const sharpOnly = (totals: Totals, scale: TimeScale): Totals | undefined => (isSharp(totals, scale) ? totals : undefined);
