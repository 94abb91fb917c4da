/**
 * Which layers, embedding and head each pipeline rank holds. Where chunk `c` of rank `r` stands in the pipeline is said by
 * the schedule's placement (schedules/placement.ts; Megatron-LM get_transformer_layer_offset). Vocabulary parallelism in the pipeline
 * spreads embedding and head evenly over the ranks (Yeung et al. 2024, Balancing Pipeline Parallelism with Vocabulary
 * Parallelism, section 4).
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import { countKinds } from '../model-shape.ts';
import type { BlockParameters } from '../parameters/block-parameters.ts';
import {
  embeddingParameters,
  headParameters,
  kindParameters,
  predictionParameters,
  towerParameters,
} from '../parameters/model-parameters.ts';
import { findSchedule } from '../schedules/index.ts';
import { lastPosition, type Placement, positionOf } from '../schedules/placement.ts';

export interface ChunkPlan {
  readonly layers: number;
  /** Layers of each kind of block: `kinds[kind]`. */
  readonly kinds: readonly number[];
  /** Multi-token prediction layers, which stand before the head. */
  readonly prediction: number;
  /** Share of the embedding and of the head (with its loss) that this chunk holds: 0 or 1, or 1/p each when spread. */
  readonly embeddingShare: number;
  readonly headShare: number;
}

export interface RankPlan {
  readonly rank: number;
  readonly chunks: readonly ChunkPlan[];
  readonly layers: number;
  readonly kinds: readonly number[];
  readonly embeddingShare: number;
  readonly headShare: number;
  /** Parameters held by one GPU of this rank before any ZeRO sharding. */
  readonly parameters: number;
  /** Of which in routed experts, whose data-parallel group is another one. */
  readonly expertParameters: number;
  /** Of which in transformer layers. */
  readonly layerParameters: number;
  readonly embeddingParameters: number;
  readonly headParameters: number;
}

const addKinds = (a: readonly number[], b: readonly number[]): readonly number[] => a.map((count, kind) => count + (b[kind] ?? 0));

/** One plan per pipeline rank. */
export function stagePlan(job: TrainingJob): readonly RankPlan[] {
  const { pipeline, virtualStages, tensor, expert, expertTensor } = job.parallel;
  const split = { tensor, expert, expertTensor };
  const kinds = kindParameters(job.model, split);
  const prediction = job.model.mtpLayers > 0 ? predictionParameters(job.model, split) : undefined;
  const head = headParameters(job.model, tensor);
  const spread = job.parallel.vocabPipeline !== 'none' && pipeline > 1;
  const placement = findSchedule(job.parallel.schedule)?.placement ?? 'loop';
  const lastPlace = lastPosition(placement, pipeline, virtualStages);
  const starts = chunkStarts(job.parallel.layers, placement);
  const { predictionRank } = job.parallel;
  const plans: RankPlan[] = [];
  job.parallel.layers.forEach((chunkLayers, rank) => {
    const before = plans[rank - 1];
    if (before && equalsBefore(job, rank, chunkLayers)) {
      plans.push({ ...before, rank });
      return;
    }
    const chunks = chunkLayers.map((layers, chunk): ChunkPlan => {
      const start = starts[rank]?.[chunk] ?? 0;
      const place = positionOf(placement, pipeline, rank, chunk);
      const first = place === 0;
      const last = place === lastPlace;
      const predicts = predictionRank === undefined ? last : rank === predictionRank && chunk === virtualStages - 1;
      return {
        layers,
        kinds: countKinds(job.model, start, start + layers),
        prediction: predicts ? job.model.mtpLayers : 0,
        embeddingShare: spread ? (chunk === 0 ? 1 / pipeline : 0) : first ? 1 : 0,
        headShare: spread ? (chunk === virtualStages - 1 ? 1 / pipeline : 0) : last ? 1 : 0,
      };
    });
    plans.push(rankPlan(job, rank, chunks, kinds, prediction, head));
  });
  return plans;
}

/** True when this rank holds as much of the same as the one before it, as the ranks between the ends mostly do. */
function equalsBefore(job: TrainingJob, rank: number, chunkLayers: readonly number[]): boolean {
  const { layers, pipeline, predictionRank } = job.parallel;
  if (predictionRank !== undefined || rank < 2 || rank === pipeline - 1 || job.model.order.length > 0) return false;
  return chunkLayers.every((count, chunk) => count === layers[rank - 1]?.[chunk]);
}

function rankPlan(
  job: TrainingJob,
  rank: number,
  chunks: readonly ChunkPlan[],
  parameters: readonly BlockParameters[],
  prediction: BlockParameters | undefined,
  head: { readonly norm: number; readonly matrix: number },
): RankPlan {
  const { tensor } = job.parallel;
  let layers = 0;
  let embeddingShare = 0;
  let headShare = 0;
  let predicted = 0;
  let kinds: readonly number[] = new Array<number>(parameters.length).fill(0);
  for (const chunk of chunks) {
    layers += chunk.layers;
    embeddingShare += chunk.embeddingShare;
    headShare += chunk.headShare;
    predicted += chunk.prediction;
    kinds = addKinds(kinds, chunk.kinds);
  }
  const towers = embeddingShare > 0 ? job.model.towers.reduce((sum, tower) => sum + towerParameters(tower, tensor), 0) : 0;
  const inEmbedding = embeddingShare * (embeddingParameters(job.model, tensor) + towers + job.model.otherParameters);
  const shared = headShare > 0 && embeddingShare > 0 && job.model.tiedEmbeddings;
  const inHead = (headShare > 0 ? head.norm : 0) + (shared ? 0 : headShare * head.matrix);
  let inLayers = predicted * (prediction?.total ?? 0);
  let inExperts = predicted * (prediction?.experts ?? 0);
  for (let kind = 0; kind < kinds.length; kind++) {
    inLayers += (kinds[kind] ?? 0) * (parameters[kind]?.total ?? 0);
    inExperts += (kinds[kind] ?? 0) * (parameters[kind]?.experts ?? 0);
  }
  return {
    rank,
    chunks,
    layers,
    kinds,
    embeddingShare,
    headShare,
    parameters: inLayers + inEmbedding + inHead,
    expertParameters: inExperts,
    layerParameters: inLayers,
    embeddingParameters: inEmbedding,
    headParameters: inHead,
  };
}

/** The first layer of each chunk: `starts[rank][chunk]`. Both directions of a two-way pipeline start at layer 0. */
function chunkStarts(layers: readonly (readonly number[])[], placement: Placement): readonly (readonly number[])[] {
  const stages = layers.length;
  const count: number[] = [];
  layers.forEach((row, rank) => {
    row.forEach((held, chunk) => {
      count[positionOf(placement, stages, rank, chunk)] = held;
    });
  });
  const before: number[] = [];
  let next = 0;
  count.forEach((held, place) => {
    before[place] = next;
    next += held;
  });
  return layers.map((row, rank) => row.map((_held, chunk) => before[positionOf(placement, stages, rank, chunk)] ?? 0));
}
