/**
 * `source env.sh` and `. ./env.sh` bring another file's variables and functions into the script; `bash train.sh 8` runs
 * one with arguments. The other file's text gets offsets beyond the document's, so that every value keeps its place.
 */
import type { FindSourced, Problem, SourcedFile } from '../document.ts';
import { spellText } from '../word.ts';
import { type Machine, ran, type Status, yes } from './machine.ts';
import { type Field, type Piece, wordOf } from './piece.ts';
import { exportThrough, submission } from './slurm.ts';
import { fileSource } from './source.ts';
import type { Node } from './tree.ts';

/** Files inside files, and files in all, the same one in a loop counted each time. */
const deepest = 8;
const maxFiles = 64;

/** Trees of sourced files, which seldom change while the script that sources them is edited. */
const trees = new Map<string, { readonly text: string; readonly root: Node }>();
const treeLimit = 32;

function rootOf(machine: Machine, uri: string, text: string): Node | undefined {
  const known = trees.get(uri);
  if (known?.text === text) return known.root;
  const root = machine.parse(text);
  if (!root) return undefined;
  if (trees.size >= treeLimit) trees.clear();
  trees.set(uri, { text, root });
  return root;
}

/** Ways to say "the folder this script is in": `$(dirname "$0")`, `${BASH_SOURCE[0]%/*}`, both through `cd`, and `$PWD`. */
const ownFolder = /^(?:PWD|\$\(pwd\)|`pwd`)$|(?:\$0|BASH_SOURCE)[\s\S]*%|dirname[\s\S]*(?:\$0|\$\{0|BASH_SOURCE)|BASH_SOURCE[\s\S]*dirname/;

/** The folder the script is started in: `$(pwd)`, `$PWD`. Relative paths are looked for there as well. */
const startFolder = /^\W*pwd\W*$/i;

/** The path of a file; a folder that is found from the script's own name, or from where it is started, is the script's. */
function pathOf(pieces: readonly Piece[]): string {
  const [first, ...rest] = pieces;
  const isHere = (name: string): boolean => ownFolder.test(name) || startFolder.test(name);
  if (first?.text === undefined && first?.unknown.every(isHere)) return `.${spellText(rest)}`;
  return spellText(pieces);
}

/** What stands at a path, from the file that names it or, as bash would, from where the script was started. */
export function findFile(find: FindSourced, path: string, from: string, start: string): ReturnType<FindSourced> {
  if (/[$`\n]/.test(path)) return undefined;
  return find(from, path) ?? (from === start ? undefined : find(start, path));
}

function register(machine: Machine, field: Field, how: SourcedFile['how']): SourcedFile {
  const { files, found } = machine;
  const path = pathOf(field.pieces);
  const known = found.sourced.get(field.range.start);
  if (known?.path === path) return known;
  const start = files.open[0] ?? '';
  const from = (files.entry && files.open.at(-1)) ?? start;
  const there = findFile(files.find, path, from, start);
  const same = there && [...found.sourced.values()].find(({ file }) => file?.uri === there.uri)?.file;
  const file = same ?? (there && { ...there, offset: files.next });
  if (file && !same) files.next += file.text.length + 1;
  const sourced = { path, range: files.entry ?? field.range, from, how, ...(file ? { file } : {}) };
  found.sourced.set(field.range.start, sourced);
  return sourced;
}

/** A file that a command reads beside the script, named like those it sources. */
export const readableFile = (machine: Machine, field: Field): SourcedFile['file'] => register(machine, field, 'run').file;

/** Runs the text of a file in the machine's own state. */
function runFile(machine: Machine, sourced: SourcedFile): Status {
  const { file } = sourced;
  const { files } = machine;
  if (!file || files.open.includes(file.uri) || files.open.length > deepest || machine.found.sourced.size > maxFiles) return ran;
  const root = rootOf(machine, file.uri, file.text);
  if (!root) return ran;
  const { source } = machine;
  const { entry } = files;
  machine.source = fileSource(file.text, file.offset);
  files.entry ??= sourced.range;
  files.open.push(file.uri);
  const status = machine.run(machine, root.kids);
  files.open.pop();
  files.entry = entry;
  machine.source = source;
  if (machine.stop === 'return') machine.stop = undefined;
  return status;
}

/** `source FILE ARGS...`. Arguments stand for the script's own while the file runs. */
export function sourceFile(machine: Machine, args: readonly Field[]): Status {
  const [target, ...given] = args;
  if (!target) return ran;
  const { positional } = machine;
  if (given.length > 0) machine.positional = given;
  const status = runFile(machine, register(machine, target, 'source'));
  if (given.length > 0) machine.positional = positional;
  return status.kind === 'no' ? yes : status;
}

/**
 * `bash FILE ARGS...`: a script of its own, which sees exported variables alone; `sbatch FILE ARGS...` runs it later, with
 * what its header and the words in front of it ask for. Call it inside a subshell.
 */
export function runScript(machine: Machine, target: Field, args: readonly Field[], submits?: readonly Field[]): Status {
  const sourced = register(machine, target, 'run');
  if (submits && sourced.file) {
    exportThrough(machine, submits);
    machine.front = submission(machine, sourced.file.text, sourced.file.offset, submits).map(wordOf);
  }
  for (const [name, variable] of machine.variables) if (!variable.exported) machine.variables.delete(name);
  machine.positional = args;
  return runFile(machine, sourced);
}

export const shells = new Set(['bash', 'sh', 'zsh', '/bin/bash', '/bin/sh', '/usr/bin/bash']);
const scriptName = /\.(?:sh|bash|slurm|sbatch)$/;
/** Programs that name a script without running it. */
const printers = new Set(['echo', 'printf', 'cp', 'mv', 'cat', 'chmod']);

/** The script a command runs: the word behind `bash` or `sbatch`, or a path that ends as scripts do. -1 when there is none. */
export function scriptWord(words: readonly string[]): number {
  const [program = ''] = words;
  if (program === 'sbatch') return words.findIndex((word) => !word.startsWith('-') && scriptName.test(word));
  if (program.includes('/') && scriptName.test(program)) return 0;
  const shell = printers.has(program) ? -1 : words.findIndex((word) => shells.has(word));
  const at = shell < 0 ? -1 : words.findIndex((word, index) => index > shell && !word.startsWith('-'));
  return scriptName.test(words[at] ?? '') ? at : -1;
}

/** Files of the machine or of the user's account, whose settings are none of the job's. */
const outside = /^[~/]|(?:^|\/)activate$|bashrc$|profile$/;

/** A file that should be beside the script and is not; its variables stay unknown. */
export function missingProblem({ path, range, from, how, file }: SourcedFile, uri: string): readonly Problem[] {
  if (file || how === 'run' || from !== uri || outside.test(path)) return [];
  const why = /[$`]/.test(path) ? `the path ${path} is known only when the script runs` : `there is no file ${path} here`;
  const message = `Sourced file not found: ${why}. What it sets is unknown to the estimate`;
  return [{ range, severity: 'info', code: 'missing-link', message }];
}
