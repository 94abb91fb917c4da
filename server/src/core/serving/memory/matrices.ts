/**
 * The matrices of one layer on one GPU, which is what weight quantization works on; norms, biases, convolutions, step sizes and
 * the like stay in 16 bits under every scheme. Sizes with TP as in `parameters/mixer-parameters.ts`, of which these are the products.
 */
import type { Block, ExpertFeedForward, Mixer } from '../../model-shape.ts';
import { keyValueHeads } from '../../parameters/mixer-parameters.ts';

/** What checkpoints leave out of quantization, one by one; `attention` is all of it but the output projection. */
export type Part =
  | 'attention'
  | 'attention-output'
  | 'state-space'
  | 'mlp'
  | 'experts'
  | 'shared-experts'
  | 'router'
  | 'embedding'
  | 'head'
  | 'vision';

/** The categories by which llama.cpp's mixes tell tensors apart (src/llama-quant.cpp, tensor_category). */
export type TensorCategory =
  | 'q'
  | 'k'
  | 'v'
  | 'qkv'
  | 'kv-b'
  | 'output'
  | 'ffn-gate'
  | 'ffn-up'
  | 'ffn-down'
  | 'token-embedding'
  | 'head'
  | 'other';

export interface Matrix {
  readonly part: Part;
  readonly category: TensorCategory;
  /** Output features, or rows of a table, on this GPU. */
  readonly rows: number;
  /** Input features on this GPU: scales of groups run along them. */
  readonly columns: number;
  /** How many of it: experts. */
  readonly count: number;
}

export const elementsOf = ({ rows, columns, count }: Matrix): number => rows * columns * count;

/** How a layer is divided: what attends, what follows it, and the routed experts may each be so by another number. */
export interface ServingSplit {
  /** TP of attention: smaller than `tensor` where ranks attend to requests of their own. */
  readonly attention: number;
  readonly tensor: number;
  /** Ranks over which routed experts lie, whole or in slices. */
  readonly experts: number;
  /** Experts are placed whole instead of each in slices. */
  readonly wholeExperts: boolean;
}

const one = (part: Part, category: TensorCategory, rows: number, columns: number, count = 1): Matrix => ({
  part,
  category,
  rows,
  columns,
  count,
});

function mixerMatrices(mixer: Mixer, hidden: number, tensor: number): readonly Matrix[] {
  switch (mixer.kind) {
    case 'attention': {
      const query = (mixer.heads * mixer.headDim) / tensor;
      const keyValue = keyValueHeads(mixer.kvHeads, tensor) * mixer.headDim;
      return [
        one('attention', 'q', query * (mixer.gate ? 2 : 1), hidden),
        one('attention', 'k', keyValue, hidden),
        one('attention', 'v', keyValue, hidden),
        one('attention-output', 'output', hidden, query),
      ];
    }
    case 'mla': {
      const heads = mixer.heads / tensor;
      const queryWidth = heads * (mixer.nopeDim + mixer.ropeDim);
      const query =
        mixer.queryRank > 0
          ? [one('attention', 'other', mixer.queryRank, hidden), one('attention', 'q', queryWidth, mixer.queryRank)]
          : [one('attention', 'q', queryWidth, hidden)];
      const index = mixer.index
        ? [
            one('attention', 'other', mixer.index.heads * mixer.index.dim, mixer.queryRank),
            one('attention', 'other', mixer.index.dim, hidden),
          ]
        : [];
      return [
        ...query,
        one('attention', 'other', mixer.kvRank + mixer.ropeDim, hidden),
        one('attention', 'kv-b', heads * (mixer.nopeDim + mixer.valueDim), mixer.kvRank),
        one('attention-output', 'output', hidden, heads * mixer.valueDim),
        ...index,
      ];
    }
    case 'mamba1':
    case 'mamba2': {
      const inner = mixer.inner / tensor;
      const state = mixer.kind === 'mamba1' ? 0 : (2 * mixer.groups * mixer.state) / Math.min(tensor, mixer.groups) + mixer.heads / tensor;
      return [one('state-space', 'other', 2 * inner + state, hidden), one('state-space', 'other', hidden, inner)];
    }
    case 'delta': {
      const key = (mixer.keyHeads * mixer.keyDim) / tensor;
      const value = (mixer.valueHeads * mixer.valueDim) / tensor;
      // The output gate of a rank of its own is two narrow matrices, kept as they are.
      const gate = mixer.gateRank === undefined ? value : 0;
      return [one('state-space', 'other', 2 * key + value + gate, hidden), one('state-space', 'other', hidden, value)];
    }
  }
}

function mlp(part: Part, hidden: number, ffn: number, gated: boolean, count = 1): readonly Matrix[] {
  return [
    ...(gated ? [one(part, 'ffn-gate', ffn, hidden, count)] : []),
    one(part, 'ffn-up', ffn, hidden, count),
    one(part, 'ffn-down', hidden, ffn, count),
  ];
}

function expertMatrices(feedForward: ExpertFeedForward, hidden: number, split: ServingSplit): readonly Matrix[] {
  const { experts, ffn, gated, sharedFfn, latent } = feedForward;
  const width = latent > 0 ? latent : hidden;
  const routed = split.wholeExperts
    ? mlp('experts', width, ffn, gated, experts / split.experts)
    : mlp('experts', width, ffn / split.experts, gated, experts);
  const shared = sharedFfn > 0 ? mlp('shared-experts', hidden, sharedFfn / split.tensor, gated) : [];
  const projections = latent > 0 ? [one('shared-experts', 'other', latent, hidden), one('shared-experts', 'other', hidden, latent)] : [];
  return [...routed, ...shared, ...projections, one('router', 'other', experts, hidden)];
}

/** All matrices of one layer on one GPU. */
export function layerMatrices(block: Block, hidden: number, split: ServingSplit): readonly Matrix[] {
  const { mixer, cross, feedForward } = block;
  return [
    ...(mixer ? mixerMatrices(mixer, hidden, split.attention) : []),
    ...(cross ? mixerMatrices(cross, hidden, split.attention) : []),
    ...(feedForward?.kind === 'dense' ? mlp('mlp', hidden, feedForward.ffn / split.tensor, feedForward.gated) : []),
    ...(feedForward?.kind === 'moe' ? expertMatrices(feedForward, hidden, split) : []),
  ];
}
