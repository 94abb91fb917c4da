/** The assumptions that matter most for a job, and what other plausible values would do. */

import { fieldInfo } from '../core/fields.ts';
import type { JobField } from '../core/job-fields.ts';
import { type SensitivityRow, uncertain } from '../core/sensitivity/sensitivity.ts';
import { formatBytes, formatFieldValue, formatSeconds } from '../engine/format.ts';
import { sensitivityOf } from '../engine/sensitivity.ts';
import { plain, tableOf } from './markdown-text.ts';
import type { ReportSubject } from './subject.ts';

/** How many are shown before the list stops helping. */
export const shownRows = 10;

const certaintyWords = {
  written: 'written',
  default: 'default',
  assumed: 'assumed',
  fitted: 'fitted',
  hardware: 'data sheet',
} as const satisfies Record<SensitivityRow['certainty'], string>;

export const sensitivityHead: readonly string[] = ['what', 'now', 'if it were', 'memory per GPU', 'step', 'the value now is'];

/** One row in words: what, now, the alternative, both changes, and how sure the present value is. */
export function sensitivityCells(row: SensitivityRow): readonly string[] {
  const shown = (value: SensitivityRow['now']): string => formatFieldValue(value, row.field && fieldInfo[row.field].unit);
  const { memory, step } = row;
  return [
    row.what,
    shown(row.now),
    shown(row.alternative),
    change(memory.bytes, memory.share, formatBytes),
    change(step.seconds, step.share, formatSeconds),
    certaintyWords[row.certainty],
  ];
}

/** "+3.1 GiB (+12 %)"; less than half a per mille is no change worth a number. */
function change(value: number, share: number, format: (value: number) => string): string {
  if (Math.abs(share) < 5e-4) return 'the same';
  const percent = 100 * Math.abs(share);
  const sign = value < 0 ? '-' : '+';
  return `${sign}${format(Math.abs(value))} (${sign}${percent.toFixed(percent < 10 ? 1 : 0)} %)`;
}

/** What the most telling other value of a field would do: "unfused: memory +12 GiB (+31 %), step +0.4 s (+9 %)". */
export function effectOf(rows: readonly SensitivityRow[], field: JobField): string | undefined {
  const row = rows.find((one) => one.field === field);
  if (!row) return undefined;
  const [, , other = '', memory = '', step = ''] = sensitivityCells(row);
  return `${other}: memory ${memory}, step ${step}`;
}

/** Undefined when there is nothing to say: no training estimate. */
export function sensitivitySection({ job }: ReportSubject): string | undefined {
  const rows = uncertain(sensitivityOf(job), shownRows);
  if (rows.length === 0) return undefined;
  return [
    '## What would move the answer',
    'Assumed, default and fitted values, each changed alone to the plausible other value that moves most. Steps for the same tokens.',
    tableOf(
      sensitivityHead,
      rows.map((row) => sensitivityCells(row).map(plain)),
      [3, 4],
    ),
  ].join('\n\n');
}
