/** Which files `check` looks at. */
import { statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { UsageError } from './io.ts';
import { reasonOf } from './reason.ts';

/** Endings of files that some framework could know. A file named on the command line is looked at whatever its ending. */
const patterns = [
  '**/*.{sh,bash,slurm,sbatch,json,jsonc,yaml,yml,toml,py,dockerfile,pbtxt,modelfile,cu,cuh,hip}',
  '**/{Dockerfile,Containerfile}*',
  '**/Modelfile',
];
const ignored = [
  '**/node_modules/**',
  '**/.git/**',
  '**/.venv/**',
  '**/venv/**',
  '**/__pycache__/**',
  '**/package-lock.json',
  '**/*.safetensors.index.json',
];

/** Paths relative to `folder` where possible, sorted, each once. Throws `UsageError` for a path that is not there. */
export async function filesToCheck(paths: readonly string[], folder: string): Promise<string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const absolute = resolve(folder, path);
    if (isFolder(absolute, path)) {
      const names = await glob(patterns, {
        cwd: absolute,
        absolute: true,
        ignore: ignored,
        dot: true,
        onlyFiles: true,
        followSymbolicLinks: false,
      });
      for (const name of names) found.add(resolve(name));
    } else {
      found.add(absolute);
    }
  }
  return [...found].sort().map((name) => {
    const near = relative(folder, name);
    return near.startsWith('..') ? name : near;
  });
}

function isFolder(absolute: string, written: string): boolean {
  try {
    const found = statSync(absolute);
    if (!found.isDirectory() && !found.isFile()) throw new UsageError(`"${written}" cannot be checked: it is not a regular file.`);
    return found.isDirectory();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`"${written}" cannot be checked: ${reasonOf(error)}.`);
  }
}
