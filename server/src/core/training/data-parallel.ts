/**
 * Seconds of data-parallel traffic and of the optimizer step, and how much of it the step waits for.
 *
 * Stage 0 all-reduces gradients; the distributed optimizer (ZeRO-1) and stage 2 reduce-scatter them and gather the
 * parameters; stage 3 gathers every layer before its forward and backward pass and scatters its gradients
 * (Rajbhandari et al. 2020, section 7). With overlap the last bucket's reduction and what outlasts the backward pass
 * stay visible.
 */

import { hostCalibration } from '../calibration/host.ts';
import { allGatherTime, allReduceTime, reduceScatterTime } from '../comms/collectives.ts';
import type { Groups } from '../comms/groups.ts';
import { type Group, place } from '../comms/network.ts';
import { secondaryGroup } from '../comms/secondary-group.ts';
import type { Device } from '../compute/gemm.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { trainableParameters } from '../memory/adapter-parameters.ts';
import { dividedParameters, type StateBytes } from '../memory/states.ts';
import { bytesPerElement } from '../number-format.ts';
import type { Bytes, Seconds } from '../units.ts';
import type { RankPlan } from './stage-plan.ts';

export interface DataParallelCost {
  readonly reduceBytes: Bytes;
  readonly reduceBusy: Seconds;
  readonly gatherBytes: Bytes;
  readonly gatherBusy: Seconds;
}

/** Per step, for the rank with the most parameters. */
export function dataParallelCost(job: TrainingJob, groups: Groups, plan: RankPlan): DataParallelCost {
  // Frozen weights have no gradients, and nothing new to gather after the step.
  if (job.adapter) return costOf(job, groups, trainableParameters(job, plan), groups.reduce, groups.shard);
  const dense = costOf(job, groups, plan.parameters - plan.expertParameters, groups.reduce, groups.shard);
  if (plan.expertParameters === 0) return dense;
  const experts = costOf(job, groups, plan.expertParameters, groups.expertData, groups.expertData);
  return {
    reduceBytes: dense.reduceBytes + experts.reduceBytes,
    reduceBusy: dense.reduceBusy + experts.reduceBusy,
    gatherBytes: dense.gatherBytes + experts.gatherBytes,
    gatherBusy: dense.gatherBusy + experts.gatherBusy,
  };
}

/** Parameters whose gradients are reduced over `reduce` and, when they are sharded, divided over `shard`. */
function costOf(job: TrainingJob, groups: Groups, parameters: number, reduce: Group, shard: Group): DataParallelCost {
  if (reduce.size <= 1) return { reduceBytes: 0, reduceBusy: 0, gatherBytes: 0, gatherBusy: 0 };
  const gradient = parameters * bytesPerElement(job.precision.gradients);
  const weights = parameters * bytesPerElement(job.precision.compute);
  if (job.zero.stage === 0) return plainAllReduce(job, reduce, gradient);
  const sharded = shardedCost(job, shard, gradient, weights);
  // HSDP: what each shard has reduced is then summed over its copies.
  const copies = plainAllReduce(job, groups.replicas, gradient / shard.size);
  return { ...sharded, reduceBytes: sharded.reduceBytes + copies.reduceBytes, reduceBusy: sharded.reduceBusy + copies.reduceBusy };
}

/**
 * How often in a step gradients are reduced. DeepSpeed's stage 2 keeps only its own part of them, so that every micro
 * batch's are reduced (deepspeed/runtime/zero/stage_1_and_2.py, partition_gradients); the others reduce their sum once.
 */
export function reductionRounds({ zero, parallel, batch }: TrainingJob): number {
  return zero.stage === 2 && zero.implementation === 'deepspeed' && parallel.pipeline === 1 ? batch.accumulation : 1;
}

function plainAllReduce(job: TrainingJob, group: Group, gradient: Bytes): DataParallelCost {
  const share = (group.size - 1) / group.size;
  const busy = allReduceTime(place(job.cluster, group), group.size, gradient);
  return { reduceBytes: 2 * share * gradient, reduceBusy: busy, gatherBytes: 0, gatherBusy: 0 };
}

function shardedCost(job: TrainingJob, shard: Group, gradient: Bytes, weights: Bytes): DataParallelCost {
  const { size } = shard;
  const placement = place(job.cluster, shard);
  const share = (size - 1) / size;
  if (job.zero.stage === 3) {
    const rounds = job.parallel.pipeline > 1 ? 1 : job.batch.accumulation;
    // After the first pass of a step, ZeRO++ gathers from the copy among neighbours.
    const again = job.parallel.pipeline > 1 ? 0 : 2 * rounds - 1;
    const near = secondaryGroup(job, shard);
    return {
      reduceBytes: share * gradient * rounds,
      reduceBusy: rounds * reduceScatterTime(placement, size, gradient),
      gatherBytes: weights * (share + (again * (near.size - 1)) / near.size),
      gatherBusy: allGatherTime(placement, size, weights) + again * allGatherTime(place(job.cluster, near), near.size, weights),
    };
  }
  const rounds = reductionRounds(job);
  return {
    reduceBytes: rounds * share * gradient,
    reduceBusy: rounds * reduceScatterTime(placement, size, gradient),
    gatherBytes: share * weights,
    gatherBusy: allGatherTime(placement, size, weights),
  };
}

const { hostLink, hostMemory, stepFloor } = hostCalibration;
/** Bytes a parameter that Adam on the host streams: reads gradient, master weight and two moments in fp32, writes the last three. */
const hostAdamBytes = 28;

/** Seconds of the optimizer on one GPU: it streams gradients, master weights and moments through memory. */
export function optimizerSeconds(job: TrainingJob, device: Device, plan: RankPlan, states: StateBytes): Seconds {
  const mine = job.adapter ? trainableParameters(job, plan) / states.optimizerShards : dividedParameters(job, plan, states.optimizerShards);
  // Norm of the gradients, then read gradient, master and moments, write master, moments and the compute copy.
  const perParameter = 2 * states.gradients + 2 * (states.master + states.moments) + states.weights;
  const bytes = mine * perParameter;
  const rate = device.bandwidth * device.calibration.memoryShare;
  const offloaded = job.optimizer.cpuOffload || job.zero.offloadOptimizer !== 'none';
  // Offloaded: gradients go out and weights come back over PCIe, and the host streams its states through its memory.
  const host = offloaded ? (mine * (states.gradients + 2)) / hostLink + (mine * hostAdamBytes) / hostMemory : 0;
  return bytes / rate + host + stepFloor;
}
