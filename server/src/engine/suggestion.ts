/** One thing that may be written at a place, and what finding them needs from outside. */
import type { Range } from '../core/origin.ts';
import type { KeyInfo } from '../frameworks/key-table.ts';
import type { Analysis } from './analysis.ts';

export interface Suggestion {
  readonly label: string;
  /** What the text becomes. */
  readonly insert: string;
  readonly range: Range;
  readonly kind: 'key' | 'value';
  /** One line: type and default of a key, what a value gives. */
  readonly detail?: string;
  /** The same for the row of a list, where that is too long. */
  readonly brief?: string;
  /** A sentence or two about it, in Markdown. */
  readonly about?: string;
}

export interface SuggestionTools {
  /** The document with another text; engines remember what a job costs. */
  readonly analyse: (text: string) => Analysis;
  /** Names of public models. */
  readonly models?: () => readonly string[];
  /** Configuration files near the document, as paths from there. */
  readonly files?: () => readonly string[];
}

/** More choices than this are not named one by one. */
const mostNamed = 4;

export function keySuggestion(range: Range, key: KeyInfo, insert: string, label: string): Suggestion {
  const taken = key.values !== undefined && key.values.length <= mostNamed ? key.values.join(' | ') : key.type;
  const detail = key.fallback === undefined ? taken : `${taken}, default ${key.fallback}`;
  return { label, insert, range, kind: 'key', detail, about: `${key.about}.` };
}
