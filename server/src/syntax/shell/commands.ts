/** Simple commands: builtins that change the state, functions and inner shells that are followed, programs that are reported. */
import type { ShellVariable } from '../document.ts';
import { spellText } from '../word.ts';
import { evaluateArithmetic } from './arithmetic.ts';
import { assign, forget, kept, prefixVariable } from './assignments.ts';
import { testCommandStatus } from './conditions.ts';
import { hiddenPrefix } from './expansion.ts';
import { type Machine, maxFunctionDepth, no, ran, rangeOf, type Status, type Stop, statusOf, textOfNode, yes } from './machine.ts';
import { derivedPiece, type Field, literalPiece, openEnd, type Piece, textOf, withPieces, wordOf } from './piece.ts';
import { scalarVariable } from './scope.ts';
import { gluedSource } from './source.ts';
import { runScript, scriptWord, shells, sourceFile } from './sourcing.ts';
import type { Node } from './tree.ts';
import { wordReader } from './words.ts';

/** Nested benchmark loops make thousands of launches; the first few hundred show what they do. */
const maxCommands = 500;

export interface CommandParts {
  readonly prefixes: readonly Node[];
  readonly words: readonly Node[];
}

const redirections = new Set(['file_redirect', 'herestring_redirect', 'heredoc_redirect']);

/** True when a line ends between two offsets without a backslash before it. */
function lineEndsBetween(machine: Machine, start: number, end: number): boolean {
  return /(?<!\\)\r?\n/.test(machine.source.text.slice(start, end).replace(/\\\r?\n/g, ''));
}

/**
 * The parts of a command. The grammar lets assignments run on into the next line (`A=1 B=2`, then a command); those of
 * earlier lines are plain assignments and are run here.
 */
export function commandParts(machine: Machine, node: Node, extra: readonly Node[]): CommandParts {
  let prefixes: Node[] = [];
  const words: Node[] = [];
  let end = node.start;
  for (const kid of node.kids) {
    if (words.length === 0 && prefixes.length > 0 && lineEndsBetween(machine, end, kid.start)) {
      for (const prefix of prefixes) assign(machine, prefix);
      prefixes = [];
    }
    end = kid.end;
    if (kid.type === 'variable_assignment' && words.length === 0) prefixes.push(kid);
    else if (redirections.has(kid.type)) words.push(...extraWords(kid));
    else if (kid.type !== '$' && !kid.missing) words.push(kid);
  }
  return { prefixes, words: [...words, ...extra] };
}

/** The grammar gives a redirection every word after it; all but the first belong to the command. */
export function extraWords(redirect: Node): readonly Node[] {
  if (redirect.type === 'heredoc_redirect') {
    const arguments_ = redirect.kids.filter((kid) => kid.field === 'argument');
    return [...arguments_, ...redirect.kids.filter((kid) => kid.type === 'file_redirect').flatMap(extraWords)];
  }
  return redirect.kids.filter((kid) => kid.field === 'destination').slice(1);
}

export function commandFields(machine: Machine, parts: CommandParts): readonly Field[] {
  return parts.words.flatMap((word) => wordReader.fields(machine, word));
}

/** Variables the command would see: exported ones, and those written in front of it. */
function environment(machine: Machine, prefixes: readonly Node[]): readonly ShellVariable[] {
  const seen = new Map<string, ShellVariable>();
  for (const [name, variable] of machine.variables) {
    const field = variable.exported && !variable.unset ? variable.elements.get('0') : undefined;
    if (field) seen.set(name, { name, value: wordOf(field), assignment: field.range, exported: true });
  }
  for (const prefix of prefixes) {
    const variable = prefixVariable(machine, prefix);
    if (variable) seen.set(variable.name, variable);
  }
  return [...seen.values()];
}

function report(machine: Machine, node: Node, fields: readonly Field[], prefixes: readonly Node[]): void {
  if (machine.found.commands.length >= maxCommands) {
    machine.budget.statements = -1;
    machine.stop = 'exit';
    return;
  }
  machine.found.commands.push({
    words: fields.map(wordOf),
    range: rangeOf(machine, node),
    environment: environment(machine, prefixes),
    ...(machine.front.length > 0 ? { front: machine.front } : {}),
    conditional: machine.conditional > 0,
  });
}

