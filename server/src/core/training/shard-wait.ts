/** Seconds per layer that gathers and scatters of a fully sharded layer outlast its compute. */
import { hostCalibration } from '../calibration/host.ts';
import { allGatherTime, allReduceTime, reduceScatterTime } from '../comms/collectives.ts';
import type { Groups } from '../comms/groups.ts';
import { place } from '../comms/network.ts';
import { secondaryGroup } from '../comms/secondary-group.ts';
import type { BlockWork } from '../compute/block-work.ts';
import { layerTensors } from '../compute/layer-tensors.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { bytesPerElement } from '../number-format.ts';
import { blockParameters } from '../parameters/block-parameters.ts';
import type { Seconds } from '../units.ts';

export interface ShardWait {
  readonly forward: Seconds;
  readonly backward: Seconds;
}

const none: ShardWait = { forward: 0, backward: 0 };

/** The waits of one layer of a kind, given the work they hide behind. */
export function shardWait(job: TrainingJob, groups: Groups): (kind: number, work: BlockWork) => ShardWait {
  const { size } = groups.shard;
  if (job.zero.stage < 3 || size <= 1 || job.parallel.pipeline > 1) return () => none;
  const placement = place(job.cluster, groups.shard);
  // ZeRO++: only the first pass of a step gathers over the whole group.
  const near = secondaryGroup(job, groups.shard);
  const nearby = near === groups.shard ? placement : place(job.cluster, near);
  const { tensor, expert, expertTensor } = job.parallel;
  return (kind, work) => {
    const block = job.model.blocks[kind];
    if (!block) return none;
    const layer = blockParameters(block, job.model.hidden, job.model.normalization, { tensor, expert, expertTensor }).total;
    const bytes = layer * bytesPerElement(job.precision.compute);
    const gather = allGatherTime(placement, size, bytes);
    const gradient = layer * reducedBytes(job);
    const scatter = reduceScatterTime(placement, size, gradient);
    // HSDP: what each shard has reduced is then summed over its copies.
    const { replicas } = groups;
    const reduce = replicas.size > 1 ? allReduceTime(place(job.cluster, replicas), replicas.size, gradient / size) : 0;
    if (job.zero.implementation !== 'deepspeed')
      return { forward: waitOf(gather, work.forward.total), backward: waitOf(gather + scatter + reduce, work.backward.total) };
    // Every tensor is gathered on its own, and no more is fetched ahead than the prefetch bucket holds.
    const apart = layerTensors(block) - 1;
    const single = gather + apart * allGatherTime(placement, size, size);
    const again =
      near === groups.shard ? single : allGatherTime(nearby, near.size, bytes) + apart * allGatherTime(nearby, near.size, near.size);
    const late = 1 - Math.min(1, job.zero.prefetchBucketElements / layer);
    const wait = (gathered: Seconds, more: Seconds, computing: Seconds) =>
      gathered * late + waitOf(gathered * (1 - late) + more, computing);
    const first = wait(single, 0, work.forward.total);
    const later = near === groups.shard ? first : wait(again, 0, work.forward.total);
    return {
      forward: later + (first - later) / job.batch.accumulation,
      backward: wait(again, scatter + reduce, work.backward.total),
    };
  };
}

/**
 * Bytes of a gradient on the wire. FSDP reduces in the compute format unless told otherwise (torch MixedPrecision: reduce_dtype
 * is param_dtype by default); torchtitan tells it fp32 (torchtitan/config, mixed_precision_reduce).
 */
function reducedBytes(job: TrainingJob): number {
  const { implementation } = job.zero;
  const inCompute = (implementation === 'fsdp1' || implementation === 'fsdp2') && job.framework !== 'torchtitan';
  return bytesPerElement(inCompute ? job.precision.compute : job.precision.gradients);
}

/** What outlasts the computation, and what the computation loses while both run. */
function waitOf(busy: Seconds, computing: Seconds): Seconds {
  return Math.max(0, busy - computing) + hostCalibration.overlapContention * Math.min(busy, computing);
}
