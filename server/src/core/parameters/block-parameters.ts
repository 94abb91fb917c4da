/** Parameters of one layer on one rank, by what they are divided over. */
import type { Block, ModelShape } from '../model-shape.ts';
import { denseParameters, expertParameters } from './feed-forward-parameters.ts';
import { mixerParameters, type NormSize } from './mixer-parameters.ts';

/** How a layer's matrices are divided: TP, and EP with its own TP for the experts. */
export interface Split {
  readonly tensor: number;
  readonly expert: number;
  readonly expertTensor: number;
}

export const whole: Split = { tensor: 1, expert: 1, expertTensor: 1 };

export interface BlockParameters {
  readonly mixer: number;
  /** MLP, shared experts and router. */
  readonly feedForward: number;
  readonly norms: number;
  /** Everything but the routed experts. */
  readonly dense: number;
  /** Routed experts on this rank, which have a data-parallel group of their own. */
  readonly experts: number;
  readonly total: number;
}

/** Elements of one norm: RMSNorm has a weight, LayerNorm a bias too; some LayerNorms lack the bias or both. */
export function normSize(normalization: ModelShape['normalization']): NormSize {
  if (normalization === 'layernorm') return (width) => 2 * width;
  return normalization === 'layernorm-plain' ? () => 0 : (width) => width;
}

export function blockParameters(
  block: Block,
  hidden: number,
  normalization: ModelShape['normalization'],
  split: Split = whole,
): BlockParameters {
  const norm = normSize(normalization);
  const { tensor } = split;
  const cross = block.cross ? mixerParameters(block.cross, hidden, norm, tensor) : 0;
  const mixer = (block.mixer ? mixerParameters(block.mixer, hidden, norm, tensor) : 0) + cross;
  const { feedForward } = block;
  let plain = 0;
  let experts = 0;
  if (feedForward?.kind === 'dense') plain = denseParameters(feedForward, hidden, tensor);
  else if (feedForward) {
    const parts = expertParameters(feedForward, hidden, tensor);
    plain = parts.shared + parts.router;
    experts = (feedForward.experts * parts.each) / (split.expert * split.expertTensor);
  }
  const norms = block.norms * norm(hidden);
  const dense = mixer + plain + norms + (block.modulation ?? 0);
  return { mixer, feedForward: plain, norms, dense, experts, total: dense + experts };
}

/** Parameters of one layer that a token meets: of the routed experts only the `topK` it visits. */
export function activeBlockParameters(block: Block, hidden: number, normalization: ModelShape['normalization']): number {
  const { dense } = blockParameters(block, hidden, normalization);
  const { feedForward } = block;
  return feedForward?.kind === 'moe' ? dense + feedForward.topK * expertParameters(feedForward, hidden).each : dense;
}
