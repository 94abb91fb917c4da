/**
 * Commands that no shell wrote: the lists of words in `command:` and `args:` of Kubernetes and Compose, and in CMD of a
 * Dockerfile, with the variables that stand beside them. They become command lines like those of a script.
 */
import type { Range } from '../core/origin.ts';
import type { CommandLine, ConfigEntry, ShellVariable, Word, WordPiece } from './document.ts';
import { scalarPieces } from './scalar-text.ts';
import { piecesOf, spellWord, wordFromPieces } from './word.ts';
import { writtenPiece } from './woven.ts';

/** `$(VAR)` of Kubernetes, `${VAR}`, `${VAR:-default}` and `$VAR` of Compose; `$$` is one dollar sign. */
const reference = /\$\$|\$\(([A-Za-z_]\w*)\)|\$\{([A-Za-z_]\w*)(?::?-([^}]*))?\}|\$([A-Za-z_]\w*)/g;
/** What Kubernetes puts into a script before the shell sees it. */
const kubernetesReference = /\$\$|\$\(([A-Za-z_]\w*)\)/g;

function slice(piece: WordPiece, from: number, to: number): WordPiece {
  const text = piece.text?.slice(from, to) ?? '';
  if (!piece.replaceable) return { ...piece, text };
  const range = { start: piece.value.start + from, end: piece.value.start + to };
  return { ...piece, text, range, value: range };
}

/** A variable's value standing at `range`, or undefined when nobody gives it one. */
function valueAt(name: string, range: Range, environment: readonly ShellVariable[]): readonly WordPiece[] | undefined {
  const variable = environment.findLast((one) => one.name === name);
  return variable && piecesOf(variable.value).map((piece) => ({ ...piece, range, through: [name, ...piece.through] }));
}

function hidden(name: string, range: Range): WordPiece {
  return { ...writtenPiece('', range, false), text: undefined, unknown: [name], through: [name] };
}

function resolved(piece: WordPiece, environment: readonly ShellVariable[], inScript: boolean): readonly WordPiece[] {
  const text = piece.text ?? '';
  if (!text.includes('$')) return [piece];
  const pieces: WordPiece[] = [];
  let from = 0;
  for (const match of text.matchAll(inScript ? kubernetesReference : reference)) {
    const [whole, kubernetes, braced, otherwise, bare] = match;
    const name = kubernetes ?? braced ?? bare;
    const end = match.index + whole.length;
    const place = slice(piece, match.index, end);
    const value = name === undefined ? undefined : valueAt(name, place.range, environment);
    // In a script `$(date)` is a command and `$$` the shell's own.
    if (inScript && !value) continue;
    if (match.index > from) pieces.push(slice(piece, from, match.index));
    from = end;
    if (name === undefined) pieces.push({ ...place, text: '$', replaceable: false });
    else if (value) pieces.push(...value);
    else if (otherwise === undefined) pieces.push(hidden(name, place.range));
    else pieces.push({ ...slice(piece, end - 1 - otherwise.length, end - 1), range: place.range, through: [name], fromDefault: true });
  }
  if (from < text.length || text === '') pieces.push(slice(piece, from, text.length));
  return pieces;
}

function wordOf(entry: ConfigEntry, environment: readonly ShellVariable[]): Word {
  const pieces = scalarPieces(entry).flatMap((piece) => resolved(piece, environment, false));
  return wordFromPieces(pieces, entry.value, false);
}

/** A variable given as a value of the document, such as `env: [{name: TP, value: "8"}]`; `before` are those it may refer to. */
export function entryVariable(name: string, value: ConfigEntry, before: readonly ShellVariable[] = []): ShellVariable {
  return { name, value: wordOf(value, before), assignment: value.value, exported: true };
}

const isText = (entry: ConfigEntry): boolean => entry.style !== 'container' && entry.scalar !== null;

/** A list of words as the command it starts. Each item stays one word; maps and lists among the items are left out. */
export function argumentCommand(entries: readonly ConfigEntry[], environment: readonly ShellVariable[] = []): CommandLine {
  const items = entries.filter(isText);
  const words = items.map((entry) => wordOf(entry, environment));
  const start = Math.min(...items.map((entry) => entry.value.start));
  const end = Math.max(...items.map((entry) => entry.value.end));
  return { words, range: items.length > 0 ? { start, end } : { start: 0, end: 0 }, environment, conditional: false };
}

export interface InnerScript {
  readonly pieces: readonly WordPiece[];
  /** `$0`, which is dropped, and `$1` and on. */
  readonly positional: readonly Word[];
}

const shellName = /^(?:\/usr)?(?:\/bin\/)?(?:ba|z|da|k|a)?sh$/;

/** The script of `bash -c "..."` in a list of words. */
export function innerScript(entries: readonly ConfigEntry[], environment: readonly ShellVariable[]): InnerScript | undefined {
  const items = entries.filter(isText);
  const texts = items.map((entry) => spellWord(wordOf(entry, environment)));
  const shell = texts.findIndex((text) => shellName.test(text));
  const option = texts.findIndex((text, index) => shell >= 0 && index > shell && /^-[a-z]*c$/.test(text));
  // `--` ends the options of the shell.
  const at = texts[option + 1] === '--' ? option + 2 : option + 1;
  const script = option < 0 ? undefined : items[at];
  if (!script) return undefined;
  const pieces = scalarPieces(script).flatMap((piece) => resolved(piece, environment, true));
  return { pieces, positional: items.slice(at + 2).map((entry) => wordOf(entry, environment)) };
}
