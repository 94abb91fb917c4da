/** Sizes and strides of the parallel groups in Megatron-LM's default rank order tp-cp-dp-pp. */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Group } from './network.ts';

export interface Groups {
  readonly tensor: Group;
  readonly context: Group;
  readonly data: Group;
  /** The ranks ZeRO shards over: DP and CP together. */
  readonly shard: Group;
  readonly pipeline: Group;
}

export function groupsOf(job: TrainingJob): Groups {
  const { tensor, context, data, dataShard, pipeline } = job.parallel;
  return {
    tensor: { size: tensor, stride: 1 },
    context: { size: context, stride: tensor },
    data: { size: data, stride: tensor * context },
    shard: { size: dataShard * context, stride: tensor },
    pipeline: { size: pipeline, stride: tensor * context * data },
  };
}
