/** Which heads an all-to-all over a context-parallel group deals out, and whether they can be dealt out evenly. */
import type { PartialJob } from '../../job-fields.ts';
import { keyValueHeads } from '../../parameters/mixer-parameters.ts';
import { isCount } from './numbers.ts';

/** Heads of one tensor-parallel rank that do not fit the group. */
export interface UnfitHeads {
  readonly what: 'attention' | 'KV';
  readonly heads: number;
}

/**
 * The heads that cannot be dealt out, or undefined when all can or it is not known. Transformer Engine divides the queries
 * and the keys of a tensor-parallel rank (AttnFuncWithCPAndQKVOA2A). DeepSpeed's layer deals out uneven heads too, but
 * Megatron-DeepSpeed asserts that the group divides all heads (ParallelAttention), and the layer that every member gets one.
 */
export function unfitHeads(job: PartialJob, framework: string): UnfitHeads | undefined {
  const { 'model.heads': heads, 'model.kvHeads': kvHeads, 'parallel.tensor': tensor = 1, 'parallel.context': context } = job;
  if (job['parallel.contextKind'] !== 'all-to-all' || !isCount(context) || context === 1) return undefined;
  // Heads that TP does not divide are told by the rule about them.
  if (!isCount(heads) || !isCount(tensor) || heads % tensor !== 0) return undefined;
  const mine = heads / tensor;
  if (framework === 'megatron-lm' && job['zero.implementation'] === 'deepspeed')
    return heads % context !== 0 || mine < context ? { what: 'attention', heads: mine } : undefined;
  if (mine % context !== 0) return { what: 'attention', heads: mine };
  if (!isCount(kvHeads) || job['model.attentionKind'] === 'MLA') return undefined;
  const kept = keyValueHeads(kvHeads, tensor);
  if (!isCount(kept) || kept % context === 0) return undefined;
  // DeepSpeed's layer for Hugging Face models copies KV heads (UlyssesSPAttentionHF).
  return framework === 'deepspeed' && context % kept === 0 ? undefined : { what: 'KV', heads: kept };
}
