/**
 * FLOPs of one step by the field's reporting conventions. A convention must be named wherever MFU or TFLOP/s is shown.
 *
 * - `megatron`: forward and backward of all matrix products, attention counted over the whole square
 *   (Narayanan et al. 2021, appendix; Megatron-LM megatron/training/training.py num_floating_point_operations).
 * - `palm`: 6 N + 12 L H Q T per token, N without the embedding's look-up (Chowdhery et al. 2022, appendix B).
 * - `causal`: as `megatron` with attention halved.
 * Hardware FLOPs add what recomputation runs again.
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import { layerParameters, totalParameters } from '../parameters.ts';
import { recomputedShare } from '../training/recomputed-share.ts';
import type { Flops } from '../units.ts';

export type FlopsConvention = 'megatron' | 'palm' | 'causal';

/** FLOPs of the forward pass of all layers over `tokens` tokens: [matrix products, attention core]. */
export function forwardFlops(
  job: TrainingJob,
  tokens: number,
  causal: boolean,
): { readonly linear: Flops; readonly attention: Flops; readonly head: Flops } {
  const { model } = job;
  const layer = layerParameters({ ...model, linearBias: false, qkvBias: false, qkNorm: false });
  const linear = 2 * tokens * (layer.attention + layer.mlp) * model.layers;
  const square = 4 * tokens * job.sequenceLength * model.heads * model.headDim * model.layers;
  return { linear, attention: causal ? square / 2 : square, head: 2 * tokens * model.hidden * model.paddedVocab };
}

/** Model FLOPs of one step over `tokens` tokens. */
export function modelFlops(job: TrainingJob, tokens: number, convention: FlopsConvention): Flops {
  if (convention === 'palm') {
    const parameters = totalParameters(job.model) - (job.model.tiedEmbeddings ? 0 : job.model.paddedVocab * job.model.hidden);
    return tokens * (6 * parameters + 12 * job.model.layers * job.model.heads * job.model.headDim * job.sequenceLength);
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
