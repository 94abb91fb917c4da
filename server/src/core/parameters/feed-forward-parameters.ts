/** Parameters of MLPs and experts (Shazeer 2020 for gates; Fedus et al. 2022; Dai et al. 2024). */
import type { DenseFeedForward, ExpertFeedForward } from '../model-shape.ts';

/** One MLP of width `ffn` between tensors of width `hidden`, on one of `tensor` ranks. */
export function mlpParameters(hidden: number, ffn: number, gated: boolean, bias: boolean, tensor = 1): number {
  const up = (gated ? 2 : 1) * ffn;
  return (hidden * up + ffn * hidden + (bias ? up : 0)) / tensor + (bias ? hidden : 0);
}

export function denseParameters({ ffn, gated, bias }: DenseFeedForward, hidden: number, tensor = 1): number {
  return mlpParameters(hidden, ffn, gated, bias, tensor);
}

export interface ExpertParameters {
  /** One routed expert, whole. */
  readonly each: number;
  /** Shared experts on one TP rank. */
  readonly shared: number;
  /** Router, gate of the shared expert and latent projections, kept whole on every rank. */
  readonly router: number;
}

export function expertParameters(feedForward: ExpertFeedForward, hidden: number, tensor = 1): ExpertParameters {
  const { experts, ffn, gated, bias, sharedFfn, sharedGate, routerBias, latent } = feedForward;
  const width = latent > 0 ? latent : hidden;
  return {
    each: mlpParameters(width, ffn, gated, bias),
    shared: sharedFfn > 0 ? mlpParameters(hidden, sharedFfn, gated, false, tensor) : 0,
    router: hidden * experts + (routerBias ? experts : 0) + (sharedGate ? hidden : 0) + (latent > 0 ? 2 * hidden * latent : 0),
  };
}
