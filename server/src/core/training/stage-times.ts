/** Seconds of each chunk of each rank for one micro batch, and what they are made of. */
import type { Groups } from '../comms/groups.ts';
import { type BlockWork, blockWork, type Devices, type Work } from '../compute/block-work.ts';
import { visibleBesideComputation } from '../compute/expert-work.ts';
import { type EndWork, embeddingWork, type HeadWork, headWork } from '../compute/head.ts';
import { towerWork } from '../compute/tower-work.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { findSchedule } from '../schedules/index.ts';
import { microBatchesPerChunk } from '../schedules/placement.ts';
import type { ChunkTimes } from '../schedules/schedule.ts';
import type { Seconds } from '../units.ts';
import type { ShardWait } from './shard-wait.ts';
import type { ChunkPlan, RankPlan } from './stage-plan.ts';

/** Seconds of one rank for one micro batch over all its chunks, forward and backward together. */
export interface RankParts {
  /** Layers of each kind of block that one micro batch runs through here, those of MTP among them. */
  readonly layers: readonly number[];
  /** Everything computed once: the four below. */
  readonly compute: Seconds;
  readonly gemm: Seconds;
  /** Attention and scans. */
  readonly attention: Seconds;
  /** Kernels that only move bytes. */
  readonly streaming: Seconds;
  /** Embedding, towers, head and loss. */
  readonly ends: Seconds;
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
  /** What they are made of, per rank; computed when first read. */
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
  const first = { forward: embedding.forward + tower.forward, backward: embedding.backward + tower.backward };
  const layers: Layers = { job, blocks, waits, first, head: headWork(job, devices.plain) };
  const times: (readonly ChunkTimes[])[] = [];
  for (let rank = 0; rank < plans.length; rank++) {
    const plan = plans[rank] as RankPlan;
    const before = times[rank - 1];
    // Ranks with the same chunks (the same object) take the same time.
    if (before && plan.chunks === plans[rank - 1]?.chunks) times.push(before);
    else times.push(plan.chunks.map((chunk) => chunkTimes(layers, chunk)));
  }
  return new TimedStages(blocks, times, layers, plans);
}

/** Times at once; what they are made of when somebody looks. */
class TimedStages implements StageTimes {
  readonly blocks: readonly BlockWork[];
  readonly times: readonly (readonly ChunkTimes[])[];
  private readonly layers: Layers;
  private readonly plans: readonly RankPlan[];
  private made: readonly RankParts[] | undefined;

  constructor(blocks: readonly BlockWork[], times: readonly (readonly ChunkTimes[])[], layers: Layers, plans: readonly RankPlan[]) {
    this.blocks = blocks;
    this.times = times;
    this.layers = layers;
    this.plans = plans;
  }

  get parts(): readonly RankParts[] {
    this.made ??= this.plans.map((plan) => rankParts(this.layers, plan));
    return this.made;
  }
}

/** What the chunks of a job are made of. */
interface Layers {
  readonly job: TrainingJob;
  readonly blocks: readonly BlockWork[];
  readonly waits: readonly ShardWait[];
  /** Embedding and towers. */
  readonly first: EndWork;
  readonly head: HeadWork;
}

/** Passes through the head: one, and one for every prediction layer; a spread head has its share of all of them. */
function headPasses({ model, parallel }: TrainingJob, headShare: number, prediction: number): number {
  const spread = parallel.vocabPipeline !== 'none' && parallel.pipeline > 1;
  return spread ? headShare * (1 + model.mtpLayers) : headShare + prediction;
}

function chunkTimes({ job, blocks, waits, first, head }: Layers, chunk: ChunkPlan): ChunkTimes {
  const heads = headPasses(job, chunk.headShare, chunk.prediction);
  let forward = chunk.embeddingShare * first.forward + heads * head.forward;
  let backward = chunk.embeddingShare * first.backward + heads * head.backward;
  let backwardWeight = heads * head.backwardWeight;
  let forwardExchange = 0;
  let backwardExchange = 0;
  for (let kind = 0; kind < blocks.length; kind++) {
    const count = countOf(job, chunk, chunk.prediction, kind);
    const work = blocks[kind];
    const wait = waits[kind];
    if (count === 0 || !work || !wait) continue;
    forward += count * (work.forward.total + wait.forward);
    backward += count * (work.backward.total + wait.backward);
    backwardWeight += count * work.backwardWeight;
    forwardExchange += count * work.forward.expertComm * (1 - visibleBesideComputation);
    backwardExchange += count * work.backward.expertComm * (1 - visibleBesideComputation);
  }
  return { forward, backward, backwardInput: backward - backwardWeight, backwardWeight, forwardExchange, backwardExchange };
}

function rankParts({ job, blocks, waits, first, head }: Layers, plan: RankPlan): RankParts {
  let prediction = 0;
  for (const chunk of plan.chunks) prediction += chunk.prediction;
  // A micro batch runs through all chunks of a rank, or in a two-way pipeline through one of the two.
  const share = microBatchesPerChunk(findSchedule(job.parallel.schedule)?.placement ?? 'loop', 1);
  const layers = blocks.map((_work, kind) => share * countOf(job, plan, prediction, kind));
  const both = (pick: (side: Work) => number): number =>
    blocks.reduce((sum, work, kind) => sum + (layers[kind] ?? 0) * (pick(work.forward) + pick(work.backward)), 0);
  const heads = headPasses(job, plan.headShare, prediction);
  const ends = share * (plan.embeddingShare * (first.forward + first.backward) + heads * (head.forward + head.backward));
  const gemm = both((side) => side.gemm);
  const attention = both((side) => side.attention);
  const streaming = both((side) => side.streaming);
  return {
    layers,
    compute: gemm + attention + streaming + ends,
    gemm,
    attention,
    streaming,
    ends,
    recompute: both((side) => side.recompute),
    tensorComm: both((side) => side.tensorComm),
    contextComm: both((side) => side.contextComm),
    expertComm: both((side) => side.expertComm),
    shardComm: waits.reduce((sum, wait, kind) => sum + (layers[kind] ?? 0) * (wait.forward + wait.backward), 0),
    host: both((side) => side.host),
  };
}
