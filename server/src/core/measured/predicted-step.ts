/**
 * The step of the estimate in the parts a trace can show, for one rank of the pipeline. What is run again stands with what it
 * repeats, since no kernel says whether it runs for the first time.
 */

import { gemmTime } from '../compute/gemm.ts';
import { embeddingWork } from '../compute/head.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { findSchedule } from '../schedules/index.ts';
import { microBatchesPerChunk } from '../schedules/placement.ts';
import type { TrainingNumbers } from '../training/training-numbers.ts';
import type { Seconds } from '../units.ts';
import { insidePasses, type PartId } from './parts.ts';

export interface PredictedPart {
  readonly id: PartId;
  readonly visible: Seconds;
}

export interface PredictedStep {
  readonly seconds: Seconds;
  readonly parts: readonly PredictedPart[];
  /** The same where whole passes are one part, as traces of schedules have them. */
  readonly wholePasses: readonly PredictedPart[];
  /** Rank of the pipeline. */
  readonly stage: number;
}

/** The rank of the pipeline that a process of the job is. */
export function stageOfRank(job: TrainingJob, rank: number | undefined, { run }: TrainingNumbers): number {
  const { pipeline, tensor, context, data, pipelineInsideData } = job.parallel;
  if (rank !== undefined) {
    const dense = tensor * context;
    return Math.floor(rank / (pipelineInsideData ? dense : dense * data)) % pipeline;
  }
  // Nobody says which process it was: the slowest sets the pace.
  return run.busySeconds.reduce((slowest, seconds, at) => (seconds > (run.busySeconds[slowest] ?? 0) ? at : slowest), 0);
}

interface Computing {
  gemm: Seconds;
  attention: Seconds;
  streaming: Seconds;
}

/** Seconds of the kernels of one micro batch on a rank, embedding and head included. */
function computing(job: TrainingJob, { plans, times, devices }: TrainingNumbers, stage: number): Computing {
  const parts = times.parts[stage];
  const plan = plans[stage];
  const sum: Computing = { gemm: 0, attention: 0, streaming: 0 };
  if (!parts || !plan) return sum;
  for (const [kind, work] of times.blocks.entries()) {
    const count = parts.layers[kind] ?? 0;
    for (const side of [work.forward, work.backward]) {
      sum.gemm += count * side.gemm;
      sum.attention += count * side.attention;
      sum.streaming += count * side.streaming;
    }
    addRecomputed(job, sum, count, work.forward, work.backward.recompute);
  }
  const ends = parts.compute - times.blocks.reduce((all, work, kind) => all + (parts.layers[kind] ?? 0) * plainWork(work), 0);
  const share = microBatchesPerChunk(findSchedule(job.parallel.schedule)?.placement ?? 'loop', 1);
  const tokens = (job.batch.micro * job.sequenceLength) / job.parallel.context;
  const columns = job.model.paddedVocab / job.parallel.tensor;
  const product = (n: number, k: number, m: number): Seconds => gemmTime(devices.plain, m, n, k);
  const { hidden } = job.model;
  const head = product(columns, hidden, tokens) + product(hidden, columns, tokens) + product(hidden, tokens, columns);
  const embedding = embeddingWork(job, devices.plain);
  const embedded = share * plan.embeddingShare * (embedding.forward + embedding.backward);
  // Of the ends, what is neither the head's products nor more than there is.
  const products = Math.min(Math.max(0, ends - embedded), share * plan.headShare * head);
  sum.gemm += products;
  sum.streaming += Math.max(0, ends - products);
  return sum;
}

type Sides = TrainingNumbers['times']['blocks'][number];
const plainWork = ({ forward, backward }: Sides): Seconds =>
  forward.gemm + forward.attention + forward.streaming + backward.gemm + backward.attention + backward.streaming;

/** Whole layers repeat everything in proportion; selective recomputation repeats attention first, then products. */
function addRecomputed(job: TrainingJob, sum: Computing, count: number, forward: Sides['forward'], again: Seconds): void {
  if (again <= 0) return;
  const all = forward.gemm + forward.attention + forward.streaming;
  if (job.recompute.granularity === 'full' && all > 0) {
    sum.gemm += (count * again * forward.gemm) / all;
    sum.attention += (count * again * forward.attention) / all;
    sum.streaming += (count * again * forward.streaming) / all;
    return;
  }
  const attention = job.framework === 'torchtitan' ? 0 : Math.min(again, forward.attention);
  sum.attention += count * attention;
  const streaming = job.framework === 'torchtitan' ? Math.min(again, forward.streaming) : 0;
  sum.streaming += count * streaming;
  sum.gemm += count * Math.max(0, again - attention - streaming);
}

/** The step of one rank of the pipeline. Its parts add up to the step. */
export function predictedStep(job: TrainingJob, numbers: TrainingNumbers, stage: number): PredictedStep {
  const { run, request, times, step } = numbers;
  const m = job.batch.accumulation;
  const work = computing(job, numbers, stage);
  const parts = times.parts[stage];
  const waits = (pick: 'tensorComm' | 'contextComm' | 'expertComm' | 'shardComm' | 'host'): Seconds => m * (parts?.[pick] ?? 0);
  const { gradientReduction, optimizer, parameterGather } = request.tail;
  const known: Partial<Record<PartId, Seconds>> = {
    gemm: m * work.gemm,
    attention: m * work.attention,
    'memory-bound': m * work.streaming,
    tensor: waits('tensorComm'),
    context: waits('contextComm'),
    expert: Math.max(0, waits('expertComm') - (run.hiddenSeconds[stage] ?? 0)),
    shard: waits('shardComm'),
    pipeline: run.transferSeconds[stage] ?? 0,
    'gradient-reduction': gradientReduction,
    'parameter-gather': parameterGather,
    optimizer,
  };
  const outside = Object.entries(known).filter(([id]) => !insidePasses.has(id as PartId));
  return {
    seconds: step,
    stage,
    parts: completed(known, step),
    wholePasses: completed({ pass: run.busySeconds[stage] ?? 0, ...Object.fromEntries(outside) }, step),
  };
}

/** With the rest of the step: bubbles, and a device that waits for its host. */
function completed(known: Partial<Record<PartId, Seconds>>, step: Seconds): readonly PredictedPart[] {
  const told = Object.values(known).reduce((sum, seconds) => sum + seconds, 0);
  return Object.entries({ ...known, idle: Math.max(0, step - told) }).map(([id, visible]) => ({ id: id as PartId, visible }));
}
