/**
 * The matrix products of each kind of operator on one TP rank, as [n, k] of tokens x k times k x n (Shoeybi et al. 2019;
 * DeepSeek-AI 2024, section 2.1; Megatron-LM megatron/core/transformer and megatron/core/ssm).
 */
import type { FeedForward, Mixer } from '../model-shape.ts';
import { keyValueHeads } from '../parameters/mixer-parameters.ts';

export type Product = readonly [n: number, k: number];

/** Projections in and out of a mixer; what it does with tokens in between is not a product of this kind. */
export function mixerProducts(mixer: Mixer, hidden: number, tensor: number): readonly Product[] {
  switch (mixer.kind) {
    case 'attention': {
      const query = (mixer.heads * mixer.headDim) / tensor;
      const projected = query * (mixer.gate ? 2 : 1) + 2 * keyValueHeads(mixer.kvHeads, tensor) * mixer.headDim;
      return [
        [projected, hidden],
        [hidden, query],
      ];
    }
    case 'mla': {
      const heads = mixer.heads / tensor;
      const query = heads * (mixer.nopeDim + mixer.ropeDim);
      const queries: readonly Product[] =
        mixer.queryRank > 0
          ? [
              [mixer.queryRank, hidden],
              [query, mixer.queryRank],
            ]
          : [[query, hidden]];
      return [
        ...queries,
        [mixer.kvRank + mixer.ropeDim, hidden],
        [heads * (mixer.nopeDim + mixer.valueDim), mixer.kvRank],
        [hidden, heads * mixer.valueDim],
      ];
    }
    case 'mamba1': {
      const inner = mixer.inner / tensor;
      return [
        [2 * inner, hidden],
        [mixer.timeRank + 2 * mixer.state, inner],
        [inner, mixer.timeRank],
        [hidden, inner],
      ];
    }
    case 'mamba2': {
      const inner = mixer.inner / tensor;
      const states = (2 * mixer.groups * mixer.state) / Math.min(tensor, mixer.groups);
      return [
        [2 * inner + states + mixer.heads / tensor, hidden],
        [hidden, inner],
      ];
    }
    case 'delta': {
      const value = (mixer.valueHeads * mixer.valueDim) / tensor;
      const key = (mixer.keyHeads * mixer.keyDim) / tensor;
      return [
        [2 * key + 2 * value + (2 * mixer.valueHeads) / tensor, hidden],
        [hidden, value],
      ];
    }
  }
}

/** An MLP of width `ffn` between tensors of width `hidden`. */
export function mlpProducts(ffn: number, gated: boolean, hidden: number, tensor: number): readonly Product[] {
  return [
    [((gated ? 2 : 1) * ffn) / tensor, hidden],
    [hidden, ffn / tensor],
  ];
}

/** What every token goes through: the dense MLP, or router, latent projections and shared experts. */
export function commonProducts(feedForward: FeedForward, hidden: number, tensor: number): readonly Product[] {
  if (feedForward.kind === 'dense') return mlpProducts(feedForward.ffn, feedForward.gated, hidden, tensor);
  const { experts, latent, sharedFfn, gated } = feedForward;
  const latents: readonly Product[] =
    latent > 0
      ? [
          [latent, hidden],
          [hidden, latent],
        ]
      : [];
  return [[experts, hidden], ...latents, ...(sharedFfn > 0 ? mlpProducts(sharedFfn, gated, hidden, tensor) : [])];
}
