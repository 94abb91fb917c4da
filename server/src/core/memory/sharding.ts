/**
 * Whole parameters and gradients that a sharded job holds for a while: gathered layers, prefetched ones, the root group
 * (embedding, final norm, head) that stays gathered, and unreduced gradients.
 * FSDP gathers the layer at work and one ahead; with pipeline parallelism FSDP2 keeps the whole stage gathered and
 * accumulates whole gradients until the last micro batch (PyTorch torch/distributed/fsdp/_fully_shard; torchtitan
 * parallelize_llama.py reshard_after_forward). Accelerate prefetches nothing unless told to (accelerate utils/dataclasses.py,
 * FullyShardedDataParallelPlugin). DeepSpeed fills one bucket of gradients while the other is reduced, and keeps the layer
 * at work and its prefetch bucket (deepspeed/runtime/zero/stage_1_and_2.py, partitioned_param_coordinator.py).
 * DistributedDataParallel copies all gradients into buckets (torch/nn/parallel/distributed.py, gradient_as_bucket_view).
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import { bytesPerElement } from '../number-format.ts';
import { kindParameters } from '../parameters/model-parameters.ts';
import { isMegatron } from '../training/complete-memory.ts';
import type { RankPlan } from '../training/stage-plan.ts';
import type { Bytes } from '../units.ts';
import { isQuantized, storedBytes } from './base-weights.ts';
import { addsUpInFullSize, usesFsdp } from './states.ts';

export interface ShardingBytes {
  /** Parameters gathered while the loss is computed, and while a layer runs its backward pass. */
  readonly atLoss: Bytes;
  readonly gathered: Bytes;
  /** Unreduced gradients during the backward pass. */
  readonly gradients: Bytes;
  /** Whole gradients added up over micro batches because nothing is reduced before the last one. */
  readonly accumulated: Bytes;
  /** Buckets and secondary copies that stay. */
  readonly buffers: Bytes;
}

/** What all ranks of a job share about sharding: parameters of the largest kind of layer, bytes of a gathered weight. */
export interface ShardingShape {
  readonly layer: number;
  readonly element: number;
}

export function shardingShape(job: TrainingJob): ShardingShape {
  const { tensor, expert, expertTensor } = job.parallel;
  let layer = 0;
  // Only what is divided has to be gathered.
  if (job.zero.stage >= 2)
    for (const { total } of kindParameters(job.model, { tensor, expert, expertTensor })) layer = Math.max(layer, total);
  const compute = bytesPerElement(job.precision.compute);
  return { layer, element: job.adapter && isQuantized(job.baseFormat) ? storedBytes(job.baseFormat) : compute };
}

const nothing: ShardingBytes = { atLoss: 0, gathered: 0, gradients: 0, accumulated: 0, buffers: 0 };

function unsharded(job: TrainingJob, trainable: number): ShardingBytes {
  const element = bytesPerElement(job.precision.compute);
  if (job.zero.implementation === 'deepspeed' && job.zero.stage > 0) {
    const buckets = 2 * Math.min(trainable, job.zero.reduceBucketElements);
    // The bf16 optimizer takes 16-bit gradients over once a micro batch is through.
    return { ...nothing, gradients: element * (addsUpInFullSize(job) ? trainable : buckets) };
  }
  if (job.parallel.data > 1 && job.zero.implementation === 'none' && !isMegatron(job.framework)) {
    const format = job.adapter ? job.adapter.format : job.precision.gradients;
    return { ...nothing, buffers: trainable * bytesPerElement(format) };
  }
  return nothing;
}

function fullyShardedModules(job: TrainingJob, plan: RankPlan, shape: ShardingShape): ShardingBytes {
  const compute = bytesPerElement(job.precision.compute);
  const reduced = bytesPerElement(job.precision.gradients);
  const trained = job.adapter ? 0 : 1;
  const root = (plan.embeddingParameters + plan.headParameters) * compute;
  const inLayers = plan.layerParameters * shape.element;
  if (job.parallel.pipeline > 1) {
    const all = root + inLayers;
    return { ...nothing, atLoss: all, gathered: all, gradients: trained * plan.parameters * reduced };
  }
  const headGradient = trained * plan.headParameters * compute;
  if (job.framework !== 'torchtitan' && job.framework !== 'fsdp') {
    const kept = job.zero.stage === 2 || !job.reshardAfterForward ? inLayers : shape.layer * shape.element;
    // Accelerate accumulates under no_sync, where FSDP keeps whole gradients (GradientAccumulationPlugin, sync_each_batch).
    const accumulated = job.framework === 'huggingface' && job.batch.accumulation > 1 ? trained * plan.parameters * compute : 0;
    return { ...nothing, accumulated, atLoss: root + (kept === inLayers ? inLayers : 0), gathered: root + kept, gradients: headGradient };
  }
  const kept = job.zero.stage === 2 || !job.reshardAfterForward ? inLayers : 3 * shape.layer * shape.element;
  // When the loss starts its backward pass, only the head's and one layer's gradients are alive.
  const gradients = headGradient + trained * (compute + reduced) * shape.layer;
  return { ...nothing, atLoss: root + kept, gathered: root + kept, gradients };
}

export function shardingBytes(job: TrainingJob, plan: RankPlan, shape: ShardingShape, trainable: number): ShardingBytes {
  const { zero } = job;
  const compute = bytesPerElement(job.precision.compute);
  if (zero.stage >= 2 && usesFsdp(job)) return fullyShardedModules(job, plan, shape);
  if (zero.stage < 3) return unsharded(job, trainable);
  const gathered = shape.element * (2 * shape.layer + zero.prefetchBucketElements);
  const secondary = job.secondaryPartition > 1 ? (plan.parameters * compute) / job.secondaryPartition : 0;
  return {
    ...nothing,
    atLoss: gathered,
    gathered,
    gradients: compute * Math.min(trainable, zero.reduceBucketElements),
    buffers: secondary,
  };
}