/** Runs text the script has put together, each part keeping the place it was written at. */
export function runText(machine: Machine, pieces: readonly Piece[]): Status {
  if (machine.budget.innerTexts-- <= 0) return ran;
  const saved = machine.source;
  const known = pieces.map((piece, index) => {
    if (piece.text !== undefined) return piece;
    // A part that is not known is handed on as a variable of its own, which stays unknown.
    const name = `${hiddenPrefix}${machine.budget.innerTexts}_${index}`;
    machine.variables.set(name, scalarVariable({ pieces: [piece], range: piece.value }, false));
    return { ...piece, text: `\${${name}}`, exact: false };
  });
  const source = gluedSource(known);
  const root = machine.parse(source.text);
  if (!root) return ran;
  machine.source = source;
  const status = machine.run(machine, root.kids);
  machine.source = saved;
  for (const name of [...machine.variables.keys()]) if (name.startsWith(hiddenPrefix)) machine.variables.delete(name);
  return status;
}

/** Words as one text with a space between them, as `eval` joins them. */
function joined(fields: readonly Field[]): readonly Piece[] {
  return fields.flatMap((field, index) => {
    if (index === 0) return field.pieces;
    return [literalPiece(' ', { start: field.range.start, end: field.range.start }, false), ...field.pieces];
  });
}

/** Where the script text of `bash -c "..."` stands in the command; -1 when there is none. */
function innerScript(words: readonly (string | undefined)[]): number {
  const at = words.findIndex((word) => shells.has(word ?? ''));
  const option = at < 0 ? -1 : words.findIndex((word, index) => index > at && /^-[a-z]*c$/.test(word ?? ''));
  if (option < 0) return -1;
  // `--` ends the options of the shell.
  return words[option + 1] === '--' ? option + 2 : option + 1;
}

/** Runs something whose variables and exits do not reach the script around it. */
export function inSubshell(machine: Machine, work: () => Status): Status {
  const { variables, stop, positional, exportAll, front } = machine;
  machine.variables = new Map(variables);
  const status = work();
  // A spent budget stops the whole script, not only the subshell.
  Object.assign(machine, {
    variables,
    positional,
    exportAll,
    front,
    stop: machine.budget.statements < 0 || machine.budget.pieces < 0 ? 'exit' : stop,
  });
  return status;
}

const keptField = (field: Field): Field => withPieces(field, field.pieces.map(kept));

function callFunction(machine: Machine, name: string, args: readonly Field[], prefixes: readonly Node[]): Status {
  const body = machine.functions.get(name);
  if (!body || machine.locals.length >= maxFunctionDepth) return ran;
  for (const prefix of prefixes) assign(machine, prefix, true);
  const { source, positional } = machine;
  const locals = new Map();
  machine.locals.push(locals);
  Object.assign(machine, { source: body.source, positional: args.map(keptField) });
  const status = machine.run(machine, [body.body]);
  Object.assign(machine, { source, positional });
  machine.locals.pop();
  for (const [local, before] of locals) {
    if (before) machine.variables.set(local, before);
    else machine.variables.delete(local);
  }
  if (machine.stop === 'return') machine.stop = undefined;
  return status;
}

type Builtin = (machine: Machine, args: readonly Field[], node: Node) => Status;

const stopper =
  (stop: Stop): Builtin =>
  (machine) => {
    machine.stop = stop;
    return yes;
  };

function shift(machine: Machine, args: readonly Field[]): Status {
  const count = args[0] ? Number(textOf(args[0].pieces) ?? 1) : 1;
  if (!machine.positional) return yes;
  const open = openEnd(machine.positional);
  const from = Number.isInteger(count) && count >= 0 ? count : 1;
  machine.positional = machine.positional.slice(open < 0 ? from : Math.min(from, open));
  return yes;
}

function set(machine: Machine, args: readonly Field[]): Status {
  const words = args.map((field) => textOf(field.pieces));
  if (words[0] === '-a' || (words[0] === '-o' && words[1] === 'allexport')) machine.exportAll = true;
  if (words[0] === '+a') machine.exportAll = false;
  const from = words.indexOf('--');
  if (from >= 0) machine.positional = args.slice(from + 1).map(keptField);
  return yes;
}

