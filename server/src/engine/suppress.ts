/**
 * What the user does not want to hear, of findings and of problems of reading alike: by the severities of the settings, and by
 * comments that switch rules off: `# rooflint-disable-next-line rule-id, other-id`, `# rooflint-disable-line` and, for the
 * whole file, `# rooflint-disable`. Without ids they mean every rule. JSON has no comments, but JSONC and many hand-written
 * files do: `// rooflint-disable-line` works there.
 */

import type { Severity } from '../core/finding.ts';
import type { EngineSettings } from './analysis.ts';

export interface Suppressions {
  /** True when the rule or problem is switched off for the place that starts at `offset`. */
  readonly covers: (code: string, offset: number) => boolean;
}

/** How bad something at a place is to be called; undefined: it is not to be told. */
export type WantedSeverity = (code: string, severity: Severity, offset: number) => Severity | undefined;

export function wantedSeverity(text: string, rules: EngineSettings['rules'] = {}): WantedSeverity {
  const { covers } = suppressionsOf(text);
  return (code, severity, offset) => {
    const wanted = rules[code] ?? severity;
    return wanted === 'off' || covers(code, offset) ? undefined : wanted;
  };
}

interface Switch {
  /** Undefined: every rule. */
  readonly rules: ReadonlySet<string> | undefined;
  /** The text it is about; undefined: all of it. */
  readonly start: number;
  readonly end: number;
}

const comment = /(?:#|\/\/|--|;)[ \t]*rooflint-disable(-next-line|-line)?(?![\w-])[ \t:]*([\w, \t-]*)/g;

const nothing: Suppressions = { covers: () => false };

/** Finds the comments of a text. */
export function suppressionsOf(text: string): Suppressions {
  if (!text.includes('rooflint-disable')) return nothing;
  const switches = [...text.matchAll(comment)].map((match) => switchOf(text, match));
  return {
    covers: (code, offset) => switches.some(({ rules, start, end }) => start <= offset && offset < end && (rules?.has(code) ?? true)),
  };
}

function switchOf(text: string, match: RegExpMatchArray): Switch {
  const [, where, ids = ''] = match;
  const names = ids.split(/[\s,]+/).filter((id) => id !== '');
  const rules = names.length > 0 ? new Set(names) : undefined;
  const at = match.index ?? 0;
  if (where === undefined) return { rules, start: 0, end: Number.POSITIVE_INFINITY };
  const line = where === '-line' ? text.lastIndexOf('\n', at) + 1 : nextLine(text, at);
  return { rules, start: line, end: nextLine(text, line) };
}

/** Where the line after the one at `offset` begins; the end of the text counts as one more line. */
function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length + 1 : end + 1;
}
