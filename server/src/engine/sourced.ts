/**
 * Scripts that take part in a script. Readers see one text with offsets beyond its end for the others (`placeIn`); here
 * every origin gets the file it stands in, and what has no file of its own moves to where this document names the other.
 */
import type { KeyName } from '../core/finding.ts';
import type { JobField } from '../core/job-fields.ts';
import type { Origin, Range, SourcesDraft } from '../core/origin.ts';
import type { Reading } from '../frameworks/adapter.ts';
import { mayShareConfiguration } from '../frameworks/interest.ts';
import { type ConfigDocument, placeIn, type SourcedFile } from '../syntax/document.ts';
import type { FindSourced } from '../syntax/read.ts';
import type { FileAccess, ResolvedLink } from './analysis.ts';
import type { JobKeys } from './keys.ts';

/** The files of a workspace as the readers of shell and Python ask for them. Modules that are programs are left alone. */
export function findSourced(files: FileAccess): FindSourced {
  const isProgram = (uri: string): boolean => {
    const found = files.read(uri);
    return 'text' in found && !mayShareConfiguration(found.text);
  };
  return (fromUri, path) => {
    const isModule = path.endsWith('.py');
    if (isModule && isProgram(fromUri)) return undefined;
    const uri = files.resolve(fromUri, path);
    const found = uri === undefined || (isModule && isProgram(uri)) ? undefined : files.read(uri);
    return uri !== undefined && found && 'text' in found ? { uri, text: found.text } : undefined;
  };
}

/** A reading whose values may come from sourced files, with every place in the file it belongs to. */
export function inFiles(document: ConfigDocument, reading: Reading): Reading {
  if (!document.sourced?.some(({ file }) => file)) return reading;
  const sources: SourcesDraft = {};
  for (const field of Object.keys(reading.sources) as JobField[]) {
    const origin = reading.sources[field];
    if (origin) sources[field] = originIn(document, origin);
  }
  const here = <T extends { readonly range: Range }>(one: T): T => ({ ...one, range: rangeHere(document, one.range) });
  return {
    ...reading,
    sources,
    launch: rangeHere(document, reading.launch),
    links: reading.links.map(here),
    unread: reading.unread.map(here),
    problems: reading.problems.map(here),
  };
}

function originIn(document: ConfigDocument, origin: Origin): Origin {
  if (!('value' in origin) || origin.uri !== document.uri) return origin;
  const key = placeIn(document, origin.key);
  const value = placeIn(document, origin.value);
  if (key.uri === document.uri && value.uri === document.uri) return origin;
  const apart = key.uri === value.uri ? {} : { keyUri: key.uri };
  return { ...origin, uri: value.uri, ...apart, key: key.range, value: value.range };
}

/** The keys of a job, each with the file it stands in. */
export function keysInFiles(document: ConfigDocument, keys: JobKeys): JobKeys {
  if (!document.sourced?.some(({ file }) => file)) return keys;
  const names = Object.keys(keys.origins) as KeyName[];
  const placed = names.flatMap((name) => {
    const origin = keys.origins[name];
    return origin ? [[name, originIn(document, origin)] as const] : [];
  });
  return { ...keys, origins: Object.fromEntries(placed) };
}

/** A range of this document: the range itself, or the path of the file it stands in. */
function rangeHere(document: ConfigDocument, range: Range): Range {
  const place = placeIn(document, range);
  if (place.uri === document.uri) return place.range;
  return document.sourced?.find(({ file }) => file?.uri === place.uri)?.range ?? { start: 0, end: 0 };
}

/** The scripts a document names, and the ones those name, as links. */
export function scriptLinks(document: ConfigDocument): readonly ResolvedLink[] {
  return (document.sourced ?? []).map((one) => linkOf(one));
}

function linkOf({ path, range, file }: SourcedFile): ResolvedLink {
  const link = { range, target: path, role: 'script' as const };
  return file ? { ...link, uri: file.uri } : { ...link, missing: `there is no file ${path} here` };
}
