/** The ranks among which ZeRO++ keeps a second copy of the weights (Wang et al. 2023, arXiv 2306.10209, section 3.2). */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Group } from './network.ts';

/**
 * The group that gathers weights after they have been gathered once in a step: neighbours inside the sharding group with
 * ZeRO++ (hpZ), the sharding group itself without. The copy is given up when the weights change (DeepSpeed
 * deepspeed/runtime/zero/stage3.py, invalidate_secondary_tensor; zero/partition_parameters.py, _partition_param_sec).
 */
export function secondaryGroup(job: TrainingJob, shard: Group): Group {
  const size = job.secondaryPartition;
  const isOn = job.zero.implementation === 'deepspeed' && job.zero.stage === 3 && size > 1 && size < shard.size;
  return isOn ? { size, stride: shard.stride } : shard;
}
