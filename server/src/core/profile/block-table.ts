/**
 * Parameters, FLOPs and bytes of weights by part of the model: each kind of layer with its halves, and what stands around the layers.
 * Parameters add up to `totalParameters`, FLOPs to `modelFlops` by the convention named: tests hold both.
 */
import {
  countedMixing,
  flopsOfTower,
  linearFlopsPerToken,
  type ProductCount,
  productCounts,
  routerFlopsPerToken,
} from '../compute/flops.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { FlopsConvention } from '../job-fields.ts';
import { isQuantized, storedBytes } from '../memory/base-weights.ts';
import { type Block, countKinds, type FeedForward, type Mixer } from '../model-shape.ts';
import { bytesPerElement } from '../number-format.ts';
import { blockParameters } from '../parameters/block-parameters.ts';
import { embeddingParameters, headParameters, predictionParameters, towerParameters } from '../parameters/model-parameters.ts';
import type { Bytes, Flops } from '../units.ts';

export interface BlockRow {
  readonly id: string;
  readonly label: string;
  /** Layers of this kind, or how often the part is there. */
  readonly count: number;
  /** Of all of them. */
  readonly parameters: number;
  readonly bytes: Bytes;
  /** Of a step, forward and backward. */
  readonly flops: Flops;
  /** The halves of a layer; empty for parts that are not opened. */
  readonly parts: readonly Omit<BlockRow, 'parts' | 'count'>[];
}

export interface BlockTable {
  readonly rows: readonly BlockRow[];
  readonly parameters: number;
  readonly bytes: Bytes;
  readonly flops: Flops;
  /** Whose way of counting FLOPs this is. */
  readonly convention: FlopsConvention;
}

type Part = BlockRow['parts'][number];

/** What everything in the table is counted by. */
interface Count {
  readonly job: TrainingJob;
  readonly tokens: number;
  readonly by: ProductCount;
  /** Bytes of a weight inside and outside the layers. */
  readonly inside: Bytes;
  readonly outside: Bytes;
}

const only = (part: { readonly mixer: Mixer } | { readonly feedForward: FeedForward }): Block => ({ norms: 0, parallel: false, ...part });

/** Forward FLOPs per token of one layer: mixer with its attention, what every token goes through, routed experts. */
function layerFlops({ job, by }: Count, block: Block): { readonly mixer: Flops; readonly common: Flops; readonly routed: Flops } {
  const { hidden } = job.model;
  const { mixer, cross, feedForward } = block;
  let mixing = 0;
  for (const one of [mixer, cross]) {
    if (one) mixing += linearFlopsPerToken(only({ mixer: one }), hidden) + countedMixing(one, job.sequenceLength, by.keys);
  }
  const all = feedForward ? linearFlopsPerToken(only({ feedForward }), hidden) : 0;
  const routed = feedForward?.kind === 'moe' ? all - linearFlopsPerToken(only({ feedForward: { ...feedForward, topK: 0 } }), hidden) : 0;
  return { mixer: mixing, common: all - routed - (by.router ? 0 : routerFlopsPerToken(block, hidden)), routed };
}

const mixerLabels = {
  attention: 'Attention',
  mla: 'Latent attention',
  mamba1: 'Mamba',
  mamba2: 'Mamba-2',
  delta: 'Delta rule',
} as const;

/** "Attention and MLP", "Mamba-2", "Latent attention and experts". */
export function blockLabel({ mixer, feedForward }: Block): string {
  const halves = [
    ...(mixer ? [mixerLabels[mixer.kind]] : []),
    ...(feedForward ? [feedForward.kind === 'moe' ? 'experts' : 'MLP'] : []),
  ].join(' and ');
  return halves.charAt(0).toUpperCase() + halves.slice(1);
}

/** The halves of `count` layers of one kind. */
function layerParts(count: Count, block: Block, layers: number): readonly Part[] {
  const { job, tokens, inside } = count;
  const sizes = blockParameters(block, job.model.hidden, job.model.normalization);
  const flops = layerFlops(count, block);
  const part = (id: string, label: string, parameters: number, perToken: Flops): Part => ({
    id,
    label,
    parameters: layers * parameters,
    bytes: layers * parameters * inside,
    flops: 3 * tokens * layers * perToken,
  });
  const moe = block.feedForward?.kind === 'moe';
  return [
    ...(block.mixer ? [part('mixer', mixerLabels[block.mixer.kind], sizes.mixer, flops.mixer)] : []),
    ...(block.feedForward ? [part('feed-forward', moe ? 'Router and shared experts' : 'MLP', sizes.feedForward, flops.common)] : []),
    ...(moe ? [part('experts', 'Routed experts', sizes.experts, flops.routed)] : []),
    part('norms', 'Norms', sizes.norms + (block.modulation ?? 0), 0),
  ].filter(({ parameters, flops: work }) => parameters > 0 || work > 0);
}

