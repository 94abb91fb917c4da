/**
 * Which Megatron-LM a script was read as. Rules see it in the origin of a default: a script that is complete has some, and
 * they all name the release that its flags belong to.
 */
import type { Sources } from '../../origin.ts';

/** The 2021 releases and the DeepSpeed fork, which stayed behind: many checks and flags of today came later. */
const early = /^Megatron-LM v[12]\.|^Megatron-DeepSpeed/;

/** True when the script's flags show that it was written for a Megatron-LM before version 3, or for the DeepSpeed fork. */
export function isEarlyMegatron(sources: Sources): boolean {
  return Object.values(sources).some((origin) => origin.kind === 'default' && early.test(origin.release));
}
