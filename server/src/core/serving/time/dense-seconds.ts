/** What a step spends on its tokens whatever they attend to: products and streaming kernels of the layers, and the head. */
import { streamTime } from '../../compute/gemm.ts';
import type { ServingJob } from '../../estimate-inputs.ts';
import { type Block, countKinds, type ExpertFeedForward } from '../../model-shape.ts';
import type { Seconds } from '../../units.ts';
import type { ServingDevices } from './devices.ts';
import { type LayerProduct, layerProducts } from './layer-products.ts';
import { productSeconds } from './narrow-products.ts';

/** Experts of all that `tokens` reach when each draws evenly and on its own. */
export function expertsReached({ experts, topK }: ExpertFeedForward, tokens: number): number {
  return experts * (1 - (1 - topK / experts) ** tokens);
}

/** Few tokens do not reach all experts, and those reached share the visits. Replicas serve each other's tokens. */
function expertSeconds(experts: ExpertFeedForward, { device, count, n, k }: LayerProduct, all: number, spread: number): Seconds {
  const reached = expertsReached(experts, 1 + (all - 1) * spread);
  return productSeconds(device, (reached * count) / experts.experts, (all * experts.topK) / reached, n, k);
}

/** Attention groups inside TP work on their own requests only. */
const ownParts: ReadonlySet<string> = new Set(['attention', 'attention-output', 'state-space']);

function blockTimer(job: ServingJob, devices: ServingDevices, block: Block): (tokens: number) => Seconds {
  const { model, tensor } = job;
  const { plain, serving } = devices;
  const { feedForward } = block;
  const products = layerProducts(job, devices, block);
  const experts = feedForward?.kind === 'moe' ? feedForward : undefined;
  const visited = experts ? experts.topK * experts.ffn + experts.sharedFfn : 0;
  const wide = feedForward?.kind === 'dense' ? feedForward.ffn : visited;
  const floors = (serving.streamKernels - 1) * plain.calibration.kernelFloor + (experts ? serving.routeFloor : 0);
  const streamed = model.hidden * 2 * 10 + (wide * 6) / tensor;
  return (tokens) => {
    let seconds = floors + streamTime(plain, tokens * streamed);
    for (const product of products) {
      const { part, device, count, n, k } = product;
      if (experts && part === 'experts') seconds += expertSeconds(experts, product, tokens * job.dataParallel, serving.expertSpread);
      else seconds += productSeconds(device, count, ownParts.has(part) ? tokens / job.attentionData : tokens, n, k);
    }
    return seconds;
  };
}

/** Seconds of all layers for `tokens` tokens, without what tokens read of each other and without collectives. */
export function layersTimer(job: ServingJob, devices: ServingDevices): (tokens: number) => Seconds {
  const counts = countKinds(job.model, 0, job.model.layers);
  const timers = job.model.blocks.map((block) => blockTimer(job, devices, block));
  return (tokens) => timers.reduce((sum, timer, kind) => sum + (counts[kind] ?? 0) * timer(tokens), 0);
}

/** Seconds from the last layer to the drawn tokens: head, and the logits through the sampler in fp32. */
export function headSeconds(job: ServingJob, { plain }: ServingDevices, sampled: number): Seconds {
  const { model, tensor } = job;
  return productSeconds(plain, 1, sampled, model.paddedVocab / tensor, model.hidden) + streamTime(plain, sampled * model.paddedVocab * 12);
}
