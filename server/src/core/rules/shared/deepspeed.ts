/** Which jobs obey DeepSpeed's configuration checks. */
import type { JobFields } from '../../job-fields.ts';

/** A DeepSpeed file, or a Megatron launch that hands sharding to DeepSpeed. Megatron-LM's own sharding has other options. */
export function isDeepSpeed(framework: string, implementation: JobFields['zero.implementation'] | undefined): boolean {
  return framework === 'deepspeed' || implementation === 'deepspeed';
}
