/** Looks up keys of a configuration by name; the inner block wins, and what is asked for counts as read. */
import type { Draft } from '../draft.ts';
import type { Setting } from '../setting.ts';

export interface Keys {
  /** The first of these keys that is present. */
  readonly find: (...names: readonly string[]) => Setting | undefined;
  /** A number that is written, or undefined for null, other types and absent keys. */
  readonly number: (...names: readonly string[]) => number | undefined;
  /** Whether a switch is on; absent or null: undefined. */
  readonly flag: (...names: readonly string[]) => boolean | undefined;
  readonly word: (...names: readonly string[]) => string | undefined;
  /** Items of a list, or undefined when it is absent or empty. */
  readonly list: (name: string) => readonly unknown[] | undefined;
}

/** Keys under `prefix` (such as "vision_config."), or all of them. */
export function keysOf(draft: Draft, settings: readonly Setting[], prefix = ''): Keys {
  const byName = new Map(
    settings.filter(({ name }) => name.startsWith(prefix)).map((setting) => [setting.name.slice(prefix.length), setting] as const),
  );
  const find = (...names: readonly string[]): Setting | undefined => {
    const setting = names.map((name) => byName.get(name)).find((one) => one !== undefined);
    if (setting !== undefined) draft.used.add(setting);
    return setting;
  };
  const written = (names: readonly string[]): readonly Setting[] =>
    names.map((name) => find(name)).filter((one) => one !== undefined && one.scalar !== null && one.scalar !== undefined) as Setting[];
  return {
    find,
    number: (...names) =>
      written(names).find(({ scalar }) => typeof scalar === 'number' && Number.isFinite(scalar))?.scalar as number | undefined,
    flag: (...names) => written(names).find(({ scalar }) => typeof scalar === 'boolean')?.scalar as boolean | undefined,
    word: (...names) => written(names).find(({ scalar }) => typeof scalar === 'string')?.scalar as string | undefined,
    list: (name) => {
      const items: unknown[] = [];
      for (let index = 0; byName.has(`${name}.${index}`); index++) items.push(find(`${name}.${index}`)?.scalar);
      return items.length > 0 ? items : undefined;
    },
  };
}
