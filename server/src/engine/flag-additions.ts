/**
 * Where a new flag goes: behind the flags it belongs to, on the command line or in the array or string that holds them (`MODEL_ARGS=(…)`,
 * `TRAINING_ARGS="…"`), laid out as they are.
 */
import type { FindingPlace } from '../core/finding.ts';
import type { Range, Sources } from '../core/origin.ts';
import type { ConfigDocument, Word } from '../syntax/document.ts';
import type { TextChange } from './analysis.ts';
import { wordAt } from './flag-words.ts';
import { isListItem } from './list-items.ts';

/** Groups of fields whose flags stand together, the nearest first; a group that is not named stands by itself. */
const near: Readonly<Record<string, readonly string[]>> = {
  recompute: ['recompute', 'parallel', 'batch'],
  zero: ['zero', 'optimizer', 'parallel'],
  sequence: ['sequence', 'model'],
  batch: ['batch', 'sequence'],
};

interface Flag {
  readonly field: string;
  readonly words: readonly Word[];
  /** The variable it came through; '' on the command line itself. */
  readonly holder: string;
  readonly end: number;
}

/** The edit that adds a flag for a field, or for a key that is no field. */
export function addFlag(document: ConfigDocument, sources: Sources, spelt: string, field: FindingPlace): TextChange | undefined {
  const flags = flagsOf(document, sources);
  const beside = neighbourOf(flags, String(field)) ?? lastOf(flags);
  return beside && insertion(document, beside, spelt);
}

/** The flags of the launch that a new one may stand behind. */
function flagsOf(document: ConfigDocument, sources: Sources): readonly Flag[] {
  return Object.entries(sources).flatMap(([field, origin]) => {
    if (!('key' in origin) || (origin.keyUri ?? origin.uri) !== document.uri) return [];
    const { key } = origin;
    if (!/^--?\w/.test(document.text.slice(key.start, key.end)) || isListItem(document.text, key)) return [];
    const flag = flagAt(document, key);
    return flag ? [{ field, ...flag }] : [];
  });
}

/** The flag that stands at a key, with the words that are its values. */
function flagAt(document: ConfigDocument, key: Range): Omit<Flag, 'field'> | undefined {
  const found = wordAt(document.commands, key);
  if (!found) return undefined;
  const { command, index, word } = found;
  const [holder = ''] = word.through;
  const words = [word];
  for (const next of command.words.slice(index + 1)) {
    if (next.text?.startsWith('-') || next.range.start < (words.at(-1)?.range.end ?? 0) || !isHeldBy(next, word)) break;
    words.push(next);
  }
  return { words, holder, end: words.at(-1)?.range.end ?? 0 };
}

/** Values may come through variables of their own, wherever the flag stands. */
const isHeldBy = (value: Word, flag: Word): boolean => flag.through.every((name, at) => value.through[at] === name);

/** The last flag of the nearest group, where most of that group stand. */
function neighbourOf(flags: readonly Flag[], field: string): Flag | undefined {
  const groupOf = (name: string): string => name.slice(0, Math.max(0, name.indexOf('.')));
  const own = groupOf(field);
  for (const group of near[own] ?? [own]) {
    const members = flags.filter((flag) => group !== '' && groupOf(flag.field) === group && isSteady(flag));
    const count = (holder: string): number => members.filter((flag) => flag.holder === holder).length;
    const most = Math.max(0, ...members.map(({ holder }) => count(holder)));
    const found = lastByPlace(members.filter(({ holder }) => count(holder) === most));
    if (found) return found;
  }
  return undefined;
}

/** The last flag of all; what only the launcher reads counts on the command line alone, where the script follows it. */
function lastOf(flags: readonly Flag[]): Flag | undefined {
  const able = flags.filter((flag) => isSteady(flag) && (flag.holder === '' || !flag.field.startsWith('cluster.')));
  return lastByPlace(able) ?? lastByPlace(flags.filter(({ holder }) => holder === ''));
}

const lastByPlace = (flags: readonly Flag[]): Flag | undefined =>
  flags.reduce<Flag | undefined>((last, flag) => (last && last.end >= flag.end ? last : flag), undefined);

/** Whether what stands there is always read. */
const isSteady = ({ words }: Flag): boolean => words[0]?.conditional !== true;

function insertion({ uri, text }: ConfigDocument, { end, holder }: Flag, spelt: string): TextChange {
  const lineStart = text.lastIndexOf('\n', end - 1) + 1;
  const indentAt = (at: number): string => /^[ \t]*/.exec(text.slice(at))?.[0] ?? '';
  const own = indentAt(lineStart);
  const [whole = '', newline = ''] = /^[ \t]*\\(\r?\n)/.exec(text.slice(end)) ?? [];
  if (whole !== '') {
    // Behind the line that begins the command, as deep as those that go on with it.
    const next = indentAt(end + whole.length);
    return { uri, range: { start: end, end }, newText: ` \\${newline}${next.length > own.length ? next : own}${spelt}` };
  }
  const [rest = '', comment = '', lineEnd = ''] = (holder === '' ? null : /^([ \t]*(?:#[^\r\n]*)?)(\r?\n)/.exec(text.slice(end))) ?? [];
  if (rest === '' || /^[ \t]*[A-Za-z_]/.test(text.slice(lineStart))) return { uri, range: { start: end, end }, newText: ` ${spelt}` };
  // In an array or a string each line ends by itself.
  const at = end + comment.length;
  return { uri, range: { start: at, end: at }, newText: `${lineEnd}${own}${spelt}` };
}
