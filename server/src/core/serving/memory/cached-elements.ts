/**
 * Numbers one token leaves in the cache of one layer on one TP rank: keys and values of its KV heads (Kwon et al. 2023),
 * or the compressed pair of MLA, which every rank keeps whole (DeepSeek-AI 2024, section 2.1.2). State-space layers keep a
 * state per sequence, not per token.
 */
import type { Block, ModelShape } from '../../model-shape.ts';
import { keyValueHeads } from '../../parameters/mixer-parameters.ts';

export function cachedElements({ mixer }: Block, tensor: number): number {
  if (mixer?.kind === 'attention') return 2 * keyValueHeads(mixer.kvHeads, tensor) * mixer.headDim;
  if (mixer?.kind === 'mla') return mixer.kvRank + mixer.ropeDim;
  return 0;
}

/** Over all layers of the model, on one TP rank. */
export function cachedElementsPerToken(model: ModelShape, counts: readonly number[], tensor: number): number {
  return model.blocks.reduce((sum, block, kind) => sum + (counts[kind] ?? 0) * cachedElements(block, tensor), 0);
}
