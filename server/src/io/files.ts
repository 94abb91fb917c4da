/**
 * The engine's way to other files, on a disk. Reads regular files only, up to a size, and never a network share that a
 * configuration names. Nothing is executed and nothing is written.
 */
import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FileAccess } from '../engine/analysis.ts';
import { pathOfUri } from './uris.ts';

/** Larger files are no configurations. */
const largest = 8 * 2 ** 20;
/** Most places looked at hold no file, and an error thrown for each takes longer than the look. */
const quietly = { throwIfNoEntry: false } as const;
/** Folders above a script in which a relative path is tried: scripts are often started from the repository's root. */
const highest = 8;

export interface DiskFiles extends FileAccess {
  /** Drops what is remembered of a file, or of all files. */
  readonly forget: (uri?: string) => void;
}

/** Files on disk, remembered until `forget`. `roots` are the folders of the workspace; relative paths are not looked for above them. */
export function diskFiles(roots: readonly string[] = []): DiskFiles {
  const texts = new Map<string, ReturnType<FileAccess['read']>>();
  return {
    read: (uri) => {
      const known = texts.get(uri);
      if (known) return known;
      const found = readText(uri);
      texts.set(uri, found);
      return found;
    },
    resolve: (fromUri, path) => locate(fromUri, path, roots),
    forget: (uri) => (uri === undefined ? texts.clear() : void texts.delete(uri)),
  };
}

function readText(uri: string): ReturnType<FileAccess['read']> {
  const path = pathOfUri(uri);
  if (path === undefined) return { error: `${uri} is not a file on this machine` };
  try {
    const found = statSync(path, quietly);
    if (found === undefined) return { error: `${path} cannot be read (ENOENT)` };
    // A pipe would never end and a device never run dry.
    if (!found.isFile()) return { error: `${path} is not a regular file` };
    if (found.size > largest) return { error: `${path} is larger than ${largest / 2 ** 20} MiB` };
    const bytes = readFileSync(path);
    if (bytes.includes(0)) return { error: `${path} is not a text file` };
    return { text: bytes.toString('utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    return { error: `${path} cannot be read (${codeOf(error)})` };
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';

function isFile(path: string): boolean {
  try {
    return statSync(path, quietly)?.isFile() === true;
  } catch {
    return false;
  }
}

/** The first candidate that exists. Network shares and other schemes are left alone. */
function locate(fromUri: string, path: string, roots: readonly string[]): string | undefined {
  if (path === '' || path.includes('\0') || /^(\\\\|\/\/|[a-z][a-z0-9+.-]+:\/\/)/i.test(path)) return undefined;
  if (isAbsolute(path)) return isFile(path) ? pathToFileURL(path).href : undefined;
  const from = pathOfUri(fromUri);
  if (from === undefined) return undefined;
  for (const folder of foldersAbove(dirname(from), roots)) {
    const candidate = resolve(folder, path);
    if (isFile(candidate)) return pathToFileURL(candidate).href;
  }
  return undefined;
}

/** The folder, then the ones above it up to a root of the workspace. */
function foldersAbove(folder: string, roots: readonly string[]): readonly string[] {
  const folders = [folder];
  let current = folder;
  while (!roots.includes(current) && dirname(current) !== current && folders.length < highest) {
    current = dirname(current);
    folders.push(current);
  }
  return folders;
}
