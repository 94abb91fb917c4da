/**
 * Triton's compile cache: a folder for each build, named by a hash, in `TRITON_CACHE_DIR` or `.triton/cache` of `TRITON_HOME` or the home
 * folder; in it `NAME.json` (hash, target, num_warps, num_stages, shared, name), `NAME.ttir`, and `NAME.ptx` or `NAME.amdgcn`. As triton
 * 3.1 to 3.9 have it (python/triton/compiler/compiler.py, python/triton/runtime/cache.py).
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { TritonBuild } from '../../core/kernels/compiled-launch.ts';
import { readTtir, type TritonCode } from '../output/ttir.ts';
import type { CacheFolders } from './folders.ts';

/** One build of a kernel of the file that is asked about. */
export interface CacheEntry extends Pick<TritonBuild, 'numWarps' | 'numStages'> {
  readonly name: string;
  /** `sm_90`, `gfx942`. */
  readonly architecture: string;
  /** All shared memory of a block. */
  readonly shared: number;
  readonly isFused: boolean;
  /** `3.5.1`; releases before 3.2 do not tell. */
  readonly release: string | undefined;
  readonly code: TritonCode;
  /** The file with what the target's compiler gets. */
  readonly device: string;
  /** Milliseconds; what it was made from is older, or has changed since. */
  readonly made: number;
}

const mostEntries = 128;
/** Builds of large kernels come to some hundred KiB a file: what is larger than this is none, and is not read. */
const mostBytes = 4 * 1024 * 1024;

export function cacheFolder({ TRITON_CACHE_DIR, TRITON_HOME, HOME }: NodeJS.ProcessEnv): string | undefined {
  const named = TRITON_CACHE_DIR?.trim();
  const folder = named || join(TRITON_HOME?.trim() || HOME || homedir(), '.triton', 'cache');
  return isAbsolute(folder) ? folder : undefined;
}

interface Metadata {
  readonly backend: string;
  readonly arch: string;
  readonly numWarps: number;
  readonly numStages: number;
  readonly shared: number;
  readonly isFused: boolean;
  readonly release: string | undefined;
}

function metadataOf(text: string): Metadata | undefined {
  const parsed = JSON.parse(text) as Record<string, unknown> | null;
  const target = parsed?.target as Record<string, unknown> | null | undefined;
  const { num_warps, num_stages, shared, enable_fp_fusion, triton_version } = parsed ?? {};
  if (typeof target !== 'object' || target === null || typeof num_warps !== 'number' || typeof num_stages !== 'number') return undefined;
  if (typeof shared !== 'number' || typeof target.backend !== 'string') return undefined;
  return {
    backend: target.backend,
    arch: String(target.arch),
    numWarps: num_warps,
    numStages: num_stages,
    shared,
    isFused: enable_fp_fusion !== false,
    release: typeof triton_version === 'string' ? triton_version : undefined,
  };
}

/**
 * When a file was made.
 * @throws where it is too large, or no regular file: a pipe would never end.
 */
async function readableSince(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isFile() || found.size > mostBytes) throw new Error(`${path} is no file of a build`);
  return found.mtimeMs;
}

async function textAt(path: string): Promise<string> {
  await readableSince(path);
  return readFile(path, 'utf8');
}

async function entryAt(folder: string, name: string, isOwn: (file: string) => Promise<boolean>): Promise<CacheEntry | undefined> {
  try {
    const path = join(folder, name);
    const code = readTtir(await textAt(`${path}.ttir`));
    if (!code || !(await isOwn(code.file))) return undefined;
    const metadata = metadataOf(await textAt(`${path}.json`));
    if (!metadata) return undefined;
    const isAmd = metadata.backend === 'hip';
    const device = `${path}.${isAmd ? 'amdgcn' : 'ptx'}`;
    const made = await readableSince(device);
    const { numWarps, numStages, shared, isFused, release } = metadata;
    const architecture = isAmd ? (metadata.arch.split(':')[0] ?? '') : `sm_${metadata.arch}`;
    return { name, architecture, numWarps, numStages, shared, isFused, release, code, device, made };
  } catch {
    // Written at this moment, by another release, or no build at all.
    return undefined;
  }
}

/**
 * Builds of the kernels of one file, the newest first.
 * @param names of its kernels.
 */
export async function entriesOf(
  folders: CacheFolders,
  path: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly CacheEntry[]> {
  const real = await realpath(path).catch(() => path);
  const known = new Map<string, Promise<boolean>>();
  const isOwn = (file: string): Promise<boolean> => {
    const answer =
      known.get(file) ??
      realpath(file).then(
        (one) => one === real,
        () => false,
      );
    known.set(file, answer);
    return answer;
  };
  const found: CacheEntry[] = [];
  for (const { folder, name } of await folders.holding(names, signal)) {
    if (signal.aborted) return [];
    const entry = await entryAt(folder, name, isOwn);
    if (entry) found.push(entry);
  }
  return found.toSorted((a, b) => b.made - a.made).slice(0, mostEntries);
}

/** Whether all files that a build came from are still what they were. */
export async function isCurrent({ code, made }: CacheEntry): Promise<boolean> {
  for (const file of code.files) {
    // Triton's own functions may stand elsewhere by now: they are no part of what is edited.
    const changed = await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    if (changed > made) return false;
  }
  return true;
}
