/**
 * What a job would be with some of its fields changed. The change is written into the text, as "apply to file" would write it, and the
 * text is analysed like any other: one path from text to number. What cannot be written is put into the fields of the job instead, and
 * says why it cannot be written.
 */
import type { FixChange } from '../../core/finding.ts';
import type { JobField, PartialJob } from '../../core/job-fields.ts';
import type { Analysis, EngineSettings, JobAnalysis, TextChange } from '../analysis.ts';
import { writeChanges } from '../edits.ts';
import type { Engine } from '../engine.ts';
import { formatFieldValue } from '../format.ts';
import { type TriedField, type Value, valueIn, wantedOf } from './fields.ts';
import { textsAfter } from './texts.ts';
import { asFields, type Way, waysOf } from './ways.ts';

export interface UnwritableField {
  readonly field: TriedField;
  /** The end of a sentence that names the field. */
  readonly why: string;
}

export interface WhatIf {
  /** The job as it would be. */
  readonly tried: JobAnalysis;
  /** What writes it into the files, when everything can be written. */
  readonly edits: readonly TextChange[];
  /** What goes into the settings instead. */
  readonly settings: EngineSettings;
  /** What cannot be written; nothing of the change is then. */
  readonly unwritable: readonly UnwritableField[];
}

/** What has been put in so far. */
interface Progress {
  readonly changes: readonly FixChange[];
  readonly settings: EngineSettings;
  readonly edits: readonly TextChange[];
  readonly job: JobAnalysis;
}

/** Tries a change; undefined when there is no such job. Values that the job has already change nothing. */
export function whatIf(engine: Engine, analysis: Analysis, jobIndex: number, change: PartialJob): WhatIf | undefined {
  const file = analysis.jobs[jobIndex];
  if (!file) return undefined;
  const wanted = wantedOf(file, change);
  const asked: PartialJob = Object.fromEntries(wanted);
  let progress: Progress = { changes: [], settings: {}, edits: [], job: file };
  let waiting: readonly (readonly [TriedField, Value])[] = wanted;
  let unwritable: UnwritableField[] = [];
  // A value may follow from one that comes later: what could not be put in is tried again once others are.
  do {
    unwritable = [];
    const open = waiting;
    waiting = [];
    for (const [field, value] of open) {
      const next = put(engine, analysis, file, progress, field, value, asked);
      if (!('why' in next)) {
        progress = next;
        continue;
      }
      unwritable.push({ field, why: next.why });
      waiting = [...waiting, [field, value]];
    }
    if (waiting.length === open.length) break;
  } while (waiting.length > 0);
  // What was put in last may have moved what was there before.
  const lost = unwritable.length > 0 ? [] : wanted.filter(([field, value]) => valueIn(field, progress.job) !== value);
  unwritable.push(...lost.map(([field]) => ({ field, why: 'the other changes decide it' })));
  if (unwritable.length > 0) {
    return { tried: engine.analyseChanged(analysis, file, asFields(file, asked)), edits: [], settings: {}, unwritable };
  }
  return { tried: progress.job, edits: progress.edits, settings: progress.settings, unwritable };
}

/** The first way of writing a value after which the text reads as wanted. */
function put(
  engine: Engine,
  analysis: Analysis,
  file: JobAnalysis,
  before: Progress,
  field: TriedField,
  value: Value,
  asked: PartialJob,
): Progress | { readonly why: string } {
  if (valueIn(field, before.job) === value) return before;
  let why: string | undefined;
  let guessed = false;
  for (const way of waysOf(field, value, file, asked)) {
    const next = take(engine, analysis, file, before, way);
    const read = 'why' in next ? undefined : valueIn(field, next.job);
    if (!('why' in next) && read === value) return next;
    if (way.isGuess) guessed ||= !('why' in next);
    else if ('why' in next) why ??= next.why;
    else if (way.changes.length > 0) why ??= readInstead(read);
  }
  if (guessed) return { why: `no word that its key takes means ${formatFieldValue(value)}` };
  return { why: why ?? 'the file counts GPUs and nodes in a way that no single number makes come to this' };
}

const readInstead = (read: Value | undefined): string =>
  read === undefined ? 'with it written, the file no longer says what it is' : `the file would still be read as ${formatFieldValue(read)}`;

/** Why the text no longer says a field that it said or left to its default: the word is none that the key takes. */
function newlyHidden(file: JobAnalysis, job: JobAnalysis): string | undefined {
  for (const field of Object.keys(job.sources) as JobField[]) {
    const origin = job.sources[field];
    if (origin?.kind === 'unresolved' && file.sources[field]?.kind !== 'unresolved') return origin.why;
  }
  return undefined;
}

/** The state with one way more, read again. */
function take(engine: Engine, analysis: Analysis, file: JobAnalysis, before: Progress, way: Way): Progress | { readonly why: string } {
  const changes = [...before.changes, ...way.changes];
  const settings = { ...before.settings, ...way.settings };
  const context = engine.editing(analysis, file);
  const written = writeChanges(changes, context);
  if ('why' in written) return written;
  const { edits } = written;
  const textOf = (uri: string): string | undefined => (uri === analysis.uri ? analysis.document.text : context.linked(uri)?.text);
  const job = engine.analyseAs(analysis, { texts: textsAfter(edits, textOf), settings }).jobs[file.index];
  if (!job || job.framework !== file.framework) return { why: 'the file could no longer be read with it' };
  // A key of a sister project, or a switch to another back end, is no way of saying the same of this job.
  if (job.runsAs !== file.runsAs) return { why: 'with it written, the job would be one of another trainer' };
  const hidden = newlyHidden(file, job);
  if (hidden !== undefined) return { why: hidden };
  return { changes, settings, edits, job };
}
