/**
 * The matrix products of one layer on one GPU with the device they run on: parts that the weight scheme leaves alone run in 16
 * bits, the rest on weights of as many bytes as they are stored in. Engines run matrices that share their input as one.
 */
import type { ServingJob } from '../../estimate-inputs.ts';
import { type Block, firstAttention, firstExperts } from '../../model-shape.ts';
import { runsLlamaCpp } from '../engines/engine-id.ts';
import { elementsOf, layerMatrices, type Matrix, type Part } from '../memory/matrices.ts';
import { splitOf } from '../memory/weight-bytes.ts';
import { matrixBytes } from '../memory/weight-schemes/scheme.ts';
import type { ProductDevice, ServingDevices } from './devices.ts';

export interface LayerProduct {
  readonly part: Part;
  readonly device: ProductDevice;
  /** Equal ones: experts. */
  readonly count: number;
  /** Output and input features. */
  readonly n: number;
  readonly k: number;
}

/** Bytes of one stored weight of a matrix in the middle of the model, scales included. */
function storedBytes({ model, scheme }: ServingJob, matrix: Matrix): number {
  const attention = firstAttention(model);
  const sharing = attention?.kind === 'attention' ? attention.heads / attention.kvHeads : (attention?.heads ?? 1);
  const middle = Math.floor(model.layers / 2);
  const place = { layer: middle, layers: model.layers, experts: firstExperts(model)?.experts ?? 0, sharing, tied: model.tiedEmbeddings };
  return matrixBytes(matrix, scheme.layout(matrix, place)) / elementsOf(matrix);
}

/** Experts in 4 bits of vLLM and SGLang run Marlin's kernels, which multiply by the instructions of Ampere on every generation. */
const onOlderInstructions = ({ engine, weights }: ServingJob, { part }: Matrix): boolean =>
  part === 'experts' && weights === 'int4' && (engine.id === 'vllm' || engine.id === 'sglang');

function deviceOf(job: ServingJob, devices: ServingDevices, matrix: Matrix): ProductDevice {
  const { plain, linear, widened, serving } = devices;
  // A part of which some layers are left alone counts as the larger share of them.
  if ((job.scheme.leaves.get(matrix.part) ?? 0) > 0.5 || elementsOf(matrix) === 0) return plain;
  const bytes = storedBytes(job, matrix);
  const share = runsLlamaCpp(job.engine) ? serving.blockShare : serving.widenedShare;
  if (!widened) return { ...linear, weightBytes: bytes };
  const device = { ...linear, weightBytes: bytes / share };
  return onOlderInstructions(job, matrix) ? { ...device, besideStream: serving.widenedExperts } : device;
}

const sharesInput = (a: Matrix, b: Matrix): boolean =>
  a.part === b.part && a.columns === b.columns && a.count === b.count && a.category !== 'ffn-down' && a.category !== 'output';

export function layerProducts(job: ServingJob, devices: ServingDevices, block: Block): readonly LayerProduct[] {
  const merged: Matrix[] = [];
  for (const matrix of layerMatrices(block, job.model.hidden, splitOf(job))) {
    const at = merged.findIndex((other) => sharesInput(other, matrix));
    const other = merged[at];
    if (other === undefined) merged.push(matrix);
    else merged[at] = { ...other, rows: other.rows + matrix.rows };
  }
  return merged.map((matrix) => ({
    part: matrix.part,
    device: deviceOf(job, devices, matrix),
    count: matrix.count,
    n: matrix.rows,
    k: matrix.columns,
  }));
}
