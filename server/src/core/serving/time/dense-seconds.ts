/** What a step spends on its tokens whatever they attend to: products and streaming kernels of the layers. */
import { type Device, streamTime } from '../../compute/gemm.ts';
import { commonProducts, mixerProducts, mlpProducts } from '../../compute/products.ts';
import type { ServingJob } from '../../estimate-inputs.ts';
import { type Block, countKinds, type ExpertFeedForward } from '../../model-shape.ts';
import type { Seconds } from '../../units.ts';
import type { ServingDevices } from './devices.ts';
import { productSeconds } from './narrow-products.ts';

/** Experts of one rank that `tokens` of each replica reach, drawn evenly. */
export function expertsReached({ experts, topK }: ExpertFeedForward, tokens: number, replicas: number): number {
  return (experts * (1 - (1 - topK / experts) ** (tokens * replicas))) / replicas;
}

/** Products of the experts: few tokens do not reach all; those reached share the visits. Replicas serve each other's tokens. */
function expertSeconds(job: ServingJob, experts: ExpertFeedForward, linear: Device, tokens: number): Seconds {
  const reached = expertsReached(experts, tokens, job.dataParallel);
  const visits = tokens * experts.topK;
  const products = mlpProducts(experts.ffn, experts.gated, experts.latent || job.model.hidden, job.tensor);
  return products.reduce((sum, [n, k]) => sum + productSeconds(linear, reached, visits / reached, n, k), 0);
}

/** Seconds of one layer's products and streaming kernels for `tokens` tokens. */
function blockSeconds(job: ServingJob, { mixer, feedForward }: Block, devices: ServingDevices, tokens: number): Seconds {
  const { model, tensor } = job;
  const { linear, plain, serving } = devices;
  const products = [
    ...(mixer ? mixerProducts(mixer, model.hidden, tensor) : []),
    ...(feedForward ? commonProducts(feedForward, model.hidden, tensor) : []),
  ];
  let seconds = products.reduce((sum, [n, k]) => sum + productSeconds(linear, 1, tokens, n, k), 0);
  let wide = feedForward?.kind === 'dense' ? feedForward.ffn : (feedForward?.sharedFfn ?? 0);
  if (feedForward?.kind === 'moe') {
    seconds += serving.routeFloor + expertSeconds(job, feedForward, linear, tokens);
    wide += feedForward.topK * feedForward.ffn;
  }
  const floors = (serving.streamKernels - 1) * plain.calibration.kernelFloor;
  return seconds + floors + streamTime(plain, tokens * model.hidden * 2 * 10 + (tokens * wide * 6) / tensor);
}

/** Seconds of all layers for `tokens` tokens, without what tokens read of each other and without collectives. */
export function denseSeconds(job: ServingJob, devices: ServingDevices, tokens: number): Seconds {
  const counts = countKinds(job.model, 0, job.model.layers);
  return job.model.blocks.reduce((sum, block, kind) => sum + (counts[kind] ?? 0) * blockSeconds(job, block, devices, tokens), 0);
}

/** Seconds from the last layer to the drawn tokens: head, and the logits through the sampler in fp32. */
export function headSeconds(job: ServingJob, { plain }: ServingDevices, sampled: number): Seconds {
  const { model, tensor } = job;
  return productSeconds(plain, 1, sampled, model.paddedVocab / tensor, model.hidden) + streamTime(plain, sampled * model.paddedVocab * 12);
}
