/**
 * Settings that a script writes itself before it names them: `cat > config.yaml <<EOF` and then `--config config.yaml`. They stand in
 * the script, so they are read there. What is appended (`>>`) belongs to the same file; where branches write the file in several
 * ways, what they say alike is known and the rest is not.
 */
import type { JobField } from '../core/job-fields.ts';
import type { Origin } from '../core/origin.ts';
import type { ConfigDocument, Heredoc } from '../syntax/document.ts';
import { heredocDocument } from '../syntax/embedded.ts';
import type { Link, Reading } from './adapter.ts';
import { underlay } from './carriers/merge.ts';

/** Reads a document with the adapter that a link of the reading asks for. */
export type ReadLinked = (id: string, document: ConfigDocument, linkedBy: Reading) => Reading | undefined;

const tidy = (path: string): string => path.replace(/^(?:\.\/)+/, '').replaceAll(/\/{2,}/g, '/');

/** The reading with what the here-documents say that its links name; those links are done with. */
export function withWrittenFiles(document: ConfigDocument, reading: Reading, read: ReadLinked): Reading {
  let result = reading;
  for (const link of reading.links) {
    const texts = textsOf(document.heredocs, link);
    const ways = texts.flatMap((text) => read(link.framework ?? reading.framework, within(document, text), reading) ?? []);
    const [first, ...others] = ways;
    if (first) result = underlay({ ...result, links: result.links.filter((one) => one !== link) }, others.reduce(agreed, first));
  }
  return result;
}

/** The texts a file may have: one for each time it is written anew. */
function textsOf(heredocs: readonly Heredoc[], { role, target }: Link): readonly Heredoc[] {
  if (role !== 'engine-config' && role !== 'config') return [];
  const texts: Heredoc[] = [];
  for (const heredoc of heredocs) {
    if (heredoc.path === undefined || tidy(heredoc.path) !== tidy(target)) continue;
    const before = heredoc.appends ? texts.pop() : undefined;
    const { body, pieces } = before ?? { body: '', pieces: [] };
    texts.push({ ...heredoc, body: body + heredoc.body, pieces: [...pieces, ...heredoc.pieces] });
  }
  return texts;
}

const within = (document: ConfigDocument, heredoc: Heredoc): ConfigDocument =>
  heredocDocument(document, heredoc, heredoc.body.trimStart().startsWith('{') ? 'json' : 'yaml');

const isWritten = (origin: Origin | undefined): origin is Extract<Origin, { value: unknown }> => origin !== undefined && 'value' in origin;

/** What two ways to write a file say alike. */
function agreed(one: Reading, other: Reading): Reading {
  const [job, sources] = [{ ...one.job }, { ...one.sources }];
  for (const field of new Set([...Object.keys(one.sources), ...Object.keys(other.sources)]) as Set<JobField>) {
    const origin = [one.sources[field], other.sources[field]].find(isWritten);
    if (!isWritten(origin) || JSON.stringify(one.job[field]) === JSON.stringify(other.job[field])) continue;
    const { uri, key, value, spelling } = origin;
    delete job[field];
    sources[field] = { kind: 'unresolved', uri, key, value, spelling, why: `the script writes ${spelling} in several ways` };
  }
  return { ...one, job, sources };
}
