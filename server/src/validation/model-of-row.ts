/**
 * The shape of the model of a row: what the row states, then the table of public models, then what the family does by
 * convention. Conventions are returned as assumptions.
 */
import type { Assumption } from '../core/estimate.ts';
import type { JobField, PartialJobDraft } from '../core/job-fields.ts';
import type { Catalog } from './catalog.ts';
import { expertsOf, latentAttentionOf } from './experts-of-row.ts';
import { findCard } from './model-names.ts';
import type { CaseInput } from './row.ts';
import { shapeBySize } from './shape-by-size.ts';

export interface MappedModel {
  readonly fields: PartialJobDraft;
  readonly assumptions: readonly Assumption[];
}

/** Fields of the model's shape, or why it is unknown. */
export function modelOf(input: CaseInput, catalog: Catalog): MappedModel | { readonly refused: string } {
  const model = input.model ?? {};
  const name = model.name ?? model.id;
  const assumptions: Assumption[] = [];
  const fields: PartialJobDraft = fromCard(input, catalog, assumptions);
  if (name !== undefined) fields['model.name'] = name;
  copy(fields, 'model.layers', model.layers);
  copy(fields, 'model.hidden', model.hidden);
  copy(fields, 'model.heads', model.heads);
  copy(fields, 'model.headDim', model.head_dim);
  copy(fields, 'model.vocab', model.vocab);
  if (fields['model.layers'] === undefined) layersFromCount(input, fields, assumptions);
  shapeBySize(input, fields, assumptions);
  if (fields['model.layers'] === undefined || fields['model.hidden'] === undefined) {
    return { refused: `the shape of "${name ?? 'the model'}" is not in the row and not in the table of public models` };
  }
  headsOf(input, fields, assumptions);
  latentAttentionOf(input, fields);
  expertsOf(input, fields);
  feedForward(input, fields, assumptions);
  attentionHeads(input, fields, assumptions);
  vocabulary(input, fields, assumptions);
  habits(input, fields, assumptions);
  return { fields, assumptions };
}

/** Heads where the row is silent. The launch scripts beside BigScience's tables have 32 whatever the width. */
function headsOf(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const bigscience = /bigscience/i.test(input.source ?? '');
  const usual = bigscience ? 32 : Math.max(1, Math.round((fields['model.hidden'] ?? 128) / 128));
  const why = bigscience ? 'heads not stated: as in the launch scripts of the source' : 'heads not stated: 128 wide each';
  assume(fields, assumptions, 'model.heads', usual, why);
}

/** What the table of public models says; the row's own figures go over it. Patterns of layers hold only for all of them. */
function fromCard(input: CaseInput, catalog: Catalog, assumptions: Assumption[]): PartialJobDraft {
  const model = input.model ?? {};
  const card = findCard(model.name ?? model.id, catalog);
  if (!card) return {};
  const other = (stated: number | undefined, known: number | undefined) => stated !== undefined && known !== undefined && stated !== known;
  if (other(model.hidden, card.fields['model.hidden'])) return {};
  const complete = model.layers !== undefined && model.hidden !== undefined;
  assumptions.push({
    value: card.name,
    why: complete
      ? 'what the row leaves out of the shape is taken from the table of public models'
      : 'the shape is taken from the table of public models',
  });
  const fields: PartialJobDraft = { ...card.fields };
  if (other(model.layers, card.fields['model.layers'])) {
    delete fields['model.mixerPattern'];
    delete fields['model.ffnPattern'];
  }
  return fields;
}

/** GPT-like models of known width: layers from the parameters in the name, as a multiple of the pipeline stages. */
function layersFromCount(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const { params, name } = input.model ?? {};
  const named = /^(\d+(?:\.\d+)?)b$/i.exec(name ?? '')?.[1];
  const count = params ?? (named === undefined ? undefined : Number(named) * 1e9);
  const hidden = fields['model.hidden'];
  if (count === undefined || hidden === undefined) return;
  const ffn = input.model?.ffn ?? 4 * hidden;
  const perLayer = hidden * (4 * hidden + (input.model?.gated_mlp === true ? 3 : 2) * ffn);
  const stages = input.parallel?.pp ?? 1;
  const layers = Math.max(1, Math.round((count - (fields['model.vocab'] ?? 0) * hidden) / perLayer / stages)) * stages;
  fields['model.layers'] = layers;
  assumptions.push({
    field: 'model.layers',
    value: String(layers),
    why: 'layers not stated: from the number of parameters and the stages',
  });
}

function copy<F extends JobField>(fields: PartialJobDraft, field: F, value: PartialJobDraft[F] | undefined): void {
  if (value !== undefined) fields[field] = value;
}

function assume<F extends JobField>(
  fields: PartialJobDraft,
  assumptions: Assumption[],
  field: F,
  value: PartialJobDraft[F],
  why: string,
): void {
  if (fields[field] !== undefined) return;
  fields[field] = value;
  assumptions.push({ field, value: String(value), why });
}

