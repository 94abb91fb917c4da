/**
 * Files of one folder and nothing else: what a path leads to, symbolic links followed, must lie in the folder. For
 * `rooflint serve`, where a page asks for files by name and a configuration may name any path.
 */
import { realpathSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type DiskFiles, diskFiles } from './files.ts';

export interface ConfinedFiles extends DiskFiles {
  /** The folder with all links resolved. */
  readonly root: string;
  /** The file a relative name means, or undefined when it is not there or leads out of the folder. */
  readonly find: (name: string) => string | undefined;
}

/** True when `path` is `root` or lies in it. Both must be resolved already. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (!way.startsWith(`..${sep}`) && way !== '..' && resolve(root, way) === path);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Throws what `realpath` throws when the folder does not exist. */
export function confinedFiles(folder: string): ConfinedFiles {
  const root = realpathSync(folder);
  const files = diskFiles([root]);
  const real = (path: string): string | undefined => {
    try {
      const found = realpathSync(path);
      return isInside(root, found) ? found : undefined;
    } catch {
      return undefined;
    }
  };
  const allowed = (uri: string): boolean => {
    try {
      return real(fileURLToPath(uri)) !== undefined;
    } catch {
      return false;
    }
  };
  return {
    root,
    find: (name) => {
      const path = name.includes('\0') ? undefined : real(join(root, name));
      return path !== undefined && isFile(path) ? path : undefined;
    },
    read: (uri) => (allowed(uri) ? files.read(uri) : { error: 'it lies outside the served folder or does not exist' }),
    resolve: (fromUri, path) => {
      const found = files.resolve(fromUri, path);
      return found !== undefined && allowed(found) ? pathToFileURL(fileURLToPath(found)).href : undefined;
    },
    forget: files.forget,
  };
}
