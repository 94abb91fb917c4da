/**
 * From what was read about a model to a shape the formulas can use, or the list of what is missing. What has to be
 * assumed is recorded; nothing is guessed about layers, width or heads.
 */
import { completeBlocks } from './architecture/complete-blocks.ts';
import { completeTowers } from './architecture/complete-towers.ts';
import type { Assumption } from './estimate.ts';
import type { JobField, PartialJob } from './job-fields.ts';
import type { Block, ModelShape } from './model-shape.ts';

export type CompletedModel =
  | { readonly model: ModelShape; readonly assumptions: readonly Assumption[] }
  | { readonly missing: readonly JobField[] }
  | { readonly unsupported: string };

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

const sizes = [
  'sequence.length',
  'model.layers',
  'model.hidden',
  'model.heads',
  'model.kvHeads',
  'model.headDim',
  'model.ffn',
  'model.vocab',
  'model.paddedVocab',
  'model.experts',
  'model.expertsPerToken',
  'model.expertFfn',
] as const;

/** What may be nothing, but no less and not without end. */
const amounts = ['model.slidingWindow', 'model.otherParameters', 'vision.otherParameters', 'vision.projectorParameters'] as const;

function badSize(job: PartialJob): string | undefined {
  const bad =
    sizes.find((field) => {
      const value = job[field];
      return value !== undefined && !(Number.isFinite(value) && value > 0 && value < 1e9);
    }) ??
    amounts.find((field) => {
      const value = job[field];
      return value !== undefined && !(Number.isFinite(value) && value >= 0);
    });
  const name = bad?.startsWith('model.') ? `the model's ${bad.slice('model.'.length)}` : bad;
  return bad && `${name} is ${job[bad]}, which cannot be estimated`;
}

/** A model whose layers are all state-space layers or gated delta rules needs no heads. */
function needsHeads(job: PartialJob): boolean {
  const pattern = job['model.mixerPattern'];
  return pattern === undefined || pattern === '' || /[*w]/.test(pattern);
}

/** Cross attention of a decoder reads the encoder's output through a norm of its own. */
function withCross(block: Block): Block {
  if (block.mixer?.kind !== 'attention') return block;
  return { ...block, cross: { ...block.mixer, causal: false }, norms: block.norms + 1 };
}

/** A shape with every field known. Assumes, with a record: the vocabulary size, and family traits that were not read. */
export function completeModel(job: PartialJob, tensor: number): CompletedModel {
  const { 'model.layers': layers, 'model.hidden': hidden } = job;
  if (layers === undefined || hidden === undefined || (needsHeads(job) && job['model.heads'] === undefined)) {
    const needed = ['model.layers', 'model.hidden', 'model.heads'] as const;
    return { missing: needed.filter((field) => job[field] === undefined) };
  }
  const bad = badSize(job);
  if (bad) return { unsupported: bad };
  if (job['model.attentionKind'] === 'hybrid' && job['model.mixerPattern'] === undefined) {
    return { unsupported: 'which layers attend and which keep a state is not known' };
  }
  const assumptions: Assumption[] = [];
  const assume = <T>(field: JobField, value: T | undefined, fallback: T, why: string): T => {
    if (value !== undefined) return value;
    assumptions.push({ field, value: String(fallback), why });
    return fallback;
  };
  const gated = assume('model.gatedMlp', job['model.gatedMlp'], false, 'nothing says that the MLP is gated');
  const usual = gated ? roundUp((8 * hidden) / 3, 64) : 4 * hidden;
  const ffn = job['model.ffn'] ?? job['model.expertFfn'] ?? assume('model.ffn', undefined, usual, 'the usual width for this hidden size');
  const vocab =
    job['model.vocab'] ??
    job['model.paddedVocab'] ??
    assume('model.vocab', undefined, 51200, 'the vocabulary comes from a tokenizer that was not read');
  const linearBias = job['model.linearBias'] ?? !gated;
  const completed = completeBlocks(job, { layers, ffn, gated, linearBias });
  if (!('blocks' in completed)) return completed;
  const normalization = job['model.normalization'] ?? (gated ? 'rmsnorm' : 'layernorm');
  const first = completed.blocks[0];
  const model: ModelShape = {
    layers,
    hidden,
    blocks: (job['model.encoderLayers'] ?? 0) > 0 ? completed.blocks.map(withCross) : completed.blocks,
    order: completed.order,
    activation: job['model.activation'] ?? (gated ? 'swiglu' : 'gelu'),
    vocab,
    paddedVocab: job['model.paddedVocab'] ?? roundUp(vocab, (job['model.vocabDivisor'] ?? 1) * tensor),
    tiedEmbeddings: assume('model.tiedEmbeddings', job['model.tiedEmbeddings'], !gated, 'the usual choice of this family'),
    positionEmbedding: job['model.positionEmbedding'] ?? (gated ? 'rope' : 'learned'),
    maxPositions: job['model.maxPositions'] ?? job['sequence.length'] ?? 0,
    normalization,
    mtpLayers: job['model.mtpLayers'] ?? 0,
    towers: first ? completeTowers(job, first, hidden, normalization) : [],
    otherParameters: job['model.otherParameters'] ?? 0,
  };
  return { model, assumptions };
}
