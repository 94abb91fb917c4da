/** The weights of each pipeline stage of a serving engine, per GPU. */
import type { ServingJob } from '../../estimate-inputs.ts';
import { type Block, countKinds, firstAttention, firstExperts, type ModelShape } from '../../model-shape.ts';
import { blockParameters } from '../../parameters/block-parameters.ts';
import { embeddingParameters, headParameters, predictionParameters, towerParameters } from '../../parameters/model-parameters.ts';
import type { Bytes } from '../../units.ts';
import { elementsOf, layerMatrices, type Matrix, type ServingSplit } from './matrices.ts';
import { stageLayers } from './stages.ts';
import { matrixBytes, type Place } from './weight-schemes/scheme.ts';

/** Bytes of what is not quantized: 16 bits, or 32 in an fp32 model and in a GGUF file, whose norms and biases are so. */
const plainBytes = ({ scheme }: ServingJob): number => (scheme.format === 'fp32' || scheme.id.startsWith('gguf') ? 4 : 2);

export function splitOf({ tensor, dataParallel, attentionData, expertParallel }: ServingJob): ServingSplit {
  // Experts are divided over TP and the replicas of data parallelism together, whether whole (expert parallelism) or each
  // into slices (vllm/model_executor/layers/fused_moe/config.py, FusedMoEParallelConfig).
  return {
    attention: Math.max(1, tensor / attentionData),
    tensor,
    experts: tensor * dataParallel,
    wholeExperts: expertParallel,
  };
}

function placeOf(model: ModelShape, layer: number): Place {
  const attention = firstAttention(model);
  const sharing = attention?.kind === 'attention' ? attention.heads / attention.kvHeads : (attention?.heads ?? 1);
  return { layer, layers: model.layers, experts: firstExperts(model)?.experts ?? 0, sharing, tied: model.tiedEmbeddings };
}

/** Parameters of one layer on one GPU; attention may be divided by less than the rest. */
function layerParameters(model: ModelShape, block: Block, split: ServingSplit): number {
  const of = (tensor: number) =>
    blockParameters(block, model.hidden, model.normalization, { tensor, expert: split.experts / split.tensor, expertTensor: split.tensor });
  const rest = of(split.tensor);
  return split.attention === split.tensor ? rest.total : rest.total - rest.mixer + of(split.attention).mixer;
}

/** Bytes of one layer: its matrices under the scheme, the rest in 16 bits. */
function layerBytes(job: ServingJob, block: Block, layer: number): number {
  const { model } = job;
  const split = splitOf(job);
  const place = placeOf(model, layer);
  let rest = layerParameters(model, block, split);
  let bytes = 0;
  for (const matrix of layerMatrices(block, model.hidden, split)) {
    rest -= elementsOf(matrix);
    bytes += quantized(job, matrix, place);
  }
  return bytes + Math.max(0, rest) * plainBytes(job);
}

function quantized(job: ServingJob, matrix: Matrix, place: Place): number {
  const { scheme } = job;
  const left = scheme.leaves.get(matrix.part) ?? 0;
  const columns = matrix.category === 'ffn-down' && matrix.part === 'experts' ? aligned(job, matrix.columns) : matrix.columns;
  const rows = matrix.category === 'ffn-up' && matrix.part === 'experts' ? aligned(job, matrix.rows) : matrix.rows;
  const stored = { ...matrix, rows, columns: padded(job, matrix, columns) };
  return left * elementsOf(stored) * plainBytes(job) + (1 - left) * matrixBytes(stored, scheme.layout(matrix, place));
}

/** Experts in 16 bits whose rows are a multiple of 512 bytes get 256 more on AMD, against bank conflicts (VLLM_ROCM_MOE_PADDING). */
function padded({ engine, scheme, cluster }: ServingJob, matrix: Matrix, columns: number): number {
  const amd = cluster.accelerator.vendor.toLowerCase() === 'amd' && engine.id === 'vllm';
  const wide = scheme.format === 'bf16' || scheme.format === 'fp16';
  return amd && wide && matrix.part === 'experts' && columns % 256 === 0 ? columns + 128 : columns;
}

/** Experts' width is rounded up for the kernels of some releases. */
const aligned = (job: ServingJob, width: number): number => Math.ceil(width / job.expertAlignment) * job.expertAlignment;

/** Embedding (first stage) and head with the last norm (last stage), vocabulary rounded up to 64 rows a rank. */
function ends(job: ServingJob): { readonly first: number; readonly last: number } {
  const { model, tensor } = job;
  const place = placeOf(model, 0);
  const vocab = Math.ceil(model.paddedVocab / 64) * 64;
  const table = (part: 'embedding' | 'head'): number => {
    const matrix: Matrix = {
      part,
      category: part === 'head' ? 'head' : 'token-embedding',
      rows: Math.ceil(vocab / tensor),
      columns: model.hidden,
      count: 1,
    };
    return quantized(job, matrix, place);
  };
  const learned = embeddingParameters({ ...model, paddedVocab: 0 }) * plainBytes(job);
  const norm = headParameters(model).norm * plainBytes(job);
  const shared = model.tiedEmbeddings && job.pipeline === 1;
  return { first: table('embedding') + learned, last: norm + (shared ? 0 : table('head')) };
}

