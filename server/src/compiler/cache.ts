/** Answers of compilers in files, by the hash of everything that decides them. A folder that cannot be written only costs time. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompiledFile, CompiledKernel } from '../core/kernels/compiled-launch.ts';

export interface CompilerCache {
  readonly get: (key: string) => CompiledFile | undefined;
  readonly set: (key: string, file: CompiledFile) => void;
}

/** A change of what is kept, or of how output is read, begins anew. */
const edition = 1;
const mostKept = 400;

/** @param parts everything that decides the answer. */
export function keyOf(parts: readonly string[]): string {
  const hash = createHash('sha256').update(`rooflint ${edition}`);
  for (const part of parts) hash.update(`\0${part.length}\0${part}`);
  return hash.digest('hex');
}

const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0;

function isKernel(value: unknown): value is CompiledKernel {
  if (typeof value !== 'object' || value === null) return false;
  const { name, templateArguments: list, registers, spillStores, spillLoads, stack, shared } = value as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    (list === undefined || (Array.isArray(list) && list.every((one) => typeof one === 'string'))) &&
    [registers, spillStores, spillLoads, stack].every(isCount) &&
    (shared === undefined || isCount(shared))
  );
}

function isFile(value: unknown): value is CompiledFile {
  if (typeof value !== 'object' || value === null) return false;
  const { compiler, architecture, kernels } = value as Record<string, unknown>;
  return typeof compiler === 'string' && typeof architecture === 'string' && Array.isArray(kernels) && kernels.every(isKernel);
}

/** Keeps the newest ones. */
function prune(folder: string): void {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  if (names.length <= mostKept) return;
  const byAge = names.map((name) => ({ name, changed: statSync(join(folder, name)).mtimeMs })).toSorted((a, b) => a.changed - b.changed);
  for (const { name } of byAge.slice(0, names.length - mostKept)) rmSync(join(folder, name), { force: true });
}

/** @param folder undefined keeps nothing beyond this process. */
export function createCache(folder: string | undefined): CompilerCache {
  const here = new Map<string, CompiledFile>();
  return {
    get: (key) => {
      const known = here.get(key);
      if (known || folder === undefined) return known;
      try {
        const value: unknown = JSON.parse(readFileSync(join(folder, `${key}.json`), 'utf8'));
        if (!isFile(value)) return undefined;
        here.set(key, value);
        return value;
      } catch {
        return undefined;
      }
    },
    set: (key, file) => {
      here.set(key, file);
      if (folder === undefined) return;
      try {
        mkdirSync(folder, { recursive: true });
        // Another server may read it at this moment.
        const temporary = join(folder, `${key}.${process.pid}.part`);
        writeFileSync(temporary, JSON.stringify(file));
        renameSync(temporary, join(folder, `${key}.json`));
        prune(folder);
      } catch {
        // Compiled again next time.
      }
    },
  };
}
