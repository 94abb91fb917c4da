/**
 * Documents inside documents: YAML in a block scalar, JSON in a string, a script in a list of arguments, a file in a
 * here-document. Whatever is read, its ranges are those of the outer text.
 */
import { argumentCommand, innerScript } from './argument-list.ts';
import type { CommandLine, ConfigDocument, ConfigEntry, Heredoc, ShellVariable, TextFormat, Word, WordPiece } from './document.ts';
import { readDocument } from './read.ts';
import { scalarPieces } from './scalar-text.ts';
import { readShellPieces } from './shell.ts';
import { piecesOf } from './word.ts';
import { bringBack, weave } from './woven.ts';

export { argumentCommand, entryVariable } from './argument-list.ts';

function piecesDocument(
  document: ConfigDocument,
  pieces: readonly WordPiece[],
  format: TextFormat,
  environment: readonly ShellVariable[],
): ConfigDocument {
  if (format === 'shell') return readShellPieces(document, pieces, { environment });
  const woven = weave(pieces);
  return bringBack(woven, readDocument(document.uri, woven.text, format), document);
}

/** The text of one value read as a document of its own; `environment` is what a script finds set. */
export function embeddedDocument(
  document: ConfigDocument,
  entry: ConfigEntry,
  format: 'shell' | 'yaml' | 'json' | 'toml',
  environment: readonly ShellVariable[] = [],
): ConfigDocument {
  return piecesDocument(document, scalarPieces(entry), format, environment);
}

/** One word of a command read as a document of its own: JSON behind a flag. What variables hide stays unknown. */
export function wordDocument(document: ConfigDocument, word: Word, format: 'json' | 'yaml'): ConfigDocument {
  return piecesDocument(document, piecesOf(word), format, []);
}

/** The file a script writes, with the variables filled in that the script knows; the others make their values unknown. */
export function heredocDocument(document: ConfigDocument, heredoc: Heredoc, format: 'shell' | 'yaml' | 'json' | 'toml'): ConfigDocument {
  const exported = document.variables.filter((variable) => variable.exported);
  return piecesDocument(document, heredoc.pieces, format, exported);
}

/** A list of words to run, with the variables set for it. */
export interface ArgumentList {
  readonly entries: readonly ConfigEntry[];
  readonly environment: readonly ShellVariable[];
}

/**
 * Lists of words as a document of commands, so that what reads scripts reads them too. A list that starts a shell with
 * `-c` is followed by the commands of its script.
 */
export function argumentDocument(document: ConfigDocument, lists: readonly ArgumentList[]): ConfigDocument {
  const scripts = lists.map(({ entries, environment }) => {
    const inner = innerScript(entries, environment);
    return inner && readShellPieces(document, inner.pieces, { environment, positional: inner.positional });
  });
  const commands: CommandLine[] = lists.flatMap(({ entries, environment }, index) => [
    ...(entries.length > 0 ? [argumentCommand(entries, environment)] : []),
    ...(scripts[index]?.commands ?? []),
  ]);
  return {
    uri: document.uri,
    format: 'shell',
    text: document.text,
    entries: [],
    commands,
    variables: lists.flatMap(({ environment }, index) => scripts[index]?.variables ?? environment),
    directives: [],
    heredocs: scripts.flatMap((script) => script?.heredocs ?? []),
    problems: [],
  };
}
