/** Sizes and strides of the parallel groups in the order in which Megatron-LM numbers ranks: tp-cp-dp-pp or tp-cp-pp-dp. */
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

/**
 * Groups of a job. Where the pipeline lies inside DP (`--use-tp-pp-dp-mapping`), the members of DP are a pipeline further
 * apart, and so are those of a group that reaches from CP or EP into DP, on average.
 */
export function groupsOf(job: TrainingJob): Groups {
  const { tensor, context, data, dataShard, pipeline, expert, expertTensor, pipelineInsideData } = job.parallel;
  const dense = tensor * context;
  const apart = pipelineInsideData ? pipeline : 1;
  return {
    tensor: { size: tensor, stride: 1 },
    context: { size: context, stride: tensor },
    data: { size: data, stride: dense * apart },
    shard: { size: dataShard * context, stride: dataShard > 1 ? tensor * apart : tensor },
    reduce: { size: data * context, stride: data > 1 ? tensor * apart : tensor },
    replicas: { size: Math.max(1, Math.round(data / dataShard)), stride: dense * dataShard * apart },
    pipeline: { size: pipeline, stride: pipelineInsideData ? dense : dense * data },
    expert: { size: expert, stride: expert * expertTensor > dense ? expertTensor * apart : expertTensor },
    expertTensor: { size: expertTensor, stride: 1 },
    expertData: { size: Math.max(1, (dense * data) / (expert * expertTensor)), stride: expert * expertTensor * apart },
  };
}
