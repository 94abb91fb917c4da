/**
 * The matrix products of each kind of operator on one TP rank, as [n, k] of tokens x k times k x n (Shoeybi et al. 2019;
 * DeepSeek-AI 2024, section 2.1; Megatron-LM megatron/core/transformer and megatron/core/ssm).
 */
import type { FeedForward, Mixer } from '../model-shape.ts';
import { keyValueHeads } from '../parameters/mixer-parameters.ts';

/** Rows of the weight, its columns, and what the product is called. */
export type Product = readonly [n: number, k: number, label: string];

/** Projections in and out of a mixer; what it does with tokens in between is not a product of this kind. */
export function mixerProducts(mixer: Mixer, hidden: number, tensor: number): readonly Product[] {
  switch (mixer.kind) {
    case 'attention': {
      const query = (mixer.heads * mixer.headDim) / tensor;
      const projected = query * (mixer.gate ? 2 : 1) + 2 * keyValueHeads(mixer.kvHeads, tensor) * mixer.headDim;
      return [
        [projected, hidden, 'Query, key and value projections'],
        [hidden, query, 'Attention output'],
      ];
    }
    case 'mla': {
      const heads = mixer.heads / tensor;
      const query = heads * (mixer.nopeDim + mixer.ropeDim);
      const queries: readonly Product[] =
        mixer.queryRank > 0
          ? [
              [mixer.queryRank, hidden, 'Query compression'],
              [query, mixer.queryRank, 'Queries from their compression'],
            ]
          : [[query, hidden, 'Query projection']];
      return [
        ...queries,
        [mixer.kvRank + mixer.ropeDim, hidden, 'Key and value compression'],
        [heads * (mixer.nopeDim + mixer.valueDim), mixer.kvRank, 'Keys and values from their compression'],
        [hidden, heads * mixer.valueDim, 'Attention output'],
      ];
    }
    case 'mamba1': {
      const inner = mixer.inner / tensor;
      return [
        [2 * inner, hidden, 'Input projection'],
        [mixer.timeRank + 2 * mixer.state, inner, 'Projections of the state'],
        [inner, mixer.timeRank, 'Step sizes'],
        [hidden, inner, 'Output projection'],
      ];
    }
    case 'mamba2': {
      const inner = mixer.inner / tensor;
      const states = (2 * mixer.groups * mixer.state) / Math.min(tensor, mixer.groups);
      return [
        [2 * inner + states + mixer.heads / tensor, hidden, 'Input projection'],
        [hidden, inner, 'Output projection'],
      ];
    }
    case 'delta': {
      const value = (mixer.valueHeads * mixer.valueDim) / tensor;
      const key = (mixer.keyHeads * mixer.keyDim) / tensor;
      return [
        [2 * key + 2 * value + (2 * mixer.valueHeads) / tensor, hidden, 'Input projection'],
        [hidden, value, 'Output projection'],
      ];
    }
  }
}

/** An MLP of width `ffn` between tensors of width `hidden`. */
export function mlpProducts(ffn: number, gated: boolean, hidden: number, tensor: number): readonly Product[] {
  return [
    [((gated ? 2 : 1) * ffn) / tensor, hidden, gated ? 'MLP gate and up' : 'MLP up'],
    [hidden, ffn / tensor, 'MLP down'],
  ];
}

/** What every token goes through: the dense MLP, or router, latent projections and shared experts. */
export function commonProducts(feedForward: FeedForward, hidden: number, tensor: number): readonly Product[] {
  if (feedForward.kind === 'dense') return mlpProducts(feedForward.ffn, feedForward.gated, hidden, tensor);
  const { experts, latent, sharedFfn, gated } = feedForward;
  const latents: readonly Product[] =
    latent > 0
      ? [
          [latent, hidden, 'Into the latent width'],
          [hidden, latent, 'Out of the latent width'],
        ]
      : [];
  return [[experts, hidden, 'Router'], ...latents, ...(sharedFfn > 0 ? mlpProducts(sharedFfn, gated, hidden, tensor) : [])];
}
