/** The validation report as text. */
import { figuresOf, holdOut, kinds } from '../../validation/accuracy.ts';
import type { ValidationReport } from '../../validation/run.ts';
import { table } from './table.ts';

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const signed = (value: number): string => `${value > 0 ? '+' : ''}${percent(value)}`;

/** Rows used and refused with the reasons, and errors per quantity with the worst rows. */
export function validationText(report: ValidationReport): string {
  const { summary } = report;
  const parts = [`${summary.rows} rows: ${summary.used} used, ${summary.refused} refused`];
  const held = holdOutTable(report);
  const byKind = Object.entries(summary.kinds).map(([kind, { used, refused }]) => [kind, String(used), String(refused)]);
  if (byKind.length > 0) parts.push(table(['kind', 'used', 'refused'], byKind, [1, 2]));
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
  if (held !== undefined) parts.push(held);
  return `${parts.join('\n\n')}\n`;
}

/** Sources whose name hashes to the held-out third beside the others; undefined when one part is empty. */
function holdOutTable(report: ValidationReport): string | undefined {
  const figures = figuresOf(report);
  const rows = kinds.flatMap(({ id, title }) => {
    const { fitted, heldOut, ratio } = holdOut(figures.filter(({ kind }) => kind === id));
    if (fitted.rows === 0 || heldOut.rows === 0) return [];
    return [[title, String(fitted.rows), percent(fitted.median), String(heldOut.rows), percent(heldOut.median), ratio.toFixed(2)]];
  });
  if (rows.length === 0) return undefined;
  return table(['kind', 'open rows', 'median', 'held-out rows', 'median', 'ratio'], rows, [1, 2, 3, 4, 5]);
}

/** What each row did not say and what was taken for it. */
export function assumptionsText(report: ValidationReport): string {
  const rows = report.rows.map(({ id, refused, assumptions }) => {
    const lines = assumptions.map(({ field, value, why }) => `  ${field === undefined ? '' : `${field} = `}${value} (${why})`);
    return [id, ...(refused === null ? lines : [`  refused: ${refused}`])].join('\n');
  });
  return `${rows.join('\n')}\n`;
}
