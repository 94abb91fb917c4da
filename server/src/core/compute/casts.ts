/** What fp8 costs beside the products: tensors are read in 16 bits and written in 8. */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Block } from '../model-shape.ts';
import type { Bytes } from '../units.ts';
import { expertPairs } from './expert-work.ts';
import { commonProducts, mixerProducts, mlpProducts, type Product } from './products.ts';

/**
 * Bytes an element costs to quantize. Transformer Engine reads 16 bits and writes 8 along rows and along columns, since the
 * products of the backward pass read the other way (common/transpose/cast_transpose.cu); scales known beforehand (delayed)
 * or made block by block need no pass more. torchao's scale of the whole tensor does, and without a compiler every operator
 * of its cast writes what the next one reads (torchao/float8/float8_utils.py).
 */
export function castBytes(job: TrainingJob): Bytes {
  if (job.framework.startsWith('megatron') || job.precision.fp8Recipe !== 'tensorwise') return 4;
  return job.compiled ? 6 : 27;
}

/** Widths of what goes into the products of a layer, and of the gradients that come back to them, per token. */
export function castWidths(job: TrainingJob, block: Block, tokens: number): { readonly inputs: number; readonly outputs: number } {
  const { hidden } = job.model;
  const { tensor, expertTensor } = job.parallel;
  const { mixer, cross, feedForward } = block;
  let inputs = 0;
  let outputs = 0;
  const count = (products: readonly Product[], visits: number): void => {
    for (const [n, k] of products) {
      inputs += visits * k;
      outputs += visits * n;
    }
  };
  if (mixer) count(mixerProducts(mixer, hidden, tensor), 1);
  if (cross) count(mixerProducts(cross, hidden, tensor), 1);
  if (feedForward) count(commonProducts(feedForward, hidden, tensor), 1);
  if (feedForward?.kind === 'moe') {
    const visits = expertPairs(job, feedForward, tokens) / tokens;
    const products = mlpProducts(feedForward.ffn, feedForward.gated, feedForward.latent || hidden, expertTensor);
    // Fused experts cast what goes from one product to the next on the way.
    if (!job.kernels.fusedExperts) count(products, visits);
    else inputs += visits * (products[0]?.[1] ?? 0);
    if (job.kernels.fusedExperts) outputs += visits * (products.at(-1)?.[0] ?? 0);
  }
  return { inputs, outputs };
}
