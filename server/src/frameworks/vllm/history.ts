/** The releases that have a flag of `vllm serve`, in its table of keys. */
import { vllmFlagLifetimes } from '../../core/serving/engines/vllm-flags.ts';
import type { KeyTable } from '../key-table.ts';

/** The table with the releases of each key, and with what took the place of those that are gone. */
export function withHistory(table: KeyTable): KeyTable {
  const keys = table.keys.map((key) => {
    const life = vllmFlagLifetimes.get(key.name);
    if (life === undefined) return key;
    const { instead, ...releases } = life;
    return { ...key, ...releases, ...(instead === undefined ? {} : { about: `${key.about}; newer releases have \`${instead}\`` }) };
  });
  return { ...table, keys };
}
