/** From the fields of a job to the MLP or the experts of one layer. */
import type { PartialJob } from '../job-fields.ts';
import type { DenseFeedForward, ExpertFeedForward } from '../model-shape.ts';

/** Letters of a feed-forward pattern (`model.ffnPattern`). */
export type FeedForwardLetter = '-' | 'E' | '.';

export function denseOf(job: PartialJob, ffn: number, gated: boolean, linearBias: boolean): DenseFeedForward {
  return { kind: 'dense', ffn, gated, bias: job['model.mlpBias'] ?? linearBias };
}

/** `ffn` is the width of a dense layer, which the experts have too unless they have one of their own. */
export function expertsOf(job: PartialJob, ffn: number, gated: boolean): ExpertFeedForward {
  return {
    kind: 'moe',
    experts: job['model.experts'] ?? 1,
    topK: job['model.expertsPerToken'] ?? 1,
    ffn: job['model.expertFfn'] ?? ffn,
    gated,
    bias: job['model.expertBias'] ?? false,
    sharedFfn: job['model.sharedExpertFfn'] ?? 0,
    sharedGate: job['model.sharedExpertGate'] ?? false,
    routerBias: job['model.routerBias'] ?? false,
    latent: job['model.expertLatent'] ?? 0,
    capacityFactor: job['model.expertCapacityFactor'] ?? 0,
  };
}

/** One letter a layer for a model whose pattern is told by the fields of the experts. */
export function feedForwardPattern(job: PartialJob, layers: number): string {
  const written = job['model.ffnPattern'];
  if (written !== undefined) return written;
  if ((job['model.experts'] ?? 0) <= 1) return '';
  const first = Math.min(layers, job['model.firstDenseLayers'] ?? 0);
  const every = Math.max(1, job['model.expertLayerFrequency'] ?? 1);
  if (first === 0 && every === 1) return 'E';
  let pattern = '';
  // Layers count from 0, and every n-th has experts (Megatron-LM transformer_block spec, moe_layer_freq).
  for (let layer = 0; layer < layers; layer++) pattern += layer >= first && layer % every === 0 ? 'E' : '-';
  return pattern;
}
