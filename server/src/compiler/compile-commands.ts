/** How the build compiles a file: its entry in the nearest `compile_commands.json`. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

export interface BuildCommand {
  /** The words behind the compiler's name. */
  readonly words: readonly string[];
  readonly folder: string;
}

interface Entry extends BuildCommand {
  readonly file: string;
}

/** Larger files belong to builds that Rooflint has no business with. */
const largest = 64_000_000;
const places = ['compile_commands.json', join('build', 'compile_commands.json')];

interface Kept {
  readonly changed: number;
  readonly entries: readonly Entry[];
}
const kept = new Map<string, Kept>();

/** Words of a command line: quotes and backslashes as a shell takes them, nothing expanded. */
export function wordsOf(command: string): readonly string[] {
  const words: string[] = [];
  const word = /(?:[^\s"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*')+/g;
  for (const [text] of command.matchAll(word)) {
    words.push(
      text.replace(/"((?:[^"\\]|\\[\s\S])*)"|'([^']*)'|\\([\s\S])/g, (_all, double?: string, single?: string, escaped?: string) =>
        double === undefined ? (single ?? escaped ?? '') : double.replace(/\\(["\\$`])/g, '$1'),
      ),
    );
  }
  return words;
}

/** Flags that CMake puts into files of their own: `--options-file includes_CUDA.rsp`, `@flags.rsp`. */
function withResponseFiles(words: readonly string[], folder: string): readonly string[] {
  return words.flatMap((word, index) => {
    const before = words[index - 1];
    const path =
      /^(?:--options-file=|-optf=|@)(.+)$/.exec(word)?.[1] ?? (before === '--options-file' || before === '-optf' ? word : undefined);
    if (path === undefined) return word === '--options-file' || word === '-optf' ? [] : [word];
    try {
      return wordsOf(readFileSync(resolve(folder, path), 'utf8'));
    } catch {
      return [];
    }
  });
}

function entryOf(value: unknown): readonly Entry[] {
  if (typeof value !== 'object' || value === null) return [];
  const { directory, file, command, arguments: list } = value as Record<string, unknown>;
  if (typeof directory !== 'string' || typeof file !== 'string') return [];
  const words = Array.isArray(list) ? list.map(String) : typeof command === 'string' ? wordsOf(command) : undefined;
  return words ? [{ file: resolve(directory, file), folder: directory, words: words.slice(1) }] : [];
}

function read(path: string): readonly Entry[] | undefined {
  try {
    const { mtimeMs, size } = statSync(path);
    const known = kept.get(path);
    if (known?.changed === mtimeMs) return known.entries;
    if (size > largest) return undefined;
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const entries = Array.isArray(parsed) ? parsed.flatMap(entryOf) : [];
    kept.clear();
    kept.set(path, { changed: mtimeMs, entries });
    return entries;
  } catch {
    return undefined;
  }
}

/** Folders of the path that two files share, for the entry that speaks best for a header. */
function shared(left: string, right: string): number {
  const [a, b] = [left.split(sep), right.split(sep)];
  const differs = a.findIndex((part, index) => part !== b[index]);
  return differs < 0 ? a.length : differs;
}

const compiled = /\.(?:cu|hip|cpp|cc|cxx)$/i;
const ofKernels = /\.(?:cu|hip)$/i;

/**
 * The command of a file, or of the nearest kernel file for one that is only included. Looked for in the folders from the
 * file's own up to the workspace's, and in their `build`.
 */
export function buildCommandOf(path: string, roots: readonly string[]): BuildCommand | undefined {
  const root = roots.find((one) => !relative(one, path).startsWith('..'));
  if (root === undefined) return undefined;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    for (const place of places) {
      const entries = read(join(folder, place));
      if (!entries) continue;
      const own = entries.find(({ file }) => file === path);
      const others = own ? [] : entries.filter(({ file }) => (compiled.test(path) ? ofKernels : compiled).test(file));
      const nearest = own ?? others.toSorted((a, b) => shared(b.file, path) - shared(a.file, path))[0];
      if (nearest) return { folder: nearest.folder, words: withResponseFiles(nearest.words, nearest.folder) };
    }
    if (folder === root || dirname(folder) === folder) return undefined;
  }
}
