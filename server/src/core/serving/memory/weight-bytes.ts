/** The weights of one GPU of a serving engine. */
import type { ServingJob } from '../../estimate-inputs.ts';
import { countKinds, type ModelShape } from '../../model-shape.ts';
import { bytesPerElement } from '../../number-format.ts';
import { embeddingParameters, headParameters, kindParameters, towerParameters } from '../../parameters/model-parameters.ts';
import type { Bytes } from '../../units.ts';

/** Bytes of the weights on one GPU. Norms, biases and embeddings stay in 16 bits under every scheme here. */
export function weightBytes(job: ServingJob): Bytes {
  const { model, tensor, pipeline } = job;
  const scaled = job.weights === 'int4' ? 0.5 + 4.5 / 128 : bytesPerElement(job.weights);
  // Experts are divided over TP and the replicas of data parallelism together, whether whole (expert parallelism) or each
  // into slices: the bytes are the same (vllm/model_executor/layers/fused_moe/config.py, FusedMoEParallelConfig).
  const kinds = kindParameters(model, { tensor, expert: job.dataParallel, expertTensor: tensor });
  const counts = countKinds(model, 0, model.layers);
  const layers = kinds.reduce((sum, { total, norms }, kind) => sum + (counts[kind] ?? 0) * ((total - norms) * scaled + norms * 2), 0);
  const head = headParameters(model, tensor);
  const ends = 2 * (embeddingParameters(model, tensor) + head.norm + (model.tiedEmbeddings ? 0 : head.matrix) + besides(model, tensor));
  const wide = job.weights === 'fp32' ? 2 : 1;
  const mine = Math.ceil(model.layers / pipeline) / model.layers;
  return (mine * layers + (pipeline > 1 ? ends / 2 : ends) * wide) as Bytes;
}

/** Parameters of towers and of what stands outside blocks, embedding and head. */
function besides(model: ModelShape, tensor: number): number {
  return model.towers.reduce((sum, tower) => sum + towerParameters(tower, tensor), model.otherParameters);
}
