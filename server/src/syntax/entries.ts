/** Duplicate keys: loaders keep the last one, so its entries stand and the earlier ones are dropped. */
import type { ConfigEntry, EntryPath, Problem } from './document.ts';

/** A path as one string; list indexes and keys cannot be confused. */
export function pathKey(path: EntryPath): string {
  return JSON.stringify(path);
}

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
  let droppedUntil = -1;
  for (const entry of entries) {
    if (entry.value.end <= droppedUntil) continue;
    const by = replaced.get(entry);
    if (!by) {
      kept.push(entry);
      continue;
    }
    droppedUntil = entry.value.end;
    const name = String(entry.path.at(-1));
    problems.push({
      range: by.key,
      severity: 'warning',
      code: 'duplicate-key',
      message: `"${name}" stands here a second time; loaders that accept this take the last value.`,
    });
  }
  return { kept, problems };
}
