/** Which text to take out so that a flag, a property or a line is gone and the rest still reads the same. */
import type { Range } from '../core/origin.ts';
import type { ConfigDocument, Word } from '../syntax/document.ts';
import { wordAt } from './flag-words.ts';
import { isListItem } from './list-items.ts';

interface KeyAndValue {
  readonly key: Range;
  readonly value: Range;
}

const same = (a: Range, b: Range): boolean => a.start === b.start && a.end === b.end;

/** The flag, the words of its value, and the line they had to themselves; undefined when the flag is not found as a word. */
export function removeFlag(document: ConfigDocument, origin: KeyAndValue): Range | undefined {
  const { key } = origin;
  const found = wordAt(document.commands, key);
  if (!found) return undefined;
  const { command, index, word: flag } = found;
  if (isListItem(document.text, flag.range)) return undefined;
  const joined = document.text.slice(flag.range.start, flag.range.end).includes('=');
  const value = same(key, origin.value) || joined ? undefined : command.words[index + 1];
  return widen(document.text, spanOf(flag, value));
}

function spanOf(flag: Word, value: Word | undefined): Range {
  const end = value && value.range.start >= flag.range.end ? value.range.end : flag.range.end;
  return { start: flag.range.start, end };
}

/**
 * Alone on a line, the line goes: with its own continuation, or, when it is the last line of the command, with the
 * continuation that led to it. Among others on a line, the space in front goes.
 */
function widen(text: string, { start, end }: Range): Range {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const before = text.slice(lineStart, start);
  const after = /^[ \t]*(\\?)[ \t]*(\r?\n|$)/.exec(text.slice(end));
  if (before.trim() !== '' || !after) return { start: start - (/[ \t]+$/.exec(before)?.[0].length ?? 0), end };
  const continues = after[1] === '\\';
  const led = /[ \t]*\\\r?\n$/.exec(text.slice(0, lineStart));
  if (!continues && led) return { start: led.index, end };
  return { start: lineStart, end: end + after[0].length };
}

/** The property with one comma, so that no comma is left over on either side. */
export function removeProperty(text: string, { key, value }: KeyAndValue): Range | undefined {
  const start = text[key.start] === '"' ? key.start : text[key.start - 1] === '"' ? key.start - 1 : undefined;
  if (start === undefined) return undefined;
  const behind = /^\s*,/.exec(text.slice(value.end));
  if (behind) {
    const end = value.end + behind[0].length;
    const space = /^[ \t]*(?:\r?\n[ \t]*)?/.exec(text.slice(end))?.[0].length ?? 0;
    return { start, end: end + space };
  }
  const before = /,?\s*$/.exec(text.slice(0, start));
  return { start: before ? before.index : start, end: value.end };
}

/** The lines of a YAML or TOML key that has them to itself; undefined for a key among others or inside brackets. */
export function removeLine(text: string, { key, value }: KeyAndValue): Range | undefined {
  const start = text.lastIndexOf('\n', key.start - 1) + 1;
  const behind = /^[ \t]*(?:#[^\n]*)?(\r?\n|$)/.exec(text.slice(value.end));
  const isAlone = /^[ \t]*["']?$/.test(text.slice(start, key.start)) && behind !== null && value.start >= key.start;
  return isAlone ? { start, end: value.end + behind[0].length } : undefined;
}
