/**
 * FLOPs of one step by the field's reporting conventions. A convention must be named wherever MFU or TFLOP/s is shown.
 *
 * - `megatron`: forward and backward of all matrix products, attention counted over the whole square
 *   (Narayanan et al. 2021, appendix; Megatron-LM megatron/training/training.py num_floating_point_operations).
 * - `palm`: 6 N + 12 L H Q T per token, N the parameters a token meets, without the embedding's look-up (Chowdhery et al.
 *   2022, appendix B).
 * - `causal`: as `megatron` with attention halved.
 * Hardware FLOPs add what recomputation runs again. Routed experts count for the tokens that visit them.
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import { type Block, countKinds, type Mixer } from '../model-shape.ts';
import { activeParameters } from '../parameters/model-parameters.ts';
import { recomputedShare } from '../training/recomputed-share.ts';
import type { Flops } from '../units.ts';
import { attendedPairs } from './attended-pairs.ts';
import { commonProducts, mixerProducts, mlpProducts, type Product } from './products.ts';

export type FlopsConvention = 'megatron' | 'palm' | 'causal';

export interface ForwardFlops {
  readonly linear: Flops;
  readonly attention: Flops;
  readonly head: Flops;
}

const area = (products: readonly Product[]): number => products.reduce((sum, [n, k]) => sum + n * k, 0);

/** Products of one layer per token: projections, MLP, and of the routed experts those that a token visits. */
export function linearFlopsPerToken(block: Block, hidden: number): Flops {
  const { mixer, feedForward, cross } = block;
  const mixing = (mixer ? area(mixerProducts(mixer, hidden, 1)) : 0) + (cross ? area(mixerProducts(cross, hidden, 1)) : 0);
  const common = feedForward ? area(commonProducts(feedForward, hidden, 1)) : 0;
  const routed =
    feedForward?.kind === 'moe'
      ? feedForward.topK * area(mlpProducts(feedForward.ffn, feedForward.gated, feedForward.latent || hidden, 1))
      : 0;
  return 2 * (mixing + common + routed);
}

/** What a mixer does between its projections, per token of a sequence of `length`; `causal` counts the masked half out. */
export function mixingFlopsPerToken(mixer: Mixer, length: number, causal: boolean): Flops {
  switch (mixer.kind) {
    case 'attention':
      return (4 * mixer.heads * mixer.headDim * attendedPairs(length, causal && mixer.causal, mixer.window)) / length;
    case 'mla':
      return (2 * mixer.heads * (mixer.nopeDim + mixer.ropeDim + mixer.valueDim) * attendedPairs(length, causal)) / length;
    case 'mamba1':
    case 'mamba2':
      // Discretise, decay, update and read the state (Megatron-LM training.py, mamba_layer_flops).
      return 7 * mixer.inner * mixer.state;
    case 'delta':
      // Decay, read, correct, write and query a state of key x value per head.
      return 8 * mixer.valueHeads * mixer.keyDim * mixer.valueDim;
  }
}

/** FLOPs of the forward pass over `tokens` tokens: matrix products of the layers, mixing, and output head. */
export function forwardFlops(job: TrainingJob, tokens: number, causal: boolean): ForwardFlops {
  const { model } = job;
  const counts = countKinds(model, 0, model.layers);
  let linear = 0;
  let attention = 0;
  model.blocks.forEach((block, kind) => {
    // A prediction layer is one more of the last kind, with a product of 2h x h in front.
    const extra = kind === (model.order.at(-1) ?? 0) ? model.mtpLayers : 0;
    const count = (counts[kind] ?? 0) + extra;
    linear += count * linearFlopsPerToken(block, model.hidden) + extra * 4 * model.hidden * model.hidden;
    for (const mixer of [block.mixer, block.cross]) {
      if (mixer) attention += count * mixingFlopsPerToken(mixer, job.sequenceLength, causal);
    }
  });
  const head = 2 * (1 + model.mtpLayers) * model.hidden * model.paddedVocab;
  const towers = towerFlops(job);
  return { linear: tokens * (linear + towers.linear), attention: tokens * (attention + towers.attention), head: tokens * head };
}

/** Towers, spread over the tokens of the sequence they belong to. */
function towerFlops(job: TrainingJob): { readonly linear: number; readonly attention: number } {
  let linear = 0;
  let attention = 0;
  for (const { block, hidden, layers, tokens } of job.model.towers) {
    const length = tokens > 0 ? tokens : job.sequenceLength;
    const share = (layers * length) / job.sequenceLength;
    linear += share * linearFlopsPerToken(block, hidden);
    if (block.mixer) attention += share * mixingFlopsPerToken(block.mixer, length, false);
  }
  return { linear, attention };
}

/** Model FLOPs of one step over `tokens` tokens. */
export function modelFlops(job: TrainingJob, tokens: number, convention: FlopsConvention): Flops {
  if (convention === 'palm') {
    const parameters = activeParameters(job.model) - (job.model.tiedEmbeddings ? 0 : job.model.paddedVocab * job.model.hidden);
    const { attention } = forwardFlops(job, tokens, false);
    return tokens * 6 * parameters + 3 * attention;
  }
  const forward = forwardFlops(job, tokens, convention === 'causal');
  return 3 * (forward.linear + forward.attention + forward.head);
}

/** Model FLOPs and those of recomputation, by the `megatron` way of counting. */
export function hardwareFlops(job: TrainingJob, tokens: number): Flops {
  const forward = forwardFlops(job, tokens, false);
  const once = 3 * (forward.linear + forward.attention + forward.head);
  const { granularity } = job.recompute;
  if (granularity === 'selective') return once + forward.attention;
  if (granularity === 'full') return once + (forward.linear + forward.attention) * recomputedShare(job);
  return once;
}
