/** Names of an open document: where they are set, which other files know them, and whether they may be renamed. */
import type { Place, Range } from '../core/origin.ts';
import type { Analysis } from '../engine/analysis.ts';
import { findKey } from '../frameworks/key-tables.ts';
import { placeIn } from '../syntax/document.ts';
import { type NamePlaces, nameAt, placesOf } from '../syntax/names.ts';
import { contains } from './lookup.ts';

export interface NameHere extends NamePlaces {
  /** The place under the pointer. */
  readonly at: Range;
}

/** Only in files with a job: what other scripts and modules are about is for others to say. */
export function nameHere({ document, jobs }: Analysis, offset: number): NameHere | undefined {
  if (jobs.length === 0) return undefined;
  return nameAt(document.format, document.text, offset);
}

/** Where a name is set: in the document in front of the place, else in a file it sources, else later in the document. */
export function settingsOf({ document, uri }: Analysis, { name, writes, at }: NameHere): readonly Place[] {
  const before = writes.filter(({ start }) => start <= at.start).toReversed();
  const later = writes.filter(({ start }) => start > at.start);
  const here = (ranges: readonly Range[]): readonly Place[] => ranges.map((range) => ({ uri, range }));
  return [...here(before), ...elsewhere(document, name, 'writes'), ...here(later)];
}

/** Where the module that a name is imported from defines it. */
export function importedPlace({ document, jobs }: Analysis, pointer: number): Place | undefined {
  const { python, sourced = [], text } = document;
  if (python === undefined || jobs.length === 0) return undefined;
  const before = /\w*$/.exec(text.slice(Math.max(0, pointer - 200), pointer))?.[0] ?? '';
  const local = before + (/^\w*/.exec(text.slice(pointer))?.[0] ?? '');
  const full = Object.hasOwn(python.imports, local) ? python.imports[local] : undefined;
  const { functions = [], classes = [] } = python.imported ?? {};
  const defined = [...functions, ...classes].find(({ name }) => name === full);
  if (full === undefined || defined) return defined && placeIn(document, defined.header);
  const own = full.split('.').at(-1) ?? full;
  for (const { file } of sourced) {
    const set = file && placesOf('python', file.text, own)?.writes[0];
    if (set) return { uri: file.uri, range: set };
  }
  return undefined;
}

/** Every place of a name, those in sourced files too. */
export function usesOf({ document, uri }: Analysis, { name, all }: NameHere): readonly Place[] {
  return [...all.map((range) => ({ uri, range })), ...elsewhere(document, name, 'all')];
}

function elsewhere({ sourced = [], format }: Analysis['document'], name: string, which: 'all' | 'writes'): readonly Place[] {
  return sourced.flatMap(({ file, how }) => {
    if (!file || how !== 'source') return [];
    return (placesOf(format, file.text, name)?.[which] ?? []).map((range) => ({ uri: file.uri, range }));
  });
}

/** Why a name must keep its spelling, in a sentence; undefined when it may be renamed. */
export function whyNotRenamed(analysis: Analysis, here: NameHere): string | undefined {
  const { name, writes, obstacle } = here;
  if (writes.length === 0) return `${name} is not set in this file.`;
  if (obstacle !== undefined) return `${obstacle}.`;
  const { sourced = [], format } = analysis.document;
  // Names of another module are its own.
  const other = sourced.find(({ file, how }) => file && how !== 'import' && placesOf(format, file.text, name) !== undefined);
  if (other) return `${name} is also used in ${other.path}, which this script ${other.how === 'source' ? 'sources' : 'runs'}.`;
  const key = analysis.jobs
    .flatMap(({ written }) => written)
    .find(
      ({ dialect, setting }) =>
        setting.spelling === name && writes.some(({ start }) => contains(setting.key, start)) && findKey(dialect, setting.name),
    );
  return key ? `${name} is a key that ${key.dialect} reads by this name.` : undefined;
}