const sum = (parts: readonly Part[], pick: 'parameters' | 'bytes' | 'flops'): number => parts.reduce((all, part) => all + part[pick], 0);

function layerRows(count: Count): readonly BlockRow[] {
  const { model } = count.job;
  const layers = countKinds(model, 0, model.layers);
  return model.blocks.flatMap((block, kind) => {
    const of = layers[kind] ?? 0;
    if (of === 0) return [];
    const parts = layerParts(count, block, of);
    return [
      {
        id: `layers.${kind}`,
        label: blockLabel(block),
        count: of,
        parameters: sum(parts, 'parameters'),
        bytes: sum(parts, 'bytes'),
        flops: sum(parts, 'flops'),
        parts,
      },
    ];
  });
}

/** Multi-token prediction: a layer of the last kind with a projection of 2h onto h. Its pass through the head stands at the head. */
function predictionRow(count: Count): readonly BlockRow[] {
  const { job, tokens, inside } = count;
  const { mtpLayers, hidden, blocks, order } = job.model;
  const block = blocks[order.at(-1) ?? 0];
  if (mtpLayers === 0 || !block) return [];
  const parameters = mtpLayers * predictionParameters(job.model).total;
  const { mixer, common, routed } = layerFlops(count, block);
  const flops = 3 * tokens * mtpLayers * (mixer + common + routed + 4 * hidden * hidden);
  return [
    { id: 'prediction', label: 'Multi-token prediction', count: mtpLayers, parameters, bytes: parameters * inside, flops, parts: [] },
  ];
}

/** What stands around the layers. */
function outerRows(count: Count): readonly BlockRow[] {
  const { job, tokens, by, outside } = count;
  const { model } = job;
  const row = (id: string, label: string, parameters: number, perToken: Flops): BlockRow => ({
    id,
    label,
    count: 1,
    parameters,
    bytes: parameters * outside,
    flops: 3 * tokens * perToken,
    parts: [],
  });
  const head = headParameters(model);
  const vocab = by.padded ? model.paddedVocab : model.vocab;
  return [
    row('embedding', 'Embedding', embeddingParameters(model), 0),
    ...model.towers.map((tower, index) => {
      const { linear, attention } = flopsOfTower(tower, job.sequenceLength);
      return row(`tower.${index}`, tower.label, towerParameters(tower), linear + attention);
    }),
    row('other', 'Outside the layers', model.otherParameters, 0),
    row('final-norm', 'Final norm', head.norm, 0),
    row(
      'head',
      model.tiedEmbeddings ? 'Head (the embedding again)' : 'Head',
      model.tiedEmbeddings ? 0 : head.matrix,
      2 * (1 + model.mtpLayers) * model.hidden * vocab,
    ),
  ].filter(({ parameters, flops }) => parameters > 0 || flops > 0);
}

/** The table of a job; `tokens` are those of a step. */
export function blockTable(job: TrainingJob, tokens: number): BlockTable {
  const convention = productCounts[job.mfuConvention] ? job.mfuConvention : 'maxtext';
  const by = productCounts[convention] ?? { keys: 'mask', router: true, padded: false };
  const plain = bytesPerElement(job.precision.params);
  const frozen = isQuantized(job.baseFormat) ? bytesPerElement(job.precision.compute) : storedBytes(job.baseFormat);
  const count: Count = {
    job,
    tokens,
    by,
    inside: job.adapter ? storedBytes(job.baseFormat) : plain,
    outside: job.adapter ? frozen : plain,
  };
  const outer = outerRows(count);
  const before = outer.filter(({ id }) => id === 'embedding' || id.startsWith('tower') || id === 'other');
  const rows = [...before, ...layerRows(count), ...predictionRow(count), ...outer.filter((row) => !before.includes(row))];
  return { rows, parameters: sum(rows, 'parameters'), bytes: sum(rows, 'bytes'), flops: sum(rows, 'flops'), convention };
}
