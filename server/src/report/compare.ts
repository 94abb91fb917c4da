/** Two jobs side by side: which settings differ and where they come from, and what that does to the numbers. */
import { fieldInfo, jobFields } from '../core/fields.ts';
import type { JobField } from '../core/job-fields.ts';
import type { Term } from '../core/term.ts';
import type { Analysis } from '../engine/analysis.ts';
import { formatFieldValue, formatTerm } from '../engine/format.ts';
import { termsOf } from '../engine/terms.ts';
import { plain, sections, tableOf } from './markdown-text.ts';
import { fileNameOf, originText, type ReportSubject, subjectOf, titleOf } from './subject.ts';
import { quantityLabel } from './term-words.ts';

/** Comparison of job `leftJob` of one document with job `rightJob` of another (or the same), as Markdown. */
export function compareMarkdown(left: Analysis, right: Analysis, leftJob = 0, rightJob = 0): string {
  const [a, b] = [subjectOf(left, leftJob), subjectOf(right, rightJob)];
  if (!a || !b) {
    const without = a ? right : left;
    return `# Comparison\n\nRooflint found no job in ${plain(fileNameOf(without.uri))}.\n`;
  }
  const [nameA, nameB] = [plain(titleOf(a)), plain(titleOf(b))];
  return sections([`# ${nameA} and ${nameB}`, numbersTable(a, b, nameA, nameB), settingsTable(a, b, nameA, nameB)]);
}

function numbersTable(a: ReportSubject, b: ReportSubject, nameA: string, nameB: string): string {
  const missing = [a, b].flatMap(({ job }) => ('refusal' in job.result ? [plain(job.result.refusal.why)] : []));
  const others = new Map(termsOf(b.job).map((term) => [term.id, term]));
  const rows = termsOf(a.job).flatMap((term) => {
    const other = others.get(term.id);
    return other === undefined
      ? []
      : [
          [
            plain(sharedLabel(term, other)),
            plain(formatTerm(term)),
            plain(formatTerm(other)),
            difference(term, other),
            certainty(term, other),
          ],
        ];
  });
  const parts = ['## Numbers'];
  if (missing.length > 0) parts.push(`No estimate for one side: ${missing.join('; ')}.`);
  if (rows.length > 0) parts.push(tableOf(['quantity', nameA, nameB, 'change', 'beyond the bands'], rows, [1, 2, 3]));
  return parts.join('\n\n');
}

/** The convention is named once; when the two sides differ in it (a bf16 and an fp8 peak), both are. */
function sharedLabel(a: Term, b: Term): string {
  const [left, right] = [quantityLabel(a), quantityLabel(b)];
  return left === right ? left : `${left} and ${right}`;
}

function difference(a: Term, b: Term): string {
  if (a.value === b.value) return 'none';
  if (a.value === 0) return 'new';
  const percent = 100 * (b.value / a.value - 1);
  return `${percent > 0 ? '+' : ''}${percent.toFixed(Math.abs(percent) < 10 ? 1 : 0)} %`;
}

/** A change counts when the bands do not touch: then the order is certain as far as the bands are. */
function certainty(a: Term, b: Term): string {
  if (a.value === b.value) return '';
  if (!a.band || !b.band) return 'exact';
  return a.band.high < b.band.low || b.band.high < a.band.low ? 'yes' : 'no';
}

function settingsTable(a: ReportSubject, b: ReportSubject, nameA: string, nameB: string): string {
  const rows = jobFields
    .filter((field) => a.job.job[field] !== b.job.job[field])
    .map((field) => [plain(fieldInfo[field].label), side(a, field), side(b, field)]);
  if (rows.length === 0) return '## Settings\n\nNo setting differs.';
  return ['## Settings that differ', tableOf(['setting', nameA, nameB], rows)].join('\n\n');
}

function side({ job, analysis }: ReportSubject, field: JobField): string {
  const value = job.job[field];
  if (value === undefined) return 'not known';
  return `${plain(formatFieldValue(value, fieldInfo[field].unit))} (${plain(originText(job.sources[field], analysis))})`;
}