/** Towers and what stands outside blocks, embedding and head: on the first stage, in 16 bits. */
function besides(job: ServingJob): number {
  const { model, tensor } = job;
  return plainBytes(job) * model.towers.reduce((sum, tower) => sum + towerParameters(tower, tensor), model.otherParameters);
}

/** Cosines and sines of all positions, which vLLM and SGLang hold as a table beside the weights. */
function positionTable({ model, engine, scheme }: ServingJob): number {
  const mixer = firstAttention(model);
  if (model.positionEmbedding !== 'rope' || mixer === undefined || (engine.id !== 'vllm' && engine.id !== 'sglang')) return 0;
  const width = mixer.kind === 'mla' ? mixer.ropeDim : mixer.headDim;
  return model.maxPositions * width * (scheme.format === 'fp32' ? 4 : 2);
}

/** MLA layers keep their up-projections a second time, in 16 bits and in the order that decoding needs (vllm mla_attention, W_UV and W_UK_T). */
function absorbed(job: ServingJob, block: Block): number {
  const { mixer } = block;
  if (mixer?.kind !== 'mla' || (job.engine.id !== 'vllm' && job.engine.id !== 'sglang')) return 0;
  return (2 * mixer.kvRank * mixer.heads * (mixer.nopeDim + mixer.valueDim)) / splitOf(job).attention;
}

/** Layers for drafting that the checkpoint brings along, in its own scheme; loaded when the engine speculates with them. */
function draftBytes(job: ServingJob): number {
  const { model } = job;
  const last = model.blocks[model.order.at(-1) ?? 0];
  if (job.draftLayers === 0 || last === undefined) return 0;
  const whole = { tensor: 1, expert: 1, expertTensor: 1 };
  // What joins hidden states to the input is whole on every GPU (vllm/model_executor/models/deepseek_mtp.py, eh_proj).
  const more = predictionParameters(model).total - blockParameters(last, model.hidden, model.normalization, whole).total;
  return job.draftLayers * (layerBytes(job, last, model.layers - 1) + more * plainBytes(job));
}

/** Slots for adapters: both matrices of each product that can carry one, in 16 bits (vllm/lora/layers). */
export function loraBytes(job: ServingJob, layers: number): number {
  const { model, loraSlots, loraRank } = job;
  if (loraSlots === 0) return 0;
  const counts = countKinds(model, 0, model.layers);
  const widths = model.blocks.reduce((sum, block, kind) => {
    const own = layerMatrices(block, model.hidden, splitOf(job)).filter(
      ({ part }) => part === 'attention' || part === 'attention-output' || part === 'mlp',
    );
    return sum + (counts[kind] ?? 0) * own.reduce((total, { rows, columns }) => total + rows + columns, 0);
  }, 0);
  return (loraSlots * loraRank * widths * 2 * layers) / model.layers;
}

/** The weights of one pipeline stage on one GPU, and what of them are the tables at the model's ends. */
export interface StageWeights {
  readonly bytes: Bytes;
  readonly input: Bytes;
  /** The head with its norm; the embedding itself where both are one table. */
  readonly output: Bytes;
}

/** The weights of every pipeline stage. */
export function stageWeights(job: ServingJob): readonly StageWeights[] {
  const { model, scheme, pipeline } = job;
  const stages = stageLayers(job);
  const { first, last } = ends(job);
  const perKind = model.blocks.map((block) => (scheme.byLayer ? 0 : layerBytes(job, block, 0)));
  const copies = model.blocks.map((block) => absorbed(job, block));
  let from = 0;
  return stages.map((layers, stage) => {
    const counts = countKinds(model, from, from + layers);
    let bytes = counts.reduce((sum, count, kind) => sum + count * ((perKind[kind] ?? 0) + (copies[kind] ?? 0)), 0);
    for (let layer = from; scheme.byLayer && layer < from + layers; layer++) {
      const block = model.blocks[model.order[layer] ?? 0];
      if (block) bytes += layerBytes(job, block, layer);
    }
    from += layers;
    if (stage === 0) bytes += first + besides(job);
    if (stage === pipeline - 1) bytes += last + draftBytes(job);
    return {
      bytes: bytes + positionTable(job) + loraBytes(job, layers),
      input: stage === 0 ? first : 0,
      output: stage < pipeline - 1 ? 0 : model.tiedEmbeddings && pipeline === 1 ? first : last,
    };
  });
}
