/** What the memory of every pipeline rank of a job has in common, computed once, in plain numbers. */
import { contextBytes, memoryCalibration, workspaceBytes } from '../calibration/memory.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { bytesPerElement } from '../number-format.ts';
import { isMegatron } from '../training/complete-memory.ts';
import type { RankPlan } from '../training/stage-plan.ts';
import type { Bytes } from '../units.ts';
import { type LayerMemory, layerMemory } from './activations.ts';
import { isQuantized } from './base-weights.ts';
import { logitsBytes } from './logits.ts';
import { type ShardingShape, shardingShape } from './sharding.ts';
import { type StateBytes, stateBytes } from './states.ts';

/** What the memory of every rank of a job has in common. */
export interface SharedMemory {
  readonly states: StateBytes;
  readonly layers: readonly LayerMemory[];
  /** Activation bytes one micro batch keeps in one layer of each kind: `kept[kind]`. */
  readonly kept: readonly Bytes[];
  readonly logits: Bytes;
  readonly sharding: ShardingShape;
  readonly workspace: Bytes;
  readonly context: Bytes;
  readonly nccl: Bytes;
  /** Bytes of a quantized layer expanded for one product. */
  readonly expanded: Bytes;
}

/** Groups a rank talks in: one each for TP, CP, DP and EP; two for PP, whose ends also share the embedding. */
function communicators(job: TrainingJob): number {
  const { tensor, pipeline, context, data, expert } = job.parallel;
  return Number(tensor > 1) + Number(context > 1) + Number(data > 1) + Number(expert > 1) + 2 * Number(pipeline > 1);
}

/** Elements of the widest matrix of a layer, which is expanded for its product when it is stored quantized. */
function widestMatrix(job: TrainingJob): number {
  const { hidden, blocks } = job.model;
  let width = 0;
  for (const { mixer, feedForward } of blocks) {
    if (feedForward) width = Math.max(width, feedForward.ffn);
    if (mixer?.kind === 'attention') width = Math.max(width, mixer.heads * mixer.headDim);
  }
  return (hidden * width) / job.parallel.tensor;
}

/** Computes what all ranks share, once per job. */
export function sharedMemory(job: TrainingJob): SharedMemory {
  const layers = job.model.blocks.map((block) => layerMemory(job, block));
  const sharding = shardingShape(job);
  const quantized = job.adapter !== undefined && isQuantized(job.baseFormat);
  return {
    states: stateBytes(job),
    layers,
    kept: layers.map(({ kept }) => kept),
    logits: logitsBytes(job),
    sharding,
    workspace: workspaceBytes(job.cluster.accelerator.architecture, isMegatron(job.framework)),
    context: contextBytes(job.cluster.accelerator.architecture, job.eagerKernels),
    nccl: communicators(job) * memoryCalibration.perCommunicator,
    expanded: quantized ? widestMatrix(job) * bytesPerElement(job.precision.compute) : 0,
  };
}

/** Mean bytes one micro batch keeps in a layer of this rank. */
export function keptOnRank({ kept }: Pick<SharedMemory, 'kept'>, plan: RankPlan): Bytes {
  if (plan.layers === 0) return 0;
  let sum = 0;
  for (let kind = 0; kind < plan.kinds.length; kind++) sum += (plan.kinds[kind] ?? 0) * (kept[kind] ?? 0);
  return sum / plan.layers;
}
