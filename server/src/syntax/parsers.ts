/** Loads the parser runtime and the grammars once per process, and hands out the shell parser. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';

const runtimeFile = 'web-tree-sitter.wasm';
const bashGrammarFile = 'tree-sitter-bash.wasm';

let loading: Promise<void> | undefined;
let shell: Parser | undefined;

async function load(runtimeFolder: string, grammarFolder: string): Promise<void> {
  const runtime = await readFile(join(runtimeFolder, runtimeFile));
  await Parser.init({ wasmBinary: runtime });
  const language = await Language.load(await readFile(join(grammarFolder, bashGrammarFile)));
  const parser = new Parser();
  parser.setLanguage(language);
  shell = parser;
}

/**
 * Must be awaited once before the first shell document is read; later calls return the first result. `wasmFolder` holds
 * the runtime and, unless a second folder is given, the grammars. Rejects when a file is missing or cannot be loaded,
 * and may then be called again.
 */
export function initParsers(wasmFolder: string, grammarFolder = wasmFolder): Promise<void> {
  loading ??= load(wasmFolder, grammarFolder).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** The shell parser, or undefined before `initParsers` has finished. */
export function shellParser(): Parser | undefined {
  return shell;
}
