/**
 * Flags that ask for nothing: a switch that Primus writes with `False` behind it, and the recomputation of no layer, which the
 * check of megatron/core/transformer/transformer_config.py (core_v0.14) lets pass.
 */
import type { Setting } from '../setting.ts';
import { megatronSwitches } from './flag-names.ts';

/** Recomputation of no layer is none, whatever its granularity. */
export function withoutIdleRecompute(settings: readonly Setting[]): readonly Setting[] {
  const isIdle = settings.some(({ name, scalar }) => name === 'recompute-num-layers' && String(scalar) === '0');
  return isIdle ? settings.filter(({ name }) => !/^recompute-(?:num-layers|granularity|method)$/.test(name)) : settings;
}

const isOff = ({ name, scalar }: Setting): boolean => megatronSwitches.has(name) && /^false$/i.test(String(scalar));

/** The flags of a command that do something. */
export const withoutIdle = (settings: readonly Setting[]): readonly Setting[] =>
  withoutIdleRecompute(settings.filter((setting) => !isOff(setting)));
