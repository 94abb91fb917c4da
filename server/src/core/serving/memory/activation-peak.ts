/**
 * The most memory that a forward pass of a full batch takes beside weights and cache: the tensors of the widest MLP, or what drawing
 * tokens from the logits of all sequences takes.
 */
import type { ServingJob } from '../../estimate-inputs.ts';
import type { Block, FeedForward } from '../../model-shape.ts';
import type { Bytes } from '../../units.ts';

/** 16-bit tensors of hidden width that live beside the MLP's: residual, its input, its output, and one in the allocator's hands. */
const hiddenTensors = 4;

/** Elements of a token's MLP on one GPU: both halves of a gated one and their product. */
function mlpWidth(feedForward: FeedForward | undefined, tensor: number, hidden: number): number {
  if (feedForward === undefined) return 0;
  const tensors = feedForward.gated ? 3 : 2;
  if (feedForward.kind === 'dense') return (feedForward.ffn * tensors) / tensor;
  // Each token's chosen experts have inputs and outputs of their own.
  return (
    (feedForward.topK * feedForward.ffn * tensors + feedForward.sharedFfn * tensors) / tensor +
    feedForward.topK * (feedForward.latent || hidden)
  );
}

const widest = (blocks: readonly Block[], tensor: number, hidden: number): number =>
  blocks.reduce((most, { feedForward }) => Math.max(most, mlpWidth(feedForward, tensor, hidden)), 0);

/** Tensors of a forward pass of `tokens` tokens. */
export function forwardPeak({ model, tensor }: ServingJob, tokens: number): Bytes {
  return 2 * tokens * (widest(model.blocks, tensor, model.hidden) + hiddenTensors * model.hidden);
}

/** An encoder over the tokens of one sample, run while the language model's own tensors rest. */
export function encoderPeak({ model, tensor, maxBatchedTokens }: ServingJob): Bytes {
  return model.towers.reduce((most, { hidden, tokens, block }) => {
    const patches = Math.max(tokens, maxBatchedTokens);
    return Math.max(most, 2 * patches * (mlpWidth(block.feedForward, tensor, hidden) + (hiddenTensors + 3) * hidden));
  }, 0);
}

/** Drawing from the logits of `sequences` sequences: `perLogit` bytes for each, and a gathered copy that is reordered where TP splits the vocabulary. */
export function samplerPeak({ model, tensor }: ServingJob, sequences: number, perLogit: number): Bytes {
  return sequences * model.paddedVocab * (perLogit + (tensor > 1 ? 4 : 0));
}