function feedForward(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const model = input.model ?? {};
  const hidden = fields['model.hidden'] ?? 0;
  copy(fields, 'model.ffn', model.ffn);
  copy(fields, 'model.gatedMlp', model.gated_mlp);
  const ffn = fields['model.ffn'];
  const llama = /llama|mistral|qwen|yi-|internlm/i.test(fields['model.name'] ?? '');
  const gated = ffn === undefined ? llama : ffn !== 4 * hidden;
  assume(fields, assumptions, 'model.gatedMlp', gated, 'gated MLP or not: told from the width, else from the family');
  assume(
    fields,
    assumptions,
    'model.ffn',
    fields['model.gatedMlp'] === true ? Math.round((8 * hidden) / 3 / 256) * 256 : 4 * hidden,
    'MLP width not stated: the usual one',
  );
}

function attentionHeads(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const heads = fields['model.heads'] ?? 1;
  copy(fields, 'model.kvHeads', input.model?.kv_heads);
  assume(fields, assumptions, 'model.kvHeads', heads, 'key/value heads not stated: as many as heads');
}

/** The vocabulary and whether the output layer shares it, from the parameter count where there is one. */
function vocabulary(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const flags = input.parallel?.flags ?? {};
  const llama = hasLlamaTraits(input, fields) || /llama|mixtral/i.test(`${flags['tokenizer-type'] ?? ''} ${fields['model.name'] ?? ''}`);
  const usual = /deepseek[-_ ]?v3/i.test(fields['model.name'] ?? '') ? 129280 : llama ? 32000 : 50257;
  assume(fields, assumptions, 'model.vocab', usual, 'vocabulary not stated: the usual one of the family');
  const divisor = flags['make-vocab-size-divisible-by'];
  if (typeof divisor === 'number') fields['model.vocabDivisor'] = divisor;
  copy(fields, 'model.tiedEmbeddings', input.model?.tied_embeddings);
  if (flags['untie-embeddings-and-output-weights'] === true) fields['model.tiedEmbeddings'] = false;
  const tied = tiedByCount(input, fields) ?? fields['model.gatedMlp'] !== true;
  assume(
    fields,
    assumptions,
    'model.tiedEmbeddings',
    tied,
    'shared input and output embedding: told from the parameter count, else from the family',
  );
}

/** Tied or not, whichever comes nearer to the stated number of parameters; undefined when its rounding hides the difference. */
function tiedByCount(input: CaseInput, fields: PartialJobDraft): boolean | undefined {
  const named = /(\d+)(?:\.(\d+))?\s*b\b/i.exec(input.model?.name ?? '');
  const stated = input.model?.params ?? (named ? Number(`${named[1]}.${named[2] ?? 0}`) * 1e9 : undefined);
  if (stated === undefined || (fields['model.experts'] ?? 0) > 1) return undefined;
  const rounding = input.model?.params === undefined ? 0.5e9 / 10 ** (named?.[2]?.length ?? 0) : 0.002 * stated;
  const hidden = fields['model.hidden'] ?? 0;
  const kv = (fields['model.kvHeads'] ?? 1) / (fields['model.heads'] ?? 1);
  const mlp = (fields['model.ffn'] ?? 0) * hidden * (fields['model.gatedMlp'] === true ? 3 : 2);
  const layers = (fields['model.layers'] ?? 0) * (hidden * hidden * (2 + 2 * kv) + mlp);
  const embedding = (fields['model.vocab'] ?? 0) * hidden;
  if (embedding <= rounding) return undefined;
  return Math.abs(layers + embedding - stated) <= Math.abs(layers + 2 * embedding - stated);
}

/**
 * True for models with the traits of the LLaMA family. A gated MLP tells them, but not where the launcher's flags are listed: a flag
 * that is not there has the launcher's default, which is GPT's.
 */
function hasLlamaTraits(input: CaseInput, fields: PartialJobDraft): boolean {
  return fields['model.gatedMlp'] === true && input.parallel?.flags === undefined;
}

/** Biases, norms, activation and positions as the family has them. */
function habits(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const flags = input.parallel?.flags ?? {};
  const llama = hasLlamaTraits(input, fields);
  const name = fields['model.name'] ?? '';
  if (flags['disable-bias-linear'] === true) fields['model.linearBias'] = false;
  if (flags.normalization === 'RMSNorm') fields['model.normalization'] = 'rmsnorm';
  if (flags['position-embedding-type'] === 'rope') fields['model.positionEmbedding'] = 'rope';
  if (flags['qk-layernorm'] === true) fields['model.qkNorm'] = true;
  if (typeof flags['max-position-embeddings'] === 'number') fields['model.maxPositions'] = flags['max-position-embeddings'];
  const mpt = /^mpt/i.test(name);
  if (/learned position embeddings/i.test(input.note ?? '')) {
    fields['model.positionEmbedding'] = 'learned';
    copy(fields, 'model.maxPositions', input.model?.seq);
  }
  const why = 'not stated: as usual for the family';
  assume(fields, assumptions, 'model.activation', fields['model.gatedMlp'] === true ? 'swiglu' : 'gelu', why);
  assume(fields, assumptions, 'model.normalization', llama ? 'rmsnorm' : 'layernorm', why);
  assume(fields, assumptions, 'model.positionEmbedding', llama ? 'rope' : 'learned', why);
  assume(fields, assumptions, 'model.linearBias', !llama && !mpt, why);
  assume(
    fields,
    assumptions,
    'model.qkvBias',
    (!llama && !mpt && fields['model.linearBias'] === true) || /qwen1|qwen-|qwen2/i.test(name),
    why,
  );
  if (input.model?.seq !== undefined && fields['model.maxPositions'] === undefined) fields['model.maxPositions'] = input.model.seq;
}
