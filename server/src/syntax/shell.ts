/**
 * Bash to ConfigDocument: the script is read as bash would run it, as far as the file tells, and every command it would
 * run is reported with its words expanded. Nothing is executed; files it sources are read where the caller can find them.
 */
import type { Tree } from 'web-tree-sitter';
import type { ConfigDocument, FindSourced, Problem, ShellVariable, Word, WordPiece } from './document.ts';
import { parseShellText } from './parsers.ts';
import { runToEnd } from './shell/after-exit.ts';
import { runText } from './shell/commands.ts';
import { readDirectives } from './shell/directives.ts';
import { createMachine, type Machine } from './shell/machine.ts';
import { maskPlaceholders } from './shell/mask.ts';
import { type Field, fromWordPiece } from './shell/piece.ts';
import { scalarVariable } from './shell/scope.ts';
import { setHeaderVariables } from './shell/slurm.ts';
import { fileSource } from './shell/source.ts';
import { missingProblem } from './shell/sourcing.ts';
import { runStatements } from './shell/statements.ts';
import { syntaxProblems } from './shell/syntax-problems.ts';
import { copyTree, type Node } from './shell/tree.ts';
import type { CopiedStatements } from './tree-copy.ts';
import { piecesOf } from './word.ts';

/** Parses text the script has put together. */
function parseInner(text: string): Node | undefined {
  const tree = parseShellText(maskPlaceholders(text));
  if (!tree) return undefined;
  try {
    return copyTree(tree, text);
  } finally {
    tree.delete();
  }
}

/** A machine for scripts that stand in another document. */
export function createInnerMachine(uri: string, text: string): Machine {
  return createMachine(uri, fileSource(text), () => undefined, { run: runStatements, parse: parseInner });
}

function budgetProblem(text: string): Problem {
  return {
    range: { start: 0, end: Math.min(text.length, 1) },
    severity: 'info',
    code: 'script-too-long',
    message: 'This script runs more steps than are followed here; commands after that are not read.',
  };
}

/** Reads a script from its tree, which must be the parse of `maskPlaceholders(text)`. Never throws. */
export function readShellTree(uri: string, text: string, tree: Tree, find: FindSourced, remembered?: CopiedStatements): ConfigDocument {
  const root = copyTree(tree, text, remembered);
  const machine = createMachine(uri, fileSource(text), find, { run: runStatements, parse: parseInner });
  const header = readDirectives(text, { start: 0, end: text.length });
  setHeaderVariables(machine, header);
  const afterExit = runToEnd(machine, root.kids);
  const { commands, variables, heredocs, directives } = machine.found;
  const sourced = [...machine.found.sourced.values()];
  const spent = machine.budget.statements < 0 || machine.budget.pieces < 0 ? [budgetProblem(text)] : [];
  return {
    uri,
    format: 'shell',
    text,
    entries: [],
    commands,
    variables: [...variables.values()],
    directives: [...header, ...directives],
    heredocs: [...heredocs.values()],
    problems: [...syntaxProblems(root, text), ...spent, ...sourced.flatMap((one) => missingProblem(one, uri))],
    ...(sourced.length > 0 ? { sourced } : {}),
    ...(afterExit ? { afterExit } : {}),
  };
}

const fieldOf = (word: Word): Field => ({ pieces: piecesOf(word).map(fromWordPiece), range: word.range });

/** What a script is started with: its environment, and the words after its name. */
export interface ShellStart {
  readonly environment: readonly ShellVariable[];
  readonly positional?: readonly Word[];
}

/** Reads a script that stands in another document; its pieces know where. Never throws. */
export function readShellPieces(
  outer: { readonly uri: string; readonly text: string },
  pieces: readonly WordPiece[],
  start: ShellStart,
): ConfigDocument {
  const machine = createInnerMachine(outer.uri, outer.text);
  for (const { name, value } of start.environment) machine.variables.set(name, scalarVariable(fieldOf(value), true));
  machine.positional = start.positional?.map(fieldOf);
  runText(machine, pieces.map(fromWordPiece));
  const { commands, variables, heredocs, directives } = machine.found;
  const { uri, text } = outer;
  const found = { commands, variables: [...start.environment, ...variables.values()], directives, heredocs: [...heredocs.values()] };
  return { uri, format: 'shell', text, entries: [], ...found, problems: [] };
}
