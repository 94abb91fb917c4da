/**
 * The shape of a model as the formulas need it: complete, nothing optional left unknown. A model is a list of blocks,
 * and blocks may differ; equal ones share one description, and `order` says which layer is of which kind.
 */
import type { Activation, Normalization, PositionEmbedding } from './job-fields.ts';

/** Softmax attention over keys and values of their own (MHA, MQA, GQA), over everything or over a window. */
export interface AttentionMixer {
  readonly kind: 'attention';
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Tokens a position looks back on; absent: all of them. */
  readonly window?: number;
  readonly qkvBias: boolean;
  readonly outBias: boolean;
  /** Norms of queries and keys: over one head, over the whole width, or none. */
  readonly qkNorm: 'none' | 'head' | 'width';
  /** A second half of the query projection gates the output. */
  readonly gate: boolean;
  readonly sinks: boolean;
  readonly causal: boolean;
}

/** Multi-head latent attention (DeepSeek-AI 2024, DeepSeek-V2, section 2.1). */
export interface LatentMixer {
  readonly kind: 'mla';
  readonly heads: number;
  /** Rank of the compressed queries; 0: queries are projected directly. */
  readonly queryRank: number;
  readonly kvRank: number;
  /** Parts of a query or key head without and with rotary position. */
  readonly nopeDim: number;
  readonly ropeDim: number;
  readonly valueDim: number;
  readonly bias: boolean;
  /** The indexer that picks the tokens to attend to (DeepSeek-V3.2); absent: every token is attended to. */
  readonly index?: { readonly heads: number; readonly dim: number; readonly tokens: number };
}

/** Mamba (Gu and Dao 2023) and Mamba-2 (Dao and Gu 2024). */
export interface StateSpaceMixer {
  readonly kind: 'mamba1' | 'mamba2';
  readonly inner: number;
  readonly state: number;
  /** 1 in Mamba-1. */
  readonly heads: number;
  readonly groups: number;
  readonly conv: number;
  /** Rank of the step sizes; 0 in Mamba-2. */
  readonly timeRank: number;
  readonly bias: boolean;
  readonly convBias: boolean;
  /** Norms of step, input and output, as in Jamba. */
  readonly innerNorms?: boolean;
}

/** Gated delta rule (Yang et al. 2024), the linear attention of Qwen3-Next and its kin. */
export interface DeltaMixer {
  readonly kind: 'delta';
  readonly keyHeads: number;
  readonly valueHeads: number;
  readonly keyDim: number;
  readonly valueDim: number;
  readonly conv: number;
  /** Inner width of the decay and output gates per channel (Kimi Delta Attention); absent: gates per head. */
  readonly gateRank?: number;
  /** The state fades at a fixed rate per head: no convolution, step sizes or learned decay (Lightning Attention). */
  readonly fixedDecay?: boolean;
}

export type Mixer = AttentionMixer | LatentMixer | StateSpaceMixer | DeltaMixer;

export interface DenseFeedForward {
  readonly kind: 'dense';
  /** Width of one gate when gated. */
  readonly ffn: number;
  readonly gated: boolean;
  readonly bias: boolean;
}

/** Routed experts, and shared ones that every token visits (Fedus et al. 2022; Dai et al. 2024). */
export interface ExpertFeedForward {
  readonly kind: 'moe';
  readonly experts: number;
  readonly topK: number;
  /** Width of one routed expert. */
  readonly ffn: number;
  readonly gated: boolean;
  readonly bias: boolean;
  /** Width of all shared experts together; 0: none. */
  readonly sharedFfn: number;
  readonly sharedGate: boolean;
  readonly routerBias: boolean;
  /** Width tokens are projected to before they travel; 0: the hidden size itself. */
  readonly latent: number;
  /** Tokens an expert takes at most against an even share; 0: none is dropped. */
  readonly capacityFactor: number;
}

export type FeedForward = DenseFeedForward | ExpertFeedForward;

/** One kind of layer. Either half may be missing, as in Nemotron-H, whose layers hold one operator each. */
export interface Block {
  readonly mixer?: Mixer;
  readonly feedForward?: FeedForward;
  /** Attention over an encoder's output, in the decoder of an encoder-decoder model. */
  readonly cross?: AttentionMixer;
  /** Norms of hidden width. */
  readonly norms: number;
  /** Mixer and feed-forward read the same input. */
  readonly parallel: boolean;
  /** Elements that a sample meets once instead of every token: the adaptive norms of diffusion transformers. */
  readonly modulation?: number;
}

/** A stack beside the main one: an image encoder, or the encoder of an encoder-decoder model. */
export interface Tower {
  readonly label: string;
  readonly hidden: number;
  readonly layers: number;
  readonly block: Block;
  readonly normalization: Normalization;
  /** Tokens of one sample that run through it; 0: as many as the sequence has. */
  readonly tokens: number;
  /** Embeddings, norms and projector outside its blocks. */
  readonly otherParameters: number;
}

export interface ModelShape {
  readonly layers: number;
  readonly hidden: number;
  /** The kinds of layer that occur. */
  readonly blocks: readonly Block[];
  /** Kind of every layer, as an index into `blocks`; empty when all are of the first. */
  readonly order: readonly number[];
  readonly activation: Activation;
  readonly vocab: number;
  /** Rows of the embedding really stored, after the framework's padding. */
  readonly paddedVocab: number;
  readonly tiedEmbeddings: boolean;
  readonly positionEmbedding: PositionEmbedding;
  readonly maxPositions: number;
  readonly normalization: Normalization;
  /** Multi-token prediction layers: each a block of the last kind with a projection and two norms, and a pass through the head. */
  readonly mtpLayers: number;
  readonly towers: readonly Tower[];
  /** Parameters outside blocks, embedding, head and towers. */
  readonly otherParameters: number;
}

/** Layers of each kind among those from `from` to `to` (exclusive): `counts[kind]`. */
export function countKinds(model: ModelShape, from: number, to: number): readonly number[] {
  if (model.order.length === 0) return [Math.max(0, to - from)];
  const counts = new Array<number>(model.blocks.length).fill(0);
  for (let layer = from; layer < to; layer++) {
    const kind = model.order[layer] ?? 0;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** The first attention of the model that splits by heads, or undefined when there is none. */
export function firstAttention(model: ModelShape): AttentionMixer | LatentMixer | undefined {
  for (const { mixer } of model.blocks) if (mixer?.kind === 'attention' || mixer?.kind === 'mla') return mixer;
  return undefined;
}

export function firstExperts(model: ModelShape): ExpertFeedForward | undefined {
  for (const { feedForward } of model.blocks) if (feedForward?.kind === 'moe') return feedForward;
  return undefined;
}
