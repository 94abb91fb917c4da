/** Seconds of each chunk of each rank for one micro batch, and what they are made of. */
import type { Groups } from '../comms/groups.ts';
import { embeddingWork, headWork } from '../compute/head.ts';
import { type Devices, type LayerWork, layerWork } from '../compute/layer.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { ChunkTimes } from '../schedules/schedule.ts';
import type { Seconds } from '../units.ts';
import type { RankPlan } from './stage-plan.ts';

/** Seconds of one rank for one micro batch over all its chunks, forward and backward together. */
export interface RankParts {
  readonly compute: Seconds;
  readonly recompute: Seconds;
  readonly tensorComm: Seconds;
  readonly contextComm: Seconds;
  readonly shardComm: Seconds;
  readonly host: Seconds;
}

export interface StageTimes {
  readonly layer: LayerWork;
  /** `times[rank][chunk]`. */
  readonly times: readonly (readonly ChunkTimes[])[];
  readonly parts: readonly RankParts[];
}

/**
 * `shardForward` and `shardBackward` are the seconds per layer that fully sharded parameters make the GPU wait for
 * gathers and scatters that compute does not hide; 0 for everything else.
 */
export function stageTimes(
  job: TrainingJob,
  plans: readonly RankPlan[],
  devices: Devices,
  groups: Groups,
  shard: { readonly forward: (computing: Seconds) => Seconds; readonly backward: (computing: Seconds) => Seconds },
): StageTimes {
  const layer = layerWork(job, devices, groups);
  const embedding = embeddingWork(job, devices.plain);
  const head = headWork(job, devices.plain);
  const waitForward = shard.forward(layer.forward.total);
  const waitBackward = shard.backward(layer.backward.total);
  const times: ChunkTimes[][] = [];
  const parts: RankParts[] = [];
  for (const plan of plans) {
    let ends = 0;
    const chunks = plan.chunks.map((chunk) => {
      let forward = chunk.layers * (layer.forward.total + waitForward);
      let backward = chunk.layers * (layer.backward.total + waitBackward);
      const endForward = chunk.embeddingShare * embedding.forward + chunk.headShare * head.forward;
      const endBackward = chunk.embeddingShare * embedding.backward + chunk.headShare * head.backward;
      forward += endForward;
      backward += endBackward;
      ends += endForward + endBackward;
      return { forward, backward };
    });
    times.push(chunks);
    const both = (pick: (side: LayerWork['forward']) => number) => plan.layers * (pick(layer.forward) + pick(layer.backward));
    parts.push({
      compute: both((side) => side.gemm + side.attention + side.streaming) + ends,
      recompute: both((side) => side.recompute),
      tensorComm: both((side) => side.tensorComm),
      contextComm: both((side) => side.contextComm),
      shardComm: plan.layers * (waitForward + waitBackward),
      host: both((side) => side.host),
    });
  }
  return { layer, times, parts };
}
