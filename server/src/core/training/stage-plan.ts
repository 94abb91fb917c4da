/**
 * Which layers, embedding and head each pipeline rank holds. Chunk `c` of rank `r` is virtual stage `c * p + r`
 * (Narayanan et al. 2021, section 2.2; Megatron-LM get_transformer_layer_offset). Vocabulary parallelism in the pipeline
 * spreads embedding and head evenly over the ranks (Yeung et al. 2024, Balancing Pipeline Parallelism with Vocabulary
 * Parallelism, section 4).
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import { embeddingParameters, headParameters, layerParameters } from '../parameters.ts';

export interface ChunkPlan {
  readonly layers: number;
  /** Share of the embedding and of the head (with its loss) that this chunk holds: 0 or 1, or 1/p each when spread. */
  readonly embeddingShare: number;
  readonly headShare: number;
}

export interface RankPlan {
  readonly rank: number;
  readonly chunks: readonly ChunkPlan[];
  readonly layers: number;
  readonly embeddingShare: number;
  readonly headShare: number;
  /** Parameters held by one GPU of this rank before any ZeRO sharding. */
  readonly parameters: number;
  /** Of which in transformer layers. */
  readonly layerParameters: number;
  readonly embeddingParameters: number;
  readonly headParameters: number;
}

/** One plan per pipeline rank. */
export function stagePlan(job: TrainingJob): readonly RankPlan[] {
  const { pipeline, virtualStages, tensor } = job.parallel;
  const layer = layerParameters(job.model, tensor).total;
  const head = headParameters(job.model, tensor);
  const spread = job.parallel.vocabPipeline !== 'none' && pipeline > 1;
  return job.parallel.layers.map((chunkLayers, rank) => {
    const chunks = chunkLayers.map((layers, chunk) => ({
      layers,
      embeddingShare: spread ? (chunk === 0 ? 1 / pipeline : 0) : rank === 0 && chunk === 0 ? 1 : 0,
      headShare: spread ? (chunk === virtualStages - 1 ? 1 / pipeline : 0) : rank === pipeline - 1 && chunk === virtualStages - 1 ? 1 : 0,
    }));
    const layers = chunkLayers.reduce((sum, count) => sum + count, 0);
    const embeddingShare = chunks.reduce((sum, chunk) => sum + chunk.embeddingShare, 0);
    const headShare = chunks.reduce((sum, chunk) => sum + chunk.headShare, 0);
    const inEmbedding = embeddingShare * embeddingParameters(job.model, tensor);
    const shared = headShare > 0 && embeddingShare > 0 && job.model.tiedEmbeddings;
    const inHead = (headShare > 0 ? head.norm : 0) + (shared ? 0 : headShare * head.matrix);
    const inLayers = layers * layer;
    return {
      rank,
      chunks,
      layers,
      embeddingShare,
      headShare,
      parameters: inLayers + inEmbedding + inHead,
      layerParameters: inLayers,
      embeddingParameters: inEmbedding,
      headParameters: inHead,
    };
  });
}

/**
 * Spreads layers over ranks and chunks the way Megatron-LM does: evenly, the first and last rank as told, the rest
 * getting one more from the front when it does not divide (torchtitan) so that the sum is always `layers`.
 */
export function spreadLayers(
  layers: number,
  pipeline: number,
  virtualStages: number,
  first: number | undefined,
  last: number | undefined,
): readonly (readonly number[])[] {
  const fixedFirst = pipeline > 1 ? first : undefined;
  const fixedLast = pipeline > 1 ? last : undefined;
  const free = pipeline - (fixedFirst === undefined ? 0 : 1) - (fixedLast === undefined ? 0 : 1);
  const rest = Math.max(0, layers - (fixedFirst ?? 0) - (fixedLast ?? 0));
  const slots = Math.max(1, free * virtualStages);
  const base = Math.floor(rest / slots);
  let extra = rest - base * slots;
  const grid: number[][] = Array.from({ length: pipeline }, () => new Array<number>(virtualStages).fill(0));
  for (let chunk = 0; chunk < virtualStages; chunk++) {
    for (let rank = 0; rank < pipeline; rank++) {
      const row = grid[rank] as number[];
      const fixed = rank === 0 ? fixedFirst : rank === pipeline - 1 ? fixedLast : undefined;
      if (fixed !== undefined) row[chunk] = Math.floor(fixed / virtualStages) + (chunk < fixed % virtualStages ? 1 : 0);
      else {
        row[chunk] = base + (extra > 0 ? 1 : 0);
        if (extra > 0) extra--;
      }
    }
  }
  return grid;
}
