/** Seconds of each chunk of each rank for one micro batch, and what they are made of. */
import type { Groups } from '../comms/groups.ts';
import { type BlockWork, blockWork, type Devices, type Work } from '../compute/block-work.ts';
import { embeddingWork, headWork } from '../compute/head.ts';
import { towerWork } from '../compute/tower-work.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { ChunkTimes } from '../schedules/schedule.ts';
import type { Seconds } from '../units.ts';
import type { ShardWait } from './shard-wait.ts';
import type { ChunkPlan, RankPlan } from './stage-plan.ts';

/** Seconds of one rank for one micro batch over all its chunks, forward and backward together. */
export interface RankParts {
  readonly compute: Seconds;
  readonly recompute: Seconds;
  readonly tensorComm: Seconds;
  readonly contextComm: Seconds;
  readonly expertComm: Seconds;
  readonly shardComm: Seconds;
  readonly host: Seconds;
}

export interface StageTimes {
  /** Work of each kind of block of the model: `blocks[kind]`. */
  readonly blocks: readonly BlockWork[];
  /** `times[rank][chunk]`. */
  readonly times: readonly (readonly ChunkTimes[])[];
  readonly parts: readonly RankParts[];
}

/** Layers of one kind in a chunk or rank, prediction layers included (they are of the last kind). */
function countOf(job: TrainingJob, plan: Pick<ChunkPlan, 'kinds'>, prediction: number, kind: number): number {
  return (plan.kinds[kind] ?? 0) + (kind === (job.model.order.at(-1) ?? 0) ? prediction : 0);
}

/** `waits[kind]` are the seconds that fully sharded parameters of such a layer make the GPU wait for gathers and scatters. */
export function stageTimes(
  job: TrainingJob,
  plans: readonly RankPlan[],
  devices: Devices,
  groups: Groups,
  waitOf: (kind: number, work: BlockWork) => ShardWait,
): StageTimes {
  const blocks = job.model.blocks.map((block) => blockWork(job, block, devices, groups));
  const waits = blocks.map((work, kind) => waitOf(kind, work));
  const embedding = embeddingWork(job, devices.plain);
  const tower = towerWork(job, devices);
  const head = headWork(job, devices.plain);
  const times: ChunkTimes[][] = [];
  const parts: RankParts[] = [];
  for (const plan of plans) {
    let ends = 0;
    let prediction = 0;
    const chunks = plan.chunks.map((chunk) => {
      const heads = chunk.headShare * (1 + chunk.prediction);
      const endForward = chunk.embeddingShare * (embedding.forward + tower.forward) + heads * head.forward;
      const endBackward = chunk.embeddingShare * (embedding.backward + tower.backward) + heads * head.backward;
      let forward = endForward;
      let backward = endBackward;
      let backwardWeight = heads * head.backwardWeight;
      for (let kind = 0; kind < blocks.length; kind++) {
        const count = countOf(job, chunk, chunk.prediction, kind);
        const work = blocks[kind];
        const wait = waits[kind];
        if (count === 0 || !work || !wait) continue;
        forward += count * (work.forward.total + wait.forward);
        backward += count * (work.backward.total + wait.backward);
        backwardWeight += count * work.backwardWeight;
      }
      ends += endForward + endBackward;
      prediction += chunk.prediction;
      return { forward, backward, backwardWeight };
    });
    times.push(chunks);
    parts.push(rankParts(job, plan, prediction, blocks, waits, ends));
  }
  return { blocks, times, parts };
}

function rankParts(
  job: TrainingJob,
  plan: RankPlan,
  prediction: number,
  blocks: readonly BlockWork[],
  waits: readonly ShardWait[],
  ends: Seconds,
): RankParts {
  const both = (pick: (side: Work) => number): number => {
    let sum = 0;
    for (let kind = 0; kind < blocks.length; kind++) {
      const work = blocks[kind];
      if (work) sum += countOf(job, plan, prediction, kind) * (pick(work.forward) + pick(work.backward));
    }
    return sum;
  };
  return {
    compute: both((side) => side.gemm + side.attention + side.streaming) + ends,
    recompute: both((side) => side.recompute),
    tensorComm: both((side) => side.tensorComm),
    contextComm: both((side) => side.contextComm),
    expertComm: both((side) => side.expertComm),
    shardComm: waits.reduce((sum, wait, kind) => sum + countOf(job, plan, prediction, kind) * (wait.forward + wait.backward), 0),
    host: both((side) => side.host),
  };
}
