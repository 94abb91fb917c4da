/** Duplicate keys: loaders keep the last one, so its entries stand and the earlier ones are dropped. */
import type { ConfigEntry, EntryPath, Problem } from './document.ts';

/** A path as one string; list indexes and keys cannot be confused. */
export function pathKey(path: EntryPath): string {
  return JSON.stringify(path);
}

/** True for the children of an entry, which follow it directly. Ranges cannot tell: an alias points elsewhere. */
function isInside(path: EntryPath, parent: EntryPath): boolean {
  return path.length > parent.length && parent.every((step, index) => path[index] === step);
}

const maxProblems = 50;

export interface Kept {
  readonly kept: readonly ConfigEntry[];
  readonly problems: readonly Problem[];
}

/** Drops what a later duplicate key replaces. `entries` must be in document order, children after their parent. */
export function dropOverridden(entries: readonly ConfigEntry[]): Kept {
  const last = new Map<string, ConfigEntry>();
  const replaced = new Map<ConfigEntry, ConfigEntry>();
  for (const entry of entries) {
    const key = pathKey(entry.path);
    const before = last.get(key);
    if (before) replaced.set(before, entry);
    last.set(key, entry);
  }
  if (replaced.size === 0) return { kept: entries, problems: [] };
  const problems: Problem[] = [];
  const kept: ConfigEntry[] = [];
  let dropped: EntryPath | undefined;
  for (const entry of entries) {
    if (dropped && isInside(entry.path, dropped)) continue;
    dropped = undefined;
    const by = replaced.get(entry);
    if (!by) {
      kept.push(entry);
      continue;
    }
    dropped = entry.path;
    const name = String(entry.path.at(-1));
    if (problems.length >= maxProblems) continue;
    problems.push({
      range: by.key,
      severity: 'warning',
      code: 'duplicate-key',
      message: `"${name}" stands here a second time; loaders that accept this take the last value.`,
    });
  }
  return { kept, problems };
}
