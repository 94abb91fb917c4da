/** The report of one job as plain data. */
import type { JobField } from '../core/job-fields.ts';
import type { Alternative, Analysis } from '../engine/analysis.ts';
import { factsOf } from '../engine/facts.ts';
import type { ScheduleAdvice } from '../engine/schedule-search/advice.ts';
import { sensitivityOf } from '../engine/sensitivity.ts';
import { summaryOf } from '../engine/summary.ts';
import { termsOf } from '../engine/terms.ts';
import { messageOf } from '../engine/wording.ts';
import { kernelsData } from './kernel.ts';
import { lineOf, subjectOf, titleOf } from './subject.ts';

const whatIf: readonly JobField[] = ['parallel.tensor', 'parallel.pipeline', 'batch.micro', 'recompute.granularity', 'zero.stage'];

/** Everything the Markdown report says, as an object that `JSON.stringify` can write. */
export function reportData(
  analysis: Analysis,
  jobIndex: number,
  alternatives?: (field: JobField) => readonly Alternative[],
  schedules?: ScheduleAdvice,
): unknown {
  const subject = subjectOf(analysis, jobIndex, alternatives, schedules);
  if (!subject) return { uri: analysis.uri, job: null, ...(analysis.kernels ? { kernels: kernelsData(analysis.kernels) } : {}) };
  const { job } = subject;
  return {
    uri: analysis.uri,
    job: jobIndex,
    title: titleOf(subject),
    framework: job.framework,
    release: job.release,
    kind: job.kind,
    summary: summaryOf(job),
    facts: factsOf(job, analysis.uri),
    findings: job.findings.map(({ finding, place, related }) => ({
      rule: finding.rule,
      severity: finding.severity,
      message: messageOf(finding),
      uri: place.uri,
      range: place.range,
      line: place.uri === analysis.uri ? lineOf(analysis.document.text, place.range.start) : undefined,
      related,
    })),
    ...job.result,
    terms: termsOf(job),
    sensitivity: sensitivityOf(job),
    ...(schedules ? { schedules: schedulesData(schedules) } : {}),
    alternatives: alternatives === undefined ? [] : whatIf.flatMap((field) => [...alternatives(field)]),
  };
}

/** Figures that are not known are left out. */
const schedulesData = ({ search: { best, found }, patch, unwritable }: ScheduleAdvice) => ({
  best: best ? { name: best.name, virtualStages: best.virtualStages } : null,
  found: found.map(({ stepSeconds, bubbleShare, peakBytes, ...one }) =>
    Number.isFinite(stepSeconds) ? { ...one, stepSeconds, bubbleShare, peakBytes } : one,
  ),
  patch,
  unwritable,
});

/** The same as indented text. */
export function reportJson(
  analysis: Analysis,
  jobIndex: number,
  alternatives?: (field: JobField) => readonly Alternative[],
  schedules?: ScheduleAdvice,
): string {
  return `${JSON.stringify(reportData(analysis, jobIndex, alternatives, schedules), undefined, 2)}\n`;
}
