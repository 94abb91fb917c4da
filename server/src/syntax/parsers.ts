/** Loads the parser runtime and the grammars once per process, and parses with them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Language, Parser, type Tree } from 'web-tree-sitter';

const runtimeFile = 'web-tree-sitter.wasm';
const grammarFiles = { shell: 'tree-sitter-bash.wasm', toml: 'tree-sitter-toml.wasm', python: 'tree-sitter-python.wasm' } as const;
/** Many times the size of the others and wanted in few workspaces, so it is loaded on its own. */
const kernelGrammarFile = 'tree-sitter-cuda.wasm';

export type Grammar = keyof typeof grammarFiles | 'cuda';

interface Loaded {
  readonly parser: Parser;
  readonly language: Language;
}

let loading: Promise<void> | undefined;
const loaded = new Map<Grammar, Loaded>();

async function load(runtimeFolder: string, grammarFolder: string): Promise<void> {
  const files = [join(runtimeFolder, runtimeFile), ...Object.values(grammarFiles).map((name) => join(grammarFolder, name))];
  const [runtime, ...grammars] = await Promise.all(files.map((path) => readFile(path)));
  await Parser.init({ wasmBinary: runtime });
  const languages = await Promise.all(grammars.map((grammar) => Language.load(grammar)));
  for (const [index, name] of (Object.keys(grammarFiles) as (keyof typeof grammarFiles)[]).entries()) {
    const language = languages[index];
    if (language) loaded.set(name, { parser: new Parser(), language });
  }
}

/**
 * Must be awaited once before the first shell or Python document is read; later calls return the first result.
 * `wasmFolder` holds the runtime and, unless a second folder is given, the grammars. Rejects when a file is missing or
 * cannot be loaded, and may then be called again.
 */
export function initParsers(wasmFolder: string, grammarFolder = wasmFolder): Promise<void> {
  loading ??= load(wasmFolder, grammarFolder).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

let loadingKernels: Promise<void> | undefined;

/** Must be awaited once after `initParsers` before the first CUDA or HIP file is read; later calls return the first result. */
export function initKernelParser(grammarFolder: string): Promise<void> {
  const load = async (): Promise<void> => {
    const language = await Language.load(await readFile(join(grammarFolder, kernelGrammarFile)));
    loaded.set('cuda', { parser: new Parser(), language });
  };
  loadingKernels ??= load().catch((error: unknown) => {
    loadingKernels = undefined;
    throw error;
  });
  return loadingKernels;
}

/**
 * Parses text with a grammar, reusing what an edited old tree shares with it. Undefined before `initParsers` has
 * finished. The caller frees the tree.
 */
export function parseText(grammar: Grammar, text: string, old?: Tree): Tree | undefined {
  const found = loaded.get(grammar);
  if (!found) return undefined;
  // A grammar's scanner remembers the text parsed before (heredocs, indents); setting the language gives it a fresh one.
  found.parser.setLanguage(found.language);
  return found.parser.parse(text, old) ?? undefined;
}

export function parseShellText(text: string, old?: Tree): Tree | undefined {
  return parseText('shell', text, old);
}

export function parsePythonText(text: string, old?: Tree): Tree | undefined {
  return parseText('python', text, old);
}
