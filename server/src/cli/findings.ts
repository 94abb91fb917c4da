/** Findings and reading problems of a file as flat entries with lines and columns, the same for every output format. */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Severity } from '../core/finding.ts';
import type { Place, Range } from '../core/origin.ts';
import { type Analysis, allFindings, type PlacedFinding } from '../engine/analysis.ts';
import { messageOf } from '../engine/wording.ts';

/** Lines and columns count from 1; columns are UTF-16 units; `end` is behind the last character. */
export interface TextPlace {
  /** Relative to the working folder when inside it. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** The whole first line. */
  readonly source: string;
}

export interface Entry {
  /** Rule id, or the id of a reading problem. */
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly what: string;
  readonly why: string;
  readonly advice: string | undefined;
  readonly place: TextPlace;
  readonly related: readonly { readonly place: TextPlace; readonly message: string }[];
  /** Titles of the edits that would make it go away. */
  readonly fixes: readonly string[];
}

const ranks: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/** True when `severity` is `threshold` or worse. */
export function reaches(severity: Severity, threshold: Severity): boolean {
  return ranks[severity] >= ranks[threshold];
}

/** All entries of a document, by place. Launches that share a mistake tell it once. */
export function entriesOf(analysis: Analysis, folder: string, textOf: (uri: string) => string | undefined): Entry[] {
  const placeOf = (place: Place): TextPlace =>
    textPlace(place, folder, place.uri === analysis.uri ? analysis.document.text : textOf(place.uri));
  const problems = analysis.problems.map(
    ({ code, severity, message, range }): Entry => ({
      rule: code,
      severity,
      message: sentence(message),
      what: message,
      why: '',
      advice: undefined,
      place: placeOf({ uri: analysis.uri, range }),
      related: [],
      fixes: [],
    }),
  );
  const findings = allFindings(analysis).map((placed) => entryOf(placed, placeOf));
  const seen = new Set<string>();
  return [...problems, ...findings]
    .filter((entry) => {
      const key = JSON.stringify([entry.rule, entry.place, entry.message]);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .sort((a, b) => a.place.path.localeCompare(b.place.path) || a.place.line - b.place.line || a.place.column - b.place.column);
}

function entryOf({ finding, place, related, edits }: PlacedFinding, placeOf: (place: Place) => TextPlace): Entry {
  return {
    rule: finding.rule,
    severity: finding.severity,
    message: messageOf(finding),
    what: finding.what,
    why: finding.why,
    advice: finding.advice,
    place: placeOf(place),
    related: related.map((one) => ({ place: placeOf(one.place), message: one.message })),
    fixes: finding.fixes.filter((_, index) => edits[index] !== undefined).map(({ title }) => title),
  };
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** The path of a uri as a person would type it from `folder`. */
export function pathOf(uri: string, folder: string): string {
  try {
    const path = fileURLToPath(uri);
    const near = relative(folder, path);
    return near === '' || near.startsWith('..') ? path : near;
  } catch {
    return uri;
  }
}

function textPlace({ uri, range }: Place, folder: string, text: string | undefined): TextPlace {
  const path = pathOf(uri, folder);
  if (text === undefined) return { path, line: 1, column: 1, endLine: 1, endColumn: 1, source: '' };
  const start = position(text, range.start);
  const end = position(text, Math.max(range.start, range.end));
  return { path, line: start.line, column: start.column, endLine: end.line, endColumn: end.column, source: lineText(text, range) };
}

function position(text: string, offset: number): { readonly line: number; readonly column: number } {
  const at = Math.min(offset, text.length);
  let line = 1;
  let lineStart = 0;
  for (let next = text.indexOf('\n'); next !== -1 && next < at; next = text.indexOf('\n', next + 1)) {
    line += 1;
    lineStart = next + 1;
  }
  return { line, column: at - lineStart + 1 };
}

function lineText(text: string, { start }: Range): string {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const to = text.indexOf('\n', start);
  return text.slice(from, to === -1 ? text.length : to).replace(/\r$/, '');
}
