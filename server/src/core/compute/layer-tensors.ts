/** Weights and biases of one layer as tensors of their own, as hooks and gathers meet them. */
import type { Block, FeedForward, Mixer } from '../model-shape.ts';

function mixerTensors(mixer: Mixer): number {
  if (mixer.kind !== 'attention') return mixer.kind === 'mla' ? 6 : 7;
  return 4 + (mixer.qkvBias ? 3 : 0) + (mixer.outBias ? 1 : 0) + (mixer.qkNorm === 'none' ? 0 : 2);
}

function feedForwardTensors(feedForward: FeedForward): number {
  const matrices = feedForward.gated ? 3 : 2;
  if (feedForward.kind === 'dense') return matrices * (feedForward.bias ? 2 : 1);
  return feedForward.experts * matrices + 1 + (feedForward.sharedFfn > 0 ? matrices : 0);
}

export function layerTensors(block: Block): number {
  return block.norms + (block.mixer ? mixerTensors(block.mixer) : 0) + (block.feedForward ? feedForwardTensors(block.feedForward) : 0);
}
