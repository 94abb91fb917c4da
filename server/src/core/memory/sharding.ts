/**
 * Whole parameters and gradients that a fully sharded job (ZeRO stage 3, FSDP) holds for a while: gathered layers,
 * prefetched ones, the root group (embedding, final norm, head) that stays gathered, and unreduced gradients. With
 * pipeline parallelism FSDP2 keeps the whole stage gathered and accumulates whole gradients until the last micro batch
 * (PyTorch torch/distributed/fsdp/_fully_shard; torchtitan parallelize_llama.py reshard_after_forward).
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import { bytesPerElement } from '../number-format.ts';
import { kindParameters } from '../parameters/model-parameters.ts';
import type { RankPlan } from '../training/stage-plan.ts';
import type { Bytes } from '../units.ts';

export interface ShardingBytes {
  readonly gathered: Bytes;
  readonly gradients: Bytes;
}

/** Parameters of the largest kind of layer on one rank. */
function largestLayer(job: TrainingJob): number {
  const { tensor, expert, expertTensor } = job.parallel;
  return kindParameters(job.model, { tensor, expert, expertTensor }).reduce((most, { total }) => Math.max(most, total), 0);
}

export function shardingBytes(job: TrainingJob, plan: RankPlan): ShardingBytes {
  const element = bytesPerElement(job.precision.compute);
  if (job.zero.stage < 3) {
    // DeepSpeed fills one bucket of gradients while the other is reduced (deepspeed/runtime/zero/stage_1_and_2.py).
    const buckets = job.zero.implementation === 'deepspeed' && job.zero.stage > 0 ? 2 : 0;
    return { gathered: 0, gradients: buckets * element * Math.min(plan.parameters, job.zero.reduceBucketElements) };
  }
  const reduced = bytesPerElement(job.precision.gradients);
  if (job.zero.implementation === 'deepspeed') {
    // Live parameters are bounded by what one layer needs and the prefetch bucket.
    const layer = largestLayer(job);
    return { gathered: element * (2 * layer + job.zero.prefetchBucketElements), gradients: element * job.zero.reduceBucketElements };
  }
  if (job.parallel.pipeline > 1) return { gathered: plan.parameters * element, gradients: plan.parameters * reduced };
  const layer = largestLayer(job);
  // At the peak, when the loss starts its backward pass, only the head's and one layer's gradients are alive.
  const root = plan.embeddingParameters + plan.headParameters;
  return { gathered: element * (root + 3 * layer), gradients: element * plan.headParameters + (element + reduced) * layer };
}
