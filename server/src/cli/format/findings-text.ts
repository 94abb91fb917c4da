/** Findings for people: place, message, the line with a caret, related places, advice. */
import type { Severity } from '../../core/finding.ts';
import type { Entry, TextPlace } from '../findings.ts';

const widest = 140;

/** All entries and a closing line with counts. `files` is how many files were looked at. */
export function findingsText(entries: readonly Entry[], files: number): string {
  return `${entries.map(entryText).join('\n')}${entries.length > 0 ? '\n' : ''}${countsText(entries, files)}\n`;
}

function entryText(entry: Entry): string {
  const { place } = entry;
  const lines = [`${place.path}:${place.line}:${place.column}: ${entry.severity}: ${entry.message} [${entry.rule}]`, ...excerpt(place)];
  for (const { place: at, message } of entry.related) lines.push(`  ${at.path}:${at.line}:${at.column}: ${message}`);
  for (const title of entry.fixes) lines.push(`  fix: ${title}`);
  return `${lines.join('\n')}\n`;
}

/** The source line with carets under the range; long lines are cut around it. Tabs stay so that the carets line up. */
function excerpt({ line, column, endLine, endColumn, source }: TextPlace): string[] {
  if (source.trim() === '') return [];
  const from = Math.max(0, column - 1 - Math.floor(widest / 2));
  const shown = source.slice(from, from + widest);
  const start = column - 1 - from;
  const length = Math.max(1, Math.min(endLine === line ? endColumn - column : source.length - column + 1, shown.length - start));
  const gutter = ' '.repeat(String(line).length);
  const lead = shown.slice(0, start).replace(/[^\t]/g, ' ');
  return [`  ${line} | ${shown}`, `  ${gutter} | ${lead}${'^'.repeat(length)}`];
}

function countsText(entries: readonly Entry[], files: number): string {
  const looked = `${files} ${files === 1 ? 'file' : 'files'}`;
  if (entries.length === 0) return `${looked} checked, nothing found.`;
  const count = (severity: Severity, one: string, many: string): string[] => {
    const found = entries.filter((entry) => entry.severity === severity).length;
    return found === 0 ? [] : [`${found} ${found === 1 ? one : many}`];
  };
  return `${looked} checked: ${[...count('error', 'error', 'errors'), ...count('warning', 'warning', 'warnings'), ...count('info', 'note', 'notes')].join(', ')}.`;
}
