/** A reading as data and as text. Lines and columns count from 1; ranges are UTF-16 offsets. */
import type { Analysis, JobAnalysis, ResolvedLink } from '../../engine/analysis.ts';
import { type FactSource, factsOf } from '../../engine/facts.ts';
import { kernelReadings } from '../../engine/kernel-facts/kernel-facts.ts';
import type { UnreadKey } from '../../frameworks/adapter.ts';
import { lineOf } from '../../report/subject.ts';
import { table } from './table.ts';

export interface ReadingProblem {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly line: number;
  readonly range: { readonly start: number; readonly end: number };
}

/** One job. Facts of the model's shape stand under `model` and, flat, as `model.layers` and so on. */
export interface JobReading {
  readonly framework: string;
  readonly kind: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly sources: Readonly<Record<string, FactSource>>;
  readonly links: readonly ResolvedLink[];
  /** Facts that stand in the file but cannot be known from it, with the reason. */
  readonly unresolved: Readonly<Record<string, string>>;
  readonly unread: readonly {
    readonly name: string;
    readonly line: number;
    readonly known: boolean;
    readonly effect: UnreadKey['effect'];
  }[];
}

export interface FileReading extends Omit<JobReading, 'framework' | 'kind'> {
  readonly file: string;
  /** Null when no framework recognises the file. */
  readonly framework: string | null;
  readonly kind: string | null;
  readonly problems: readonly ReadingProblem[];
  /** Every job when the file holds several; the other members are those of the first. */
  readonly jobs?: readonly JobReading[];
}

/** The reading of one file under the name it was asked for. */
export function readingOf(file: string, analysis: Analysis): FileReading {
  const { text } = analysis.document;
  const problems = analysis.problems.map(({ code, severity, message, range }) => ({
    code,
    severity,
    message,
    line: lineOf(text, range.start),
    range,
  }));
  const kernels = kernelReadings(analysis).map(
    ({ links, ...reading }): JobReading => ({
      ...reading,
      links: links.map((target) => ({ role: 'script', target, range: { start: 0, end: 0 } })),
      unread: [],
    }),
  );
  const jobs = [...analysis.jobs.map((job) => jobReading(job, analysis)), ...kernels];
  const [first] = jobs;
  if (!first) return { file, framework: null, kind: null, facts: {}, sources: {}, links: [], unresolved: {}, problems, unread: [] };
  return { file, ...first, problems, ...(jobs.length > 1 ? { jobs } : {}) };
}

function jobReading(job: JobAnalysis, analysis: Analysis): JobReading {
  const { framework, kind, facts, sources, unresolved } = factsOf(job, analysis.uri);
  const model = modelFacts(facts);
  return {
    framework,
    kind,
    facts: Object.keys(model).length === 0 ? facts : { ...facts, model },
    sources,
    links: job.links,
    unresolved,
    unread: job.unread.map(({ name, range, known: isKnown, effect }) => ({
      name,
      line: lineOf(analysis.document.text, range.start),
      known: isKnown,
      effect,
    })),
  };
}

function modelFacts(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const model: Record<string, unknown> = {};
  const given = facts.model;
  if (typeof given === 'object' && given !== null) Object.assign(model, given);
  for (const [name, value] of Object.entries(facts)) {
    if (name.startsWith('model.')) model[name.slice('model.'.length)] = value;
  }
  return model;
}

const effectText: { readonly [E in UnreadKey['effect']]: string } = {
  none: ' (has no effect on cost)',
  'not-modelled': ' (changes the cost, which is not modelled)',
  unknown: '',
};

/** The same for people. */
export function readingText(reading: FileReading): string {
  const lines = [
    reading.framework === null
      ? `${reading.file}: no framework recognises this file.`
      : `${reading.file}: ${reading.framework}, ${reading.kind}`,
  ];
  for (const [index, job] of (reading.jobs ?? (reading.framework === null ? [] : [reading])).entries()) {
    if (reading.jobs) lines.push(`Job ${index + 1}`);
    const rows = Object.entries(job.facts)
      .filter(([name]) => name !== 'model')
      .map(([name, value]) => [name, show(value), sourceText(job.sources[name])]);
    lines.push(table(['fact', 'value', 'from'], rows));
    for (const [name, why] of Object.entries(job.unresolved)) lines.push(`not known: ${name} (${why})`);
    for (const link of job.links)
      lines.push(`link: ${link.target} (${link.role}) -> ${link.uri ?? link.modelCard ?? link.missing ?? 'not followed'}`);
    for (const { name, line, effect } of job.unread) lines.push(`not used: ${name}, line ${line}${effectText[effect]}`);
  }
  for (const { severity, line, message } of reading.problems) lines.push(`${severity}: line ${line}: ${message}`);
  return `${lines.join('\n')}\n`;
}

function show(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function sourceText(source: FactSource | undefined): string {
  switch (source?.kind) {
    case undefined:
      return '';
    case 'written':
      return 'this file';
    case 'linked':
      return source.uri.split('/').pop() ?? source.uri;
    case 'model-card':
      return `public model ${source.name}`;
    case 'default':
      return `default: ${source.why}`;
    case 'derived':
      return `derived: ${source.how}`;
    case 'setting':
      return `setting ${source.name}`;
    case 'assumed':
      return `assumed: ${source.why}`;
  }
}
