/** The configuration files of a folder, without following links and without folders that hold no one's own files. */
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** Folders of packages, builds and caches. */
const skipped: ReadonlySet<string> = new Set(['node_modules', '__pycache__', 'dist', 'build', 'target', 'site-packages', 'venv', 'wandb']);
const names =
  /\.(?:json|jsonc|ya?ml|toml|sh|bash|slurm|sbatch|py|pbtxt|modelfile)$|(?:^|\/)(?:Dockerfile|Containerfile|Modelfile)[\w.-]*$/i;

const kernelSources = /\.(?:cu|cuh|hip|h|hh|hpp|hxx|inl|cc|cpp|cxx)$/i;

/** Whether a file may define or launch kernels, by its name. */
export const isKernelSource = (name: string): boolean => kernelSources.test(name);

/** Whether a folder holds no one's own files. */
export const isSkipped = (name: string): boolean => skipped.has(name) || name.startsWith('.');

/** Lets everything that waits have its turn. */
export const othersFirst = (): Promise<void> => setImmediate();

/**
 * Addresses of files below `root`, folder by folder, at most `limit` of them. A folder that cannot be read is passed over: a workspace
 * may hold any.
 */
export function walkConfigs(root: string, limit: number): AsyncGenerator<string> {
  return walk(root, limit, names);
}

/** The same for files that may define or launch kernels. */
export function walkKernelSources(root: string, limit: number): AsyncGenerator<string> {
  return walk(root, limit, kernelSources);
}

async function* walk(root: string, limit: number, wanted: RegExp): AsyncGenerator<string> {
  const folders = [root];
  let found = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for await (const entry of entriesOf(folder)) {
      if (entry.isDirectory()) {
        if (!isSkipped(entry.name)) folders.push(join(folder, entry.name));
      } else if (entry.isFile() && wanted.test(entry.name)) {
        yield pathToFileURL(join(folder, entry.name)).href;
        found += 1;
        if (found >= limit) return;
      }
    }
  }
}

async function* entriesOf(folder: string) {
  try {
    for await (const entry of await opendir(folder, { bufferSize: 256 })) yield entry;
  } catch {
    // Gone, or not ours to read.
  }
}
