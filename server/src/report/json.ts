/** The report of one job as plain data. */
import type { JobField } from '../core/job-fields.ts';
import type { Alternative, Analysis } from '../engine/analysis.ts';
import { factsOf } from '../engine/facts.ts';
import { sensitivityOf } from '../engine/sensitivity.ts';
import { summaryOf } from '../engine/summary.ts';
import { termsOf } from '../engine/terms.ts';
import { messageOf } from '../engine/wording.ts';
import { kernelsData } from './kernel.ts';
import { lineOf, subjectOf, titleOf } from './subject.ts';

const whatIf: readonly JobField[] = ['parallel.tensor', 'parallel.pipeline', 'batch.micro', 'recompute.granularity', 'zero.stage'];

/** Everything the Markdown report says, as an object that `JSON.stringify` can write. */
export function reportData(analysis: Analysis, jobIndex: number, alternatives?: (field: JobField) => readonly Alternative[]): unknown {
  const subject = subjectOf(analysis, jobIndex, alternatives);
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
    alternatives: alternatives === undefined ? [] : whatIf.flatMap((field) => [...alternatives(field)]),
  };
}

/** The same as indented text. */
export function reportJson(analysis: Analysis, jobIndex: number, alternatives?: (field: JobField) => readonly Alternative[]): string {
  return `${JSON.stringify(reportData(analysis, jobIndex, alternatives), undefined, 2)}\n`;
}
