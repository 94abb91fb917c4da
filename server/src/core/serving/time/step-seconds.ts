/** The time of one forward pass of a serving engine. */
import { allReduceTime } from '../../comms/collectives.ts';
import { place } from '../../comms/network.ts';
import { type Device, gemmTime, streamTime } from '../../compute/gemm.ts';
import { groupedGemmTime } from '../../compute/grouped-gemm.ts';
import { commonProducts, mixerProducts, mlpProducts } from '../../compute/products.ts';
import type { ServingJob } from '../../estimate-inputs.ts';
import { type Block, countKinds } from '../../model-shape.ts';
import type { Seconds } from '../../units.ts';

/** Seconds of one layer's products and streaming kernels for `tokens` tokens. */
function blockSeconds(job: ServingJob, block: Block, linear: Device, plain: Device, tokens: number): Seconds {
  const { model, tensor } = job;
  const { mixer, feedForward } = block;
  const products = [
    ...(mixer ? mixerProducts(mixer, model.hidden, tensor) : []),
    ...(feedForward ? commonProducts(feedForward, model.hidden, tensor) : []),
  ];
  let seconds = products.reduce((sum, [n, k]) => sum + gemmTime(linear, tokens, n, k, false), 0);
  let wide = feedForward?.kind === 'dense' ? feedForward.ffn : (feedForward?.sharedFfn ?? 0);
  if (feedForward?.kind === 'moe') {
    // Few tokens do not reach every expert; those that are reached share the visits. Replicas serve each other's tokens.
    const visits = tokens * feedForward.topK;
    const replicas = job.dataParallel;
    const reached = (feedForward.experts * (1 - (1 - feedForward.topK / feedForward.experts) ** (tokens * replicas))) / replicas;
    for (const [n, k] of mlpProducts(feedForward.ffn, feedForward.gated, feedForward.latent || model.hidden, tensor)) {
      seconds += groupedGemmTime(linear, reached, visits / reached, n, k);
    }
    wide += feedForward.topK * feedForward.ffn;
  }
  return seconds + streamTime(plain, tokens * model.hidden * 2 * 10 + (tokens * wide * 6) / tensor);
}

/** `attention` is the time of the kinds of layer that mix tokens: `attention(block)`. */
export function stepSeconds(job: ServingJob, linear: Device, plain: Device, tokens: number, attention: (block: Block) => Seconds): Seconds {
  const { model, tensor } = job;
  const placement = place(job.cluster, { size: tensor, stride: 1 });
  const comm = 2 * allReduceTime(placement, tensor, tokens * model.hidden * 2);
  const head = gemmTime(plain, Math.min(tokens, job.maxSequences), model.paddedVocab / tensor, model.hidden, false);
  const counts = countKinds(model, 0, model.layers);
  return model.blocks.reduce(
    (sum, block, kind) => sum + (counts[kind] ?? 0) * (blockSeconds(job, block, linear, plain, tokens) + attention(block) + comm),
    head,
  );
}
