/**
 * From what was read about a model to a shape the formulas can use, or the list of what is missing. What has to be
 * assumed is recorded; nothing is guessed about layers, width or heads.
 */
import type { Assumption } from './estimate.ts';
import type { JobField, PartialJob } from './job-fields.ts';
import type { ModelShape } from './model-shape.ts';

export type CompletedModel =
  | { readonly model: ModelShape; readonly assumptions: readonly Assumption[] }
  | { readonly missing: readonly JobField[] }
  | { readonly unsupported: string };

/** Why the dense formulas would be wrong for this model, or undefined. */
function unsupportedKind(job: PartialJob): string | undefined {
  if ((job['model.experts'] ?? 0) > 1) return 'mixture-of-experts models are not modelled yet';
  if (job['model.attentionKind'] === 'MLA' || job['model.kvLoraRank'] !== undefined)
    return 'multi-head latent attention is not modelled yet';
  if (job['model.attentionKind'] === 'hybrid') return 'hybrid (state-space or linear attention) models are not modelled yet';
  return undefined;
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** A shape with every field known. Assumes, with a record: the vocabulary size, and family traits that were not read. */
export function completeModel(job: PartialJob, tensor: number): CompletedModel {
  const unsupported = unsupportedKind(job);
  if (unsupported) return { unsupported };
  const { 'model.layers': layers, 'model.hidden': hidden, 'model.heads': heads } = job;
  if (layers === undefined || hidden === undefined || heads === undefined) {
    const needed = ['model.layers', 'model.hidden', 'model.heads'] as const;
    return { missing: needed.filter((field) => job[field] === undefined) };
  }
  const assumptions: Assumption[] = [];
  const assume = <T>(field: JobField, value: T | undefined, fallback: T, why: string): T => {
    if (value !== undefined) return value;
    assumptions.push({ field, value: String(fallback), why });
    return fallback;
  };
  const length = job['sequence.length'] ?? job['serving.maxModelLen'] ?? job['model.maxPositions'];
  const window = job['model.slidingWindow'];
  if (window !== undefined && length !== undefined && window < length) {
    const why = `sliding windows are not modelled: attention and KV cache count all ${length} tokens in every layer`;
    assumptions.push({ field: 'model.slidingWindow', value: 'full attention', why });
  }
  const gatedMlp = assume('model.gatedMlp', job['model.gatedMlp'], false, 'nothing says that the MLP is gated');
  const ffn = assume(
    'model.ffn',
    job['model.ffn'],
    gatedMlp ? roundUp((8 * hidden) / 3, 64) : 4 * hidden,
    'the usual width for this hidden size',
  );
  const vocab =
    job['model.vocab'] ??
    job['model.paddedVocab'] ??
    assume('model.vocab', undefined, 51200, 'the vocabulary comes from a tokenizer that was not read');
  const rope = job['model.positionEmbedding'] ?? (gatedMlp ? 'rope' : 'learned');
  const normalization = job['model.normalization'] ?? (gatedMlp ? 'rmsnorm' : 'layernorm');
  const model: ModelShape = {
    layers,
    hidden,
    heads,
    kvHeads: job['model.kvHeads'] ?? heads,
    headDim: job['model.headDim'] ?? hidden / heads,
    ffn,
    gatedMlp,
    activation: job['model.activation'] ?? (gatedMlp ? 'swiglu' : 'gelu'),
    vocab,
    paddedVocab: job['model.paddedVocab'] ?? roundUp(vocab, (job['model.vocabDivisor'] ?? 1) * tensor),
    tiedEmbeddings: assume('model.tiedEmbeddings', job['model.tiedEmbeddings'], !gatedMlp, 'the usual choice of this family'),
    positionEmbedding: rope,
    maxPositions: job['model.maxPositions'] ?? job['sequence.length'] ?? 0,
    normalization,
    linearBias: job['model.linearBias'] ?? !gatedMlp,
    qkvBias: job['model.qkvBias'] ?? false,
    qkNorm: job['model.qkNorm'] ?? false,
  };
  const bad = (['layers', 'hidden', 'heads', 'kvHeads', 'headDim', 'ffn', 'vocab', 'paddedVocab'] as const).find(
    (key) => !(Number.isFinite(model[key]) && model[key] > 0 && model[key] < 1e9),
  );
  if (bad) return { unsupported: `the model's ${bad} is ${model[bad]}, which cannot be estimated` };
  return { model, assumptions };
}
