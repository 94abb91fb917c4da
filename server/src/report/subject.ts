/** What a report is about: one job of one analysed document, and how its parts are named to the reader. */
import type { JobField } from '../core/job-fields.ts';
import type { Origin } from '../core/origin.ts';
import type { Alternative, Analysis, JobAnalysis } from '../engine/analysis.ts';
import type { ScheduleAdvice } from '../engine/schedule-search/advice.ts';

export interface ReportSubject {
  readonly analysis: Analysis;
  readonly job: JobAnalysis;
  /** What neighbouring values would give; absent when the caller has no engine at hand. */
  readonly alternatives: ((field: JobField) => readonly Alternative[]) | undefined;
  /** What other schedules would give; absent as the alternatives are, and without a pipeline. */
  readonly schedules: ScheduleAdvice | undefined;
}

/** The subject, or undefined when the document has no such job. */
export function subjectOf(
  analysis: Analysis,
  jobIndex: number,
  alternatives?: (field: JobField) => readonly Alternative[],
  schedules?: ScheduleAdvice,
): ReportSubject | undefined {
  const job = analysis.jobs[jobIndex];
  return job === undefined ? undefined : { analysis, job, alternatives, schedules };
}

/** The last part of a uri, decoded. */
export function fileNameOf(uri: string): string {
  const last = uri.split(/[\\/]/).pop() ?? uri;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** "train.sh" or "train.sh, launch 2" when there are several. */
export function titleOf({ analysis, job }: ReportSubject): string {
  const name = fileNameOf(analysis.uri);
  return analysis.jobs.length > 1 ? `${name}, launch ${job.index + 1}` : name;
}

/** Line of an offset, counted from 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Where a value came from, in words: "line 12, --micro-batch-size", "default of Megatron-LM core_v0.14". */
export function originText(origin: Origin | undefined, analysis: Analysis): string {
  switch (origin?.kind) {
    case undefined:
      return 'unknown';
    case 'key':
    case 'auto':
    case 'unresolved': {
      const here = origin.uri === analysis.uri;
      const place = here ? `line ${lineOf(analysis.document.text, origin.value.start)}` : fileNameOf(origin.uri);
      if (origin.kind === 'auto') return `${place}, ${origin.spelling}, filled in by ${origin.filledBy}`;
      return origin.kind === 'unresolved' ? `${place}, ${origin.spelling}: ${origin.why}` : `${place}, ${origin.spelling}`;
    }
    case 'default':
      return `default of ${origin.release || origin.framework}`;
    case 'derived':
      return `derived: ${origin.how}`;
    case 'model-card':
      return `public model ${origin.name}`;
    case 'setting':
      return `setting ${origin.name}`;
    case 'assumed':
      return `assumed: ${origin.why}`;
  }
}
