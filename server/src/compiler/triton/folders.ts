/**
 * Which kernels the folders of Triton's compile cache hold, kept from one look to the next. Triton writes a folder once, named by the hash
 * of what is in it, and `NAME.json` last (triton 3.1 to 3.9, python/triton/compiler/compiler.py): a folder that has it, or a module of
 * Python, is looked into once, and the cache is listed again only when its time of modification tells that folders came or went.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Larger caches are looked through no further. */
const mostFolders = 20_000;
/** Milliseconds. File systems tell times in steps of up to two seconds: what changed so lately may change again unseen. */
const step = 2000;

interface Listing {
  /** Undefined where the cache may have changed since unseen. */
  readonly changed: number | undefined;
  readonly folders: readonly string[];
}

/** Names of a folder's kernels, by their `.ttir`. */
interface Holding {
  readonly names: ReadonlySet<string>;
  readonly isWhole: boolean;
}

const ending = '.ttir';

async function holdingOf(folder: string): Promise<Holding> {
  const files = await readdir(folder).catch(() => []);
  return {
    names: new Set(files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length))),
    isWhole: files.some((file) => /\.(?:json|so|pyd)$/.test(file)),
  };
}

export class CacheFolders {
  private readonly cache: string;
  private listing: Listing = { changed: undefined, folders: [] };
  private holdings = new Map<string, Holding>();

  constructor(cache: string) {
    this.cache = cache;
  }

  private async listed(): Promise<readonly string[]> {
    const changed = await stat(this.cache).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (changed !== undefined && changed === this.listing.changed) return this.listing.folders;
    const folders = (await readdir(this.cache).catch(() => [])).slice(0, mostFolders);
    const isSettled = changed !== undefined && changed < Date.now() - step;
    this.listing = { changed: isSettled ? changed : undefined, folders };
    const present = new Set(folders);
    this.holdings = new Map([...this.holdings].filter(([folder]) => present.has(folder)));
    return folders;
  }

  /** Folders that hold kernels of these names, with the name; empty when it was cancelled. */
  async holding(names: readonly string[], signal: AbortSignal): Promise<readonly { readonly folder: string; readonly name: string }[]> {
    const found: { readonly folder: string; readonly name: string }[] = [];
    for (const each of await this.listed()) {
      if (signal.aborted) return [];
      const folder = join(this.cache, each);
      const holding = this.holdings.get(each) ?? (await holdingOf(folder));
      if (holding.isWhole) this.holdings.set(each, holding);
      for (const name of names) if (holding.names.has(name)) found.push({ folder, name });
    }
    return found;
  }
}
