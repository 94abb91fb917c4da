/** Stacks beside the main one: an image encoder, and the encoder of an encoder-decoder model. */
import type { Normalization, PartialJob } from '../job-fields.ts';
import type { AttentionMixer, Block, Tower } from '../model-shape.ts';
import { normSize } from '../parameters/block-parameters.ts';

/** The tower of images, when its size is known. Its attention looks both ways. */
function visionTower(job: PartialJob): Tower | undefined {
  const { 'vision.layers': layers, 'vision.hidden': hidden, 'vision.heads': heads } = job;
  if (layers === undefined || hidden === undefined || heads === undefined) return undefined;
  const bias = job['vision.bias'] ?? true;
  const mixer: AttentionMixer = {
    kind: 'attention',
    heads,
    kvHeads: heads,
    headDim: hidden / heads,
    qkvBias: bias,
    outBias: bias,
    qkNorm: 'none',
    gate: false,
    sinks: false,
    causal: false,
  };
  const feedForward = { kind: 'dense', ffn: job['vision.ffn'] ?? 4 * hidden, gated: job['vision.gatedMlp'] ?? false, bias } as const;
  return {
    label: 'vision tower',
    hidden,
    layers,
    block: { mixer, feedForward, norms: 2, parallel: false },
    normalization: job['vision.normalization'] ?? (bias ? 'layernorm' : 'rmsnorm'),
    tokens: job['vision.tokens'] ?? 0,
    otherParameters: (job['vision.otherParameters'] ?? 0) + (job['vision.projectorParameters'] ?? 0),
  };
}

/** The encoder has the decoder's own layers, less cross attention, and looks both ways. */
function encoderTower(job: PartialJob, block: Block, hidden: number, normalization: Normalization): Tower | undefined {
  const layers = job['model.encoderLayers'] ?? 0;
  if (layers === 0) return undefined;
  const mixer = block.mixer?.kind === 'attention' ? { ...block.mixer, causal: false } : block.mixer;
  return {
    label: 'encoder',
    hidden,
    layers,
    block: { ...block, ...(mixer ? { mixer } : {}) },
    normalization,
    tokens: 0,
    otherParameters: normSize(normalization)(hidden),
  };
}

/** All towers of the job's model; `block` is the decoder's own kind of layer, before cross attention. */
export function completeTowers(job: PartialJob, block: Block, hidden: number, normalization: Normalization): readonly Tower[] {
  return [visionTower(job), encoderTower(job, block, hidden, normalization)].filter((tower) => tower !== undefined);
}
