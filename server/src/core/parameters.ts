/**
 * Parameter counts by operator, exact for dense GPT and LLaMA-like transformers.
 * Attention: W_q h x (a d), W_k and W_v h x (k d), W_o (a d) x h; MLP: 2 or 3 matrices h x f; norms h (weight) or 2h
 * (weight and bias). With TP the matrices divide by t, norms and row-parallel biases do not
 * (Shoeybi et al. 2019, section 3; Megatron-LM megatron/core/tensor_parallel/layers.py).
 */
import type { ModelShape } from './model-shape.ts';

export interface LayerParameters {
  readonly attention: number;
  readonly mlp: number;
  readonly norms: number;
  readonly total: number;
}

/** Elements in one norm. */
function normSize(model: ModelShape, width: number): number {
  return model.normalization === 'layernorm' ? 2 * width : width;
}

/** Key/value heads on one TP rank: fewer heads than ranks are kept whole on each (Megatron-LM core/transformer/attention.py). */
export function keyValueHeads(model: ModelShape, tensor: number): number {
  return Math.max(1, model.kvHeads / tensor);
}

/** Parameters of one transformer layer on one of `tensor` TP ranks (`tensor` 1: the whole layer). */
export function layerParameters(model: ModelShape, tensor = 1): LayerParameters {
  const query = model.heads * model.headDim;
  const keyValue = 2 * keyValueHeads(model, tensor) * tensor * model.headDim;
  const qkvBias = model.qkvBias || model.linearBias ? query + keyValue : 0;
  const outBias = model.linearBias ? model.hidden : 0;
  const qkNorm = model.qkNorm ? 2 * model.headDim : 0;
  const attention = (model.hidden * (query + keyValue) + query * model.hidden + qkvBias) / tensor + outBias + qkNorm;
  const up = (model.gatedMlp ? 2 : 1) * model.ffn;
  const mlp = (model.hidden * up + model.ffn * model.hidden + (model.linearBias ? up : 0)) / tensor + outBias;
  const norms = 2 * normSize(model, model.hidden);
  return { attention, mlp, norms, total: attention + mlp + norms };
}

/** Parameters of the input embedding on one TP rank, learned positions included (those are not divided). */
export function embeddingParameters(model: ModelShape, tensor = 1): number {
  const positions = model.positionEmbedding === 'learned' ? model.maxPositions * model.hidden : 0;
  return (model.paddedVocab * model.hidden) / tensor + positions;
}

/** Parameters of final norm and output head on one TP rank. A tied head costs nothing where the embedding lives too. */
export function headParameters(model: ModelShape, tensor = 1): { readonly norm: number; readonly matrix: number } {
  return { norm: normSize(model, model.hidden), matrix: (model.paddedVocab * model.hidden) / tensor };
}

/** All parameters of the model, counted once. */
export function totalParameters(model: ModelShape): number {
  const head = headParameters(model);
  return layerParameters(model).total * model.layers + embeddingParameters(model) + head.norm + (model.tiedEmbeddings ? 0 : head.matrix);
}
