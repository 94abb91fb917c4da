/** The validation report as text. */
import type { ValidationReport } from '../../validation/run.ts';
import { table } from './table.ts';

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const signed = (value: number): string => `${value > 0 ? '+' : ''}${percent(value)}`;

/** Rows used and refused with the reasons, and errors per quantity with the worst rows. */
export function validationText(report: ValidationReport): string {
  const { summary } = report;
  const parts = [`${summary.rows} rows: ${summary.used} used, ${summary.refused} refused`];
  const kinds = Object.entries(summary.kinds).map(([kind, { used, refused }]) => [kind, String(used), String(refused)]);
  if (kinds.length > 0) parts.push(table(['kind', 'used', 'refused'], kinds, [1, 2]));
  const reasons = Object.entries(summary.refusedBecause).sort((a, b) => b[1] - a[1]);
  if (reasons.length > 0) {
    parts.push(
      table(
        ['rows', 'refused because'],
        reasons.map(([why, count]) => [String(count), why]),
        [0],
      ),
    );
  }
  const errors = Object.entries(summary.errors).map(([name, group]) => [
    name,
    String(group.rows),
    percent(group.median),
    percent(group.p90),
    signed(group.bias),
    group.worst
      .slice(0, 2)
      .map(({ id, error }) => `${id} ${signed(error)}`)
      .join(', '),
  ]);
  if (errors.length > 0) parts.push(table(['quantity / field', 'rows', 'median', 'p90', 'bias', 'worst rows'], errors, [1, 2, 3, 4]));
  else parts.push('No row holds a measurement, so there is nothing to compare. Use --json for the predictions.');
  return `${parts.join('\n\n')}\n`;
}
