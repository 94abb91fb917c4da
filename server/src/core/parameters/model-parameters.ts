/** Parameters of a whole model, and of its ends. */
import { countKinds, type ModelShape, type Tower } from '../model-shape.ts';
import { activeBlockParameters, type BlockParameters, blockParameters, normSize, type Split, whole } from './block-parameters.ts';

/** Parameters of every kind of layer of the model on one rank: `kinds[kind]`. */
export function kindParameters(model: ModelShape, split: Split = whole): readonly BlockParameters[] {
  return model.blocks.map((block) => blockParameters(block, model.hidden, model.normalization, split));
}

/** Parameters of the input embedding on one TP rank, learned positions included (those are not divided). */
export function embeddingParameters(model: ModelShape, tensor = 1): number {
  const positions = model.positionEmbedding === 'learned' ? model.maxPositions * model.hidden : 0;
  return (model.paddedVocab * model.hidden) / tensor + positions;
}

/** Parameters of final norm and output head on one TP rank. A tied head costs nothing where the embedding lives too. */
export function headParameters(model: ModelShape, tensor = 1): { readonly norm: number; readonly matrix: number } {
  return { norm: normSize(model.normalization)(model.hidden), matrix: (model.paddedVocab * model.hidden) / tensor };
}

/** One multi-token prediction layer: a block of the last kind, the projection of 2h onto h, and three norms. */
export function predictionParameters(model: ModelShape, split: Split = whole): BlockParameters {
  const last = model.order.at(-1) ?? 0;
  const block = model.blocks[last] ?? { norms: 0, parallel: false };
  const inner = blockParameters(block, model.hidden, model.normalization, split);
  const more = (2 * model.hidden * model.hidden) / split.tensor + 3 * normSize(model.normalization)(model.hidden);
  return { ...inner, dense: inner.dense + more, total: inner.total + more };
}

export function towerParameters(tower: Tower, tensor = 1): number {
  const split = { tensor, expert: 1, expertTensor: 1 };
  return tower.layers * blockParameters(tower.block, tower.hidden, tower.normalization, split).total + tower.otherParameters;
}

function ends(model: ModelShape): number {
  const head = headParameters(model);
  const towers = model.towers.reduce((sum, tower) => sum + towerParameters(tower), 0);
  return embeddingParameters(model) + head.norm + (model.tiedEmbeddings ? 0 : head.matrix) + towers + model.otherParameters;
}

/** All parameters of the model, counted once. */
export function totalParameters(model: ModelShape): number {
  const kinds = kindParameters(model);
  const counts = countKinds(model, 0, model.layers);
  const layers = counts.reduce((sum, count, kind) => sum + count * (kinds[kind]?.total ?? 0), 0);
  const prediction = model.mtpLayers > 0 ? model.mtpLayers * predictionParameters(model).total : 0;
  return layers + prediction + ends(model);
}

/** Parameters one token meets on its way: all but the experts it does not visit. */
export function activeParameters(model: ModelShape): number {
  const counts = countKinds(model, 0, model.layers);
  const layers = model.blocks.reduce(
    (sum, block, kind) => sum + (counts[kind] ?? 0) * activeBlockParameters(block, model.hidden, model.normalization),
    0,
  );
  return layers + ends(model);
}
