/** Looking settings up by name, for steps that need several of them together. */
import type { ConfigDocument, ConfigEntry } from '../syntax/document.ts';
import type { Draft } from './draft.ts';
import { remember } from './remember.ts';
import { entrySettings, type Setting } from './setting.ts';

/** The first of several names that is written; of a name written more than once, the last. */
export type Find = (...names: readonly string[]) => Setting | undefined;

/** Looks up settings and remembers that they were understood. */
export function finder(draft: Draft, settings: readonly Setting[]): Find {
  const byName = new Map(settings.map((setting) => [setting.name, setting]));
  return (...names) => {
    for (const name of names) {
      const setting = byName.get(name);
      if (setting === undefined) continue;
      for (const same of settings) if (same.name === name) draft.used.add(same);
      return setting;
    }
    return undefined;
  };
}

/** The dotted names of all keys of a document, by which its framework is told. */
export const keyNames = remember(
  (document: ConfigDocument): ReadonlySet<string> => new Set(entrySettings(document).map(({ name }) => name)),
);

/** The entries at the top of a document by their names, of a name written twice the last. */
export const topEntries = remember(
  ({ entries }: ConfigDocument): ReadonlyMap<string, ConfigEntry> =>
    new Map(entries.flatMap((entry) => (entry.path.length === 1 ? [[String(entry.path[0]), entry] as const] : []))),
);
