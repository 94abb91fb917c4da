/** The releases that have a flag of an engine, in its table of keys. */
import type { FlagTable } from '../../core/serving/engines/flag-table.ts';
import type { KeyTable } from '../key-table.ts';

/** The table with the releases of each key, and with what took the place of those that are gone. */
export function withHistory(table: KeyTable, { lifetimes }: FlagTable): KeyTable {
  const keys = table.keys.map((key) => {
    const life = lifetimes.get(key.name);
    if (life === undefined) return key;
    const { instead, ...releases } = life;
    return { ...key, ...releases, ...(instead === undefined ? {} : { about: `${key.about}; newer releases have \`${instead}\`` }) };
  });
  return { ...table, keys };
}
