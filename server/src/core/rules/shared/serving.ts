/** What rules about serving engines share: the release that is known to run, and keys that have several spellings. */
import type { KeyName, WrittenKeys } from '../../finding.ts';
import { since } from '../../serving/engines/engine-id.ts';
import { isThere } from './keys.ts';

/** True when the engine's release is known and older than this one. */
export const isBefore = (version: string | undefined, release: string): boolean =>
  version !== undefined && !since({ id: 'vllm', release: version }, release);

/** True when the engine's release is known and this one or newer. */
export const isSince = (version: string | undefined, release: string): boolean => version !== undefined && !isBefore(version, release);

/** The spelling of a key that is written. */
export function spellingOf(keys: WrittenKeys, names: readonly KeyName[]): KeyName | undefined {
  return names.find((name) => isThere(keys, name));
}

/** GPU capability as people write it: 8.9 is sm_89, 10.0 is sm_100. */
export const sm = (capability: number): string => `sm_${Math.round(capability * 10)}`;
