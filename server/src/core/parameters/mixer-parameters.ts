/**
 * Parameters of what mixes tokens. With TP the matrices divide by t; compressions (MLA), row-parallel biases and norms do
 * not (Shoeybi et al. 2019, section 3; Megatron-LM megatron/core/transformer/{attention,multi_latent_attention}.py,
 * megatron/core/ssm/mamba_mixer.py).
 */
import type { AttentionMixer, DeltaMixer, LatentMixer, Mixer, StateSpaceMixer } from '../model-shape.ts';

/** Elements of one norm of `width`: a weight, and a bias where the model has biased norms. */
export type NormSize = (width: number) => number;

/** Key/value heads on one TP rank: fewer heads than ranks are kept whole on each (Megatron-LM core/transformer/attention.py). */
export function keyValueHeads(kvHeads: number, tensor: number): number {
  return Math.max(1, kvHeads / tensor);
}

/** Elements on one of `tensor` TP ranks. */
export function mixerParameters(mixer: Mixer, hidden: number, norm: NormSize, tensor = 1): number {
  switch (mixer.kind) {
    case 'attention':
      return attention(mixer, hidden, norm, tensor);
    case 'mla':
      return latent(mixer, hidden, norm, tensor);
    case 'mamba1':
    case 'mamba2':
      return stateSpace(mixer, hidden, tensor);
    case 'delta':
      return delta(mixer, hidden, tensor);
  }
}

function attention(mixer: AttentionMixer, hidden: number, norm: NormSize, tensor: number): number {
  const query = (mixer.heads * mixer.headDim) / tensor;
  const keyValue = 2 * keyValueHeads(mixer.kvHeads, tensor) * mixer.headDim;
  const projected = query * (mixer.gate ? 2 : 1) + keyValue;
  const biases = (mixer.qkvBias ? projected : 0) + (mixer.outBias ? hidden : 0);
  const span = mixer.qkNorm === 'head' ? norm(mixer.headDim) * 2 : mixer.qkNorm === 'width' ? norm(query) + norm(keyValue / 2) : 0;
  return hidden * projected + query * hidden + biases + span + (mixer.sinks ? mixer.heads / tensor : 0);
}

/** Down-projections and their norms are kept whole on every TP rank. */
function latent(mixer: LatentMixer, hidden: number, norm: NormSize, tensor: number): number {
  const heads = mixer.heads / tensor;
  const queryWidth = heads * (mixer.nopeDim + mixer.ropeDim);
  const query =
    mixer.queryRank > 0
      ? hidden * mixer.queryRank + (mixer.bias ? mixer.queryRank : 0) + norm(mixer.queryRank) + mixer.queryRank * queryWidth
      : hidden * queryWidth;
  const compressed = mixer.kvRank + mixer.ropeDim;
  const keyValue =
    hidden * compressed + (mixer.bias ? compressed : 0) + norm(mixer.kvRank) + mixer.kvRank * heads * (mixer.nopeDim + mixer.valueDim);
  return query + keyValue + heads * mixer.valueDim * hidden + (mixer.bias ? hidden : 0) + indexer(mixer, hidden);
}

/** Queries from the compressed ones, one key with a LayerNorm, and a weight per head; kept whole on every rank. */
function indexer({ index, queryRank }: LatentMixer, hidden: number): number {
  return index ? queryRank * index.heads * index.dim + hidden * index.dim + 2 * index.dim + hidden * index.heads : 0;
}

function stateSpace(mixer: StateSpaceMixer, hidden: number, tensor: number): number {
  const { state, heads, groups, conv, timeRank, bias, convBias } = mixer;
  const inner = mixer.inner / tensor;
  if (mixer.kind === 'mamba1') {
    const input = hidden * 2 * inner + (bias ? 2 * inner : 0);
    const short = inner * (conv + (convBias ? 1 : 0));
    const steps = inner * (timeRank + 2 * state) + timeRank * inner + inner;
    const norms = mixer.innerNorms ? timeRank + 2 * state : 0;
    return input + short + steps + norms + inner * state + inner + inner * hidden + (bias ? hidden : 0);
  }
  const stateWidth = (2 * groups * state) / Math.min(tensor, groups);
  const projected = 2 * inner + stateWidth + heads / tensor;
  const short = (inner + stateWidth) * (conv + (convBias ? 1 : 0));
  // Step bias, decay and skip per head; the gated norm spans the inner width.
  return hidden * projected + (bias ? projected : 0) + short + (3 * heads) / tensor + inner + inner * hidden + (bias ? hidden : 0);
}

function delta(mixer: DeltaMixer, hidden: number, tensor: number): number {
  const key = (mixer.keyHeads * mixer.keyDim) / tensor;
  const value = (mixer.valueHeads * mixer.valueDim) / tensor;
  // Queries, keys, values and an output gate, with a norm over the whole width.
  if (mixer.fixedDecay) return hidden * (2 * key + 2 * value) + value + value * hidden;
  const short = (2 * key + value) * mixer.conv;
  if (mixer.gateRank !== undefined) {
    // Both gates go through a narrow product each; the decay has a bias per channel and one factor per head.
    const gates = 2 * mixer.gateRank * (hidden + value) + value + mixer.valueHeads / tensor;
    const projected = 2 * key + value + mixer.valueHeads / tensor;
    return hidden * projected + gates + short + mixer.valueDim + value * hidden;
  }
  const projected = 2 * key + 2 * value + (2 * mixer.valueHeads) / tensor;
  // Step bias and decay per value head; the gated norm spans one head.
  return hidden * projected + short + (2 * mixer.valueHeads) / tensor + mixer.valueDim + value * hidden;
}
