/** Words for a term: its value in the units of the trade, its band, and its inputs. Pure. */
import type { Term, TermInput } from '../../../server/src/core/term.ts';
import { formatBytes, formatCount, formatPercent, formatScaled, formatSeconds } from '../format.ts';

/** A value in the unit of its term. */
export function valueText(value: number, unit: Term['unit']): string {
  switch (unit) {
    case 's':
      return formatSeconds(value);
    case 'B':
      return formatBytes(value);
    case '1':
      return formatPercent(value);
    case 'FLOP':
    case 'FLOP/s':
    case 'B/s':
      return formatScaled(value, unit);
    case 'count':
      return formatScaled(value);
    default:
      return `${formatScaled(value)} ${unit}`;
  }
}

/** "8.52 s to 9.94 s (p90 error of ...)"; undefined without a band. */
export function bandText({ band, unit }: Term): string | undefined {
  return band && `${valueText(band.low, unit)} to ${valueText(band.high, unit)} (${band.basis})`;
}

/** "micro batches = 64", with where it comes from when that is no field. */
export function inputText({ name, value, from }: TermInput): string {
  const shown =
    typeof value === 'number' ? (Number.isInteger(value) && Math.abs(value) < 1e7 ? String(value) : formatCountOf(value)) : value;
  return `${name} = ${shown}${from === undefined ? '' : ` (${from})`}`;
}

const formatCountOf = (value: number): string => (Math.abs(value) >= 1e4 ? formatScaled(value) : formatCount(value));