function letValues(machine: Machine, args: readonly Field[], node: Node): Status {
  let last: number | undefined;
  const range = rangeOf(machine, node);
  for (const field of args) {
    const read = (name: string): string | undefined => {
      const value = machine.variables.get(name)?.elements.get('0');
      return value && textOf(value.pieces);
    };
    const write = (name: string, value: string): void => {
      machine.variables.set(name, scalarVariable({ pieces: [derivedPiece(value, range, field.pieces)], range }, false));
    };
    last = evaluateArithmetic(textOf(field.pieces) ?? '?', { read, write });
  }
  return statusOf(last === undefined ? undefined : last !== 0);
}

function readNames(machine: Machine, args: readonly Field[], node: Node): Status {
  const by = textOfNode(machine, node).slice(0, 60);
  for (const field of args) forget(machine, textOf(field.pieces) ?? '', node, by);
  return statusOf(undefined, [by]);
}

function exportFields(machine: Machine, args: readonly Field[]): Status {
  for (const field of args) {
    const [first, ...rest] = field.pieces;
    const at = first?.text?.indexOf('=') ?? -1;
    if (!first || at <= 0) continue;
    const value = {
      ...first,
      text: first.text?.slice(at + 1),
      value: { start: first.value.start + (first.exact ? at + 1 : 0), end: first.value.end },
    };
    const name = first.text?.slice(0, at) ?? '';
    machine.variables.set(name, scalarVariable({ pieces: [value, ...rest].map(kept), range: field.range }, true));
  }
  return yes;
}

const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', () => yes],
  ['true', () => yes],
  ['false', () => no],
  ['exit', stopper('exit')],
  ['return', stopper('return')],
  ['break', stopper('break')],
  ['continue', stopper('continue')],
  ['shift', shift],
  ['set', set],
  ['let', letValues],
  ['read', readNames],
  ['mapfile', readNames],
  ['readarray', readNames],
  ['getopts', readNames],
  ['export', exportFields],
  ['test', (_machine, args) => testCommandStatus(args)],
  ['source', (machine, args) => sourceFile(machine, args)],
  ['.', (machine, args) => sourceFile(machine, args)],
  ['eval', (machine, args) => runText(machine, joined(args))],
]);

/** Runs the script a command starts: `srun bash -c "..."`, or `A=1 bash other.sh ARGS` with what is exported here. */
function runInner(machine: Machine, fields: readonly Field[], prefixes: readonly Node[]): void {
  const words = fields.map((field) => spellText(field.pieces));
  const text = innerScript(words);
  const at = text < 0 ? scriptWord(words) : text;
  const target = fields[at];
  if (!target) return;
  inSubshell(machine, () => {
    const carrier = words.findIndex((word) => shells.has(word));
    if (carrier > 0) machine.front = [...machine.front, ...fields.slice(0, carrier).map(wordOf)];
    for (const prefix of prefixes) assign(machine, prefix, true);
    if (text >= 0) return runText(machine, target.pieces);
    const submits = words[0] === 'sbatch' ? fields.slice(0, at) : undefined;
    return runScript(machine, target, fields.slice(at + 1).map(keptField), submits);
  });
}

/** Runs one simple command whose words are expanded already. */
export function runCommand(machine: Machine, node: Node, fields: readonly Field[], prefixes: readonly Node[]): Status {
  const [program, ...args] = fields;
  if (!program) {
    for (const prefix of prefixes) assign(machine, prefix);
    return yes;
  }
  const name = textOf(program.pieces);
  if (name !== undefined && machine.functions.has(name)) return callFunction(machine, name, args, prefixes);
  const builtin = name === undefined ? undefined : builtins.get(name);
  if (builtin) return builtin(machine, args, node);
  if (name === 'exec' && args.length === 0) return yes;
  report(machine, node, fields, prefixes);
  runInner(machine, fields, prefixes);
  if (name === 'exec') machine.stop = 'exit';
  return ran;
}
