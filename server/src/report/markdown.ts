/** The report of one job as Markdown. Every number carries its band and can be followed to its source. */
import type { Assumption } from '../core/estimate.ts';
import { fieldInfo, jobFields } from '../core/fields.ts';
import type { JobField } from '../core/job-fields.ts';
import type { Term } from '../core/term.ts';
import type { Alternative, Analysis } from '../engine/analysis.ts';
import { formatFieldValue, formatTerm } from '../engine/format.ts';
import type { ScheduleAdvice } from '../engine/schedule-search/advice.ts';
import { summaryOf } from '../engine/summary.ts';
import { termsOf } from '../engine/terms.ts';
import { messageOf } from '../engine/wording.ts';
import { alternativesSection } from './alternatives-section.ts';
import { termLines } from './explain.ts';
import { kernelsReport } from './kernel.ts';
import { loadSection } from './load-section.ts';
import { code, plain, sections, tableOf } from './markdown-text.ts';
import { servingMemory, trainingMemory } from './memory-section.ts';
import { schedulesSection } from './schedules-section.ts';
import { sensitivitySection } from './sensitivity-section.ts';
import { fileNameOf, lineOf, originText, type ReportSubject, subjectOf, titleOf } from './subject.ts';
import { bandWords, quantityLabel } from './term-words.ts';
import { communicationSection, timeSection } from './time-section.ts';

/**
 * Report of job `jobIndex` of a document. With `alternatives` and `schedules` (from the engine) it has tables of neighbouring values and of
 * schedules.
 * A document without that job gives one sentence.
 */
export function reportMarkdown(
  analysis: Analysis,
  jobIndex: number,
  alternatives?: (field: JobField) => readonly Alternative[],
  schedules?: ScheduleAdvice,
): string {
  const subject = subjectOf(analysis, jobIndex, alternatives, schedules);
  if (!subject) return kernelsReport(analysis) ?? `# ${plain(fileNameOf(analysis.uri))}\n\nRooflint found no job in this document.\n`;
  const { job } = subject;
  const estimate = 'estimate' in job.result ? job.result.estimate : undefined;
  return sections([
    `# ${plain(titleOf(subject))}`,
    `${plain(summaryOf(job))}`,
    `Read as ${plain(job.framework)} (${plain(job.release)}).${job.cluster ? ` On ${plain(job.cluster.accelerator.label)}, ${job.cluster.gpusPerNode} per node, ${job.cluster.nodes} ${job.cluster.nodes === 1 ? 'node' : 'nodes'}, ${plain(job.cluster.scaleOut.label)}.` : ''}`,
    findingsSection(subject),
    numbersSection(subject),
    estimate?.kind === 'training' ? trainingMemory(estimate, subject) : undefined,
    estimate?.kind === 'training' ? timeSection(estimate, subject) : undefined,
    estimate?.kind === 'training' ? communicationSection(estimate, subject) : undefined,
    estimate?.kind === 'serving' ? servingMemory(estimate, subject) : undefined,
    estimate?.kind === 'serving' ? loadSection(estimate, subject) : undefined,
    alternativesSection(subject),
    schedulesSection(subject),
    estimate ? assumptionsSection(estimate.assumptions) : undefined,
    sensitivitySection(subject),
    configurationSection(subject),
    derivationSection(subject),
  ]);
}

/** The headline numbers with what their bands rest on. */
function numbersSection({ job }: ReportSubject): string | undefined {
  const terms = headlines(termsOf(job));
  if (terms.length === 0) return undefined;
  const rows = terms.map((term) => [plain(quantityLabel(term)), plain(formatTerm(term)), plain(bandWords(term))]);
  return ['## Numbers', tableOf(['quantity', 'value', 'band rests on'], rows, [1])].join('\n\n');
}

/** Communication has its own section. */
function headlines(terms: readonly Term[]): readonly Term[] {
  return terms.filter(({ id }) => !/^comm|communication|traffic/i.test(id));
}

function findingsSection({ analysis, job }: ReportSubject): string | undefined {
  if (job.findings.length === 0 && analysis.problems.length === 0) return '## Findings\n\nNone.';
  const { text } = analysis.document;
  const rows = job.findings.map(({ finding, place }) => [
    finding.severity,
    place.uri === analysis.uri ? `line ${lineOf(text, place.range.start)}` : plain(fileNameOf(place.uri)),
    plain(messageOf(finding)),
    code(finding.rule),
  ]);
  const problems = analysis.problems.map(({ severity, range, message, code: id }) => [
    severity,
    `line ${lineOf(text, range.start)}`,
    plain(message),
    code(id),
  ]);
  return ['## Findings', tableOf(['severity', 'where', 'finding', 'rule'], [...rows, ...problems])].join('\n\n');
}

function assumptionsSection(assumptions: readonly Assumption[]): string | undefined {
  if (assumptions.length === 0) return undefined;
  const rows = assumptions.map(({ field, value, why }) => [
    plain(field === undefined ? '' : fieldInfo[field].label),
    plain(value),
    plain(why),
  ]);
  return ['## Assumptions', 'Taken for granted because nothing says otherwise.', tableOf(['what', 'taken as', 'because'], rows)].join(
    '\n\n',
  );
}

/** Every value the estimate used, defaults and derived values marked as such. */
function configurationSection({ analysis, job }: ReportSubject): string | undefined {
  const rows: string[][] = [];
  for (const field of jobFields) {
    const value = job.job[field];
    const origin = job.sources[field];
    if (value === undefined && origin?.kind !== 'unresolved' && origin?.kind !== 'auto') continue;
    const { label, unit } = fieldInfo[field];
    rows.push([plain(label), value === undefined ? 'unknown' : plain(formatFieldValue(value, unit)), plain(originText(origin, analysis))]);
  }
  return rows.length === 0 ? undefined : ['## Configuration', tableOf(['setting', 'value', 'from'], rows)].join('\n\n');
}

/** The trees of the numbers that no other section opens. */
function derivationSection(subject: ReportSubject): string | undefined {
  const opened = /^(memory|time|comm|communication|kv|load)/i;
  const terms = headlines(termsOf(subject.job)).filter(({ id }) => !opened.test(id));
  if (terms.length === 0) return undefined;
  return ['## How the other numbers come about', terms.flatMap((term) => termLines(term, subject, 0)).join('\n')].join('\n\n');
}
