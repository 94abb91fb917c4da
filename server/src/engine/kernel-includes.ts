/** What a kernel file gets from the files it includes: constants, types and functions. Kernels stay in the file they are written in. */
import type { KernelFile } from '../core/kernels/facts.ts';
import { readKernels } from '../syntax/cuda/cuda.ts';
import type { FileAccess } from './analysis.ts';

/** Deeper chains lead into libraries. */
const deepest = 4;
/** Files of one program; a library is not read as a whole for a few constants. */
const most = 40;
/** Longer headers are libraries. */
const longest = 200_000;

interface Kept {
  readonly text: string;
  readonly file: KernelFile | undefined;
}

/** Headers as they were last read, by uri. */
const kept = new Map<string, Kept>();
const mostKept = 200;

/** A file of kernels, as it was last read while its text is the same. */
export function readKernelFile(uri: string, text: string): KernelFile | undefined {
  const known = kept.get(uri);
  if (known?.text === text) return known.file;
  const file = text.length > longest ? undefined : readKernels(uri, text);
  if (kept.size >= mostKept) kept.clear();
  kept.set(uri, { text, file });
  return file;
}

let readings = 0;
const versions = new WeakMap<KernelFile, number>();

/** A number that stays the same as long as a file says the same of kernels. */
export function kernelFileVersion(uri: string, files: FileAccess): number {
  const found = files.read(uri);
  const file = 'text' in found ? readKernelFile(uri, found.text) : undefined;
  if (!file) return 0;
  const version = versions.get(file) ?? ++readings;
  versions.set(file, version);
  return version;
}

export interface Included {
  /** The file with what it includes. */
  readonly file: KernelFile;
  /** The file alone. */
  readonly own: KernelFile;
  /** The files that were read. */
  readonly uris: readonly string[];
  /** Their texts, nearer ones first. */
  readonly texts: readonly string[];
}

/** The file's own definitions go before those it includes, nearer ones before those further away. */
export function withIncludes(uri: string, file: KernelFile, files: FileAccess): Included {
  const seen = new Set([uri]);
  const found: KernelFile[] = [];
  const texts: string[] = [];
  let level: readonly { readonly from: string; readonly file: KernelFile }[] = [{ from: uri, file }];
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    const next: { from: string; file: KernelFile }[] = [];
    for (const { from, file: includer } of level) {
      for (const path of includer.includes) {
        const there = files.resolve(from, path);
        if (there === undefined || seen.has(there) || seen.size > most) continue;
        seen.add(there);
        const text = files.read(there);
        const included = 'text' in text ? readKernelFile(there, text.text) : undefined;
        if (!included || !('text' in text)) continue;
        texts.push(text.text);
        found.push(included);
        next.push({ from: there, file: included });
      }
    }
    level = next;
  }
  if (found.length === 0) return { file, own: file, uris: [], texts };
  const merged = <Value>(of: (one: KernelFile) => ReadonlyMap<string, Value>): ReadonlyMap<string, Value> =>
    new Map([...found.toReversed(), file].flatMap((one) => [...of(one)]));
  return {
    own: file,
    file: {
      ...file,
      deviceFunctions: [...file.deviceFunctions, ...found.flatMap(({ deviceFunctions }) => deviceFunctions)],
      constants: merged(({ constants }) => constants),
      functions: merged(({ functions }) => functions),
      types: merged(({ types }) => types),
      structures: merged(({ structures }) => structures),
    },
    uris: [...seen].filter((one) => one !== uri),
    texts,
  };
}
