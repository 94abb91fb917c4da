import type { Range } from '../../server/src/core/origin.ts';
import type { CommandLine, ConfigDocument, Word } from '../../server/src/syntax/document.ts';
import { initParsers } from '../../server/src/syntax/parsers.ts';
import { readDocument } from '../../server/src/syntax/read.ts';

/** The runtime comes with its package, the grammars with the repository. */
export function loadParsers(): Promise<void> {
  return initParsers('node_modules/web-tree-sitter', 'grammars');
}

export function shell(text: string): ConfigDocument {
  return readDocument('file:///job.sh', text, 'shell');
}

/** The words of a command; an unknown word shows as `?` and what hides it. */
export function texts(command: CommandLine | undefined): string[] {
  return (command?.words ?? []).map((word) => word.text ?? `?${word.unknown.join(',')}`);
}

/** All commands of a script, each as its words with spaces. */
export function commandLines(text: string): string[] {
  return shell(text).commands.map((command) => (command.conditional ? '(maybe) ' : '') + texts(command).join(' '));
}

/** The words after the program of the script's last command. */
export function lastWords(text: string): readonly Word[] {
  return shell(text).commands.at(-1)?.words.slice(1) ?? [];
}

export function at(text: string, range: Range): string {
  return text.slice(range.start, range.end);
}

/** Every range a document holds, for checks that none leaves the text. */
export function allRanges(document: ConfigDocument): Range[] {
  const ofWord = (word: Word): Range[] => [word.range, word.value, ...(word.pieces ?? []).flatMap((piece) => [piece.range, piece.value])];
  return [
    ...document.entries.flatMap((entry) => [entry.key, entry.value]),
    ...document.commands.flatMap((command) => [
      command.range,
      ...command.words.flatMap(ofWord),
      ...command.environment.flatMap((variable) => [variable.assignment, ...ofWord(variable.value)]),
    ]),
    ...document.variables.flatMap((variable) => [variable.assignment, ...ofWord(variable.value)]),
    ...document.directives.flatMap((directive) => [directive.key, directive.value]),
    ...document.heredocs.map((heredoc) => heredoc.range),
    ...document.problems.map((problem) => problem.range),
  ];
}

export function badRanges(document: ConfigDocument): Range[] {
  return allRanges(document).filter(({ start, end }) => !(start >= 0 && start <= end && end <= document.text.length));
}
