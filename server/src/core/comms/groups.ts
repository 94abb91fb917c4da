/** Sizes and strides of the parallel groups in Megatron-LM's default rank order tp-cp-dp-pp. */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Group } from './network.ts';

export interface Groups {
  readonly tensor: Group;
  readonly context: Group;
  readonly data: Group;
  /** The ranks ZeRO shards over: DP (or its sharding part, with HSDP) and CP together. */
  readonly shard: Group;
  /** All ranks that hold the same parameters before sharding: gradients are reduced over them. */
  readonly reduce: Group;
  /** Groups of shards that hold copies of each other (HSDP). */
  readonly replicas: Group;
  readonly pipeline: Group;
  /** Ranks that hold different experts of the same layer. */
  readonly expert: Group;
  /** Ranks that split the matrices of one expert. */
  readonly expertTensor: Group;
  /** Ranks that hold the same experts. */
  readonly expertData: Group;
}

export function groupsOf(job: TrainingJob): Groups {
  const { tensor, context, data, dataShard, pipeline, expert, expertTensor } = job.parallel;
  return {
    tensor: { size: tensor, stride: 1 },
    context: { size: context, stride: tensor },
    data: { size: data, stride: tensor * context },
    shard: { size: dataShard * context, stride: tensor },
    reduce: { size: data * context, stride: tensor },
    replicas: { size: Math.max(1, Math.round(data / dataShard)), stride: tensor * context * dataShard },
    pipeline: { size: pipeline, stride: tensor * context * data },
    expert: { size: expert, stride: expertTensor },
    expertTensor: { size: expertTensor, stride: 1 },
    expertData: { size: Math.max(1, (tensor * context * data) / (expert * expertTensor)), stride: expert * expertTensor },
  };
}
