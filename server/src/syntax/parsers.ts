/** Loads the parser runtime and the grammars once per process, and hands out the shell parser. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Language, Parser, type Tree } from 'web-tree-sitter';

const runtimeFile = 'web-tree-sitter.wasm';
const bashGrammarFile = 'tree-sitter-bash.wasm';

let loading: Promise<void> | undefined;
let shell: { readonly parser: Parser; readonly language: Language } | undefined;

async function load(runtimeFolder: string, grammarFolder: string): Promise<void> {
  const runtime = await readFile(join(runtimeFolder, runtimeFile));
  await Parser.init({ wasmBinary: runtime });
  const language = await Language.load(await readFile(join(grammarFolder, bashGrammarFile)));
  const parser = new Parser();
  shell = { parser, language };
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

/**
 * Parses shell text, reusing what an edited old tree shares with it. Undefined before `initParsers` has finished. The
 * caller frees the tree.
 */
export function parseShellText(text: string, old?: Tree): Tree | undefined {
  if (!shell) return undefined;
  // The grammar's scanner remembers heredocs of the text parsed before; setting the language gives it a fresh one.
  shell.parser.setLanguage(shell.language);
  return shell.parser.parse(text, old) ?? undefined;
}
