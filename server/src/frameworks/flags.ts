/** Command words as settings, the way argparse reads them: `--name value`, `--name=value`, `-n value`, bare switches. */
import type { Word } from '../syntax/document.ts';
import { splitAssignmentWord } from '../syntax/word.ts';
import { remember, rememberEach } from './remember.ts';
import type { Setting } from './setting.ts';
import { canonicalFlag } from './setting.ts';

export interface Flags {
  readonly settings: readonly Setting[];
  /** Words in front of the first flag, and words that follow a value no flag takes. */
  readonly positional: readonly Word[];
  /** Unknown words that may hide any number of flags, such as `$EXTRA_ARGS` or `$@`. */
  readonly opaque: readonly Word[];
}

export interface FlagOptions {
  /** Short flags and their long names: `tp: 'tensor-parallel-size'`. */
  readonly short?: { readonly [short: string]: string };
  /** Canonical names of flags that never take a value. */
  readonly switches?: ReadonlySet<string>;
  /** Flags take one value at most, so that a word after it stands alone (`--tensor-parallel-size 4 MODEL`). */
  readonly oneValue?: boolean;
  /** With `oneValue`, the flags that take any number all the same. */
  readonly several?: ReadonlySet<string>;
  /** Turns a spelling that is not known into the name argparse would choose (prefixes). */
  readonly expand?: (name: string) => string;
}

/** Splits command words into flags with their values. Never throws; unknown words stay unknown. */
export function readFlags(words: readonly Word[], options: FlagOptions = plain): Flags {
  return remembered(words, options);
}

const plain: FlagOptions = {};

const remembered = rememberEach((words: readonly Word[], options: FlagOptions): Flags => splitFlags(words, options));

/** The names of all flags among the words, short ones as they are written: enough to tell whose program it is. */
export const flagNames = remember(
  (words: readonly Word[]): ReadonlySet<string> => new Set(readFlags(words).settings.map(({ name }) => name)),
);

function splitFlags(words: readonly Word[], options: FlagOptions): Flags {
  const settings: Setting[] = [];
  const positional: Word[] = [];
  const opaque: Word[] = [];
  let index = 0;
  while (index < words.length) {
    const word = words[index];
    index += 1;
    if (word === undefined) continue;
    const assigned = assignedSetting(word, options);
    if (assigned !== undefined) settings.push(assigned);
    else if (word.text === undefined) opaque.push(word);
    else if (!isFlag(word)) positional.push(word);
    if (assigned !== undefined || word.text === undefined || !isFlag(word)) continue;
    const name = flagName(word.text, options);
    const values = valuesAt(words, index, name, options);
    index += values.length;
    settings.push(flagSetting(word, name, values));
  }
  return { settings: settleConditions(settings), positional, opaque };
}

/** True for `--x`, `-x` and `--x=y`, not for negative numbers. */
export function isFlag(word: Word | undefined): boolean {
  return word?.text !== undefined && /^--?[A-Za-z]/.test(word.text);
}

/** The words behind a flag that are its values: for a switch at most `True` or `False`. */
function valuesAt(words: readonly Word[], start: number, name: string, options: FlagOptions): readonly Word[] {
  if (options.switches?.has(name) === true) return /^(?:true|false)$/i.test(words[start]?.text ?? '') ? words.slice(start, start + 1) : [];
  const values: Word[] = [];
  for (let index = start; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined || isFlag(word) || (word.text === undefined && values.length > 0)) break;
    values.push(word);
    if (options.oneValue === true && options.several?.has(name) !== true) break;
  }
  return values;
}

function flagName(written: string, options: FlagOptions): string {
  const name = canonicalFlag(written);
  const short = options.short;
  if (short !== undefined && Object.hasOwn(short, name)) return short[name] ?? name;
  return options.expand?.(name) ?? name;
}

function flagSetting(word: Word, name: string, values: readonly Word[]): Setting {
  const written = word.text ?? '';
  const [first] = values;
  const setting: Setting = {
    name,
    spelling: written,
    key: word.range,
    quoted: false,
    value: first?.value ?? word.range,
    given: first !== undefined,
    scalar: first?.text,
    unknown: first?.unknown ?? [],
    rest: values.length < 2 ? nothing : values.slice(1).flatMap((one) => (one.text === undefined ? [] : [one.text])),
  };
  // Most flags are neither conditional nor hidden, and this is done for every word of every script.
  if (word.conditional === true) return { ...setting, conditional: true, ...(first ? hiddenParts(first) : {}) };
  return first === undefined || first.text !== undefined ? setting : { ...setting, ...hiddenParts(first) };
}

const nothing: readonly string[] = [];

/** The known parts of a hidden value with the names of what hides the rest. */
function hiddenParts(word: Word): { readonly written?: string } {
  if (word.text !== undefined || word.pieces === undefined) return {};
  return {
    written: word.pieces
      .map((piece) => piece.text ?? piece.unknown.map((name) => (/^\w/.test(name) ? `$${name}` : name)).join(''))
      .join(''),
  };
}

/** `--name=value`, whose value may be hidden although the name is known; undefined for any other word. */
function assignedSetting(word: Word, options: FlagOptions): Setting | undefined {
  const { name, key, value } = splitAssignmentWord(word);
  if (name === undefined || value === undefined || !/^--?[A-Za-z][\w.-]*$/.test(name)) return undefined;
  const conditional = word.conditional === true ? { conditional: true } : {};
  const known = { given: true, scalar: value.text, quoted: false, unknown: value.unknown, rest: [], ...hiddenParts(value) };
  return { name: flagName(name, options), spelling: name, key, value: value.value, ...known, ...conditional };
}

/**
 * Settles flags that stand in branches the file does not decide. A flag with a value that every branch agrees on is
 * taken; a bare switch, or values that differ, become unknown. Later settings overrule earlier ones, so the settled one
 * replaces the last.
 */
function settleConditions(settings: readonly Setting[]): readonly Setting[] {
  const why = 'it is written only in a branch that this file does not decide';
  const byName = new Map<string, Setting[]>();
  for (const setting of settings) {
    const group = byName.get(setting.name);
    if (group === undefined) byName.set(setting.name, [setting]);
    else group.push(setting);
  }
  return settings.map((setting) => {
    if (setting.conditional !== true) return setting;
    const same = byName.get(setting.name) ?? [];
    if (!setting.given) {
      const always = same.some((one) => one.conditional !== true);
      return always ? setting : { ...setting, given: true, scalar: undefined, unknown: [], why };
    }
    const agree = same.every((one) => one.scalar === setting.scalar);
    return agree ? setting : { ...setting, scalar: undefined, unknown: [], why };
  });
}
