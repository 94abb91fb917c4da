/** The sample files with what a careful reader takes out of them, and helpers to compare a reading with that. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { JobField } from '../../server/src/core/job-fields.ts';
import type { Adapter, Reading } from '../../server/src/frameworks/adapter.ts';
import { adapters } from '../../server/src/frameworks/index.ts';
import type { ConfigDocument } from '../../server/src/syntax/document.ts';
import { readDocument } from '../../server/src/syntax/read.ts';

const root = join(import.meta.dirname, '..', 'samples');

export interface Sample {
  /** `deepspeed/0.19/zero0.json` */
  readonly name: string;
  readonly framework: string;
  readonly text: string;
  readonly document: ConfigDocument;
}

/** What one reading must say: the fields written in the file, and how the others are known not to be known. */
export interface ExpectedReading {
  readonly kind: string;
  readonly release: string;
  readonly launch: string;
  readonly stated: Readonly<Record<string, unknown>>;
  readonly derived: Readonly<Record<string, unknown>>;
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly assumed: Readonly<Record<string, unknown>>;
  readonly unresolved: Readonly<Record<string, string>>;
  readonly auto: readonly string[];
  readonly links: readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;
  readonly unknownKeys: readonly string[];
  readonly problems: readonly string[];
}

export function readSample(name: string): Sample {
  const text = readFileSync(join(root, name), 'utf8');
  return { name, framework: name.split('/')[0] ?? '', text, document: readDocument(`file:///samples/${name}`, text) };
}

/** Every sample of every framework, found by the expectations beside them. */
export function sampleNames(): readonly string[] {
  const files = readdirSync(root, { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile() && file.name.endsWith('.expected.json'))
    .map((file) => relative(root, join(file.parentPath, file.name)).replace(/\.expected\.json$/, ''))
    .sort();
}

/** Files in the samples folders that have no expectation beside them. */
export function forgottenSamples(): readonly string[] {
  const known = new Set(sampleNames());
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && !file.name.endsWith('.expected.json') && file.name !== 'README.md')
    .map((file) => relative(root, join(file.parentPath, file.name)))
    .filter((name) => !known.has(name));
}

export function expectedOf(name: string): readonly ExpectedReading[] {
  return JSON.parse(readFileSync(join(root, `${name}.expected.json`), 'utf8')) as readonly ExpectedReading[];
}

export function adapterOf(id: string): Adapter {
  const adapter = adapters.find((one) => one.id === id);
  if (adapter === undefined) throw new Error(`no adapter ${id}`);
  return adapter;
}

/** A reading in the form of its expectation. */
export function summary(sample: Sample, reading: Reading): ExpectedReading {
  const { job, sources } = reading;
  const fields = Object.keys(sources).sort() as readonly JobField[];
  const of = (kind: string) => fields.filter((field) => sources[field]?.kind === kind);
  const values = (kind: string) => Object.fromEntries(of(kind).map((field) => [field, job[field]]));
  return {
    kind: reading.kind,
    release: reading.release,
    launch: sample.text.slice(reading.launch.start, reading.launch.end).split('\n')[0]?.trim().slice(0, 40) ?? '',
    stated: values('key'),
    derived: values('derived'),
    defaults: values('default'),
    assumed: values('assumed'),
    unresolved: Object.fromEntries(
      of('unresolved').map((field) => {
        const origin = sources[field];
        return [field, origin?.kind === 'unresolved' ? origin.why : ''];
      }),
    ),
    auto: of('auto'),
    links: reading.links.map((link) => `${link.role}: ${link.target}`),
    facts: reading.facts,
    unknownKeys: reading.unread.filter((key) => !key.known).map((key) => key.name),
    problems: reading.problems.map((problem) => problem.code),
  };
}
