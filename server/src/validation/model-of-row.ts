/**
 * The shape of the model of a row: what the row states, then the table of public models, then what the family does by
 * convention. Conventions are returned as assumptions.
 */
import type { Assumption } from '../core/estimate.ts';
import type { JobField, PartialJobDraft } from '../core/job-fields.ts';
import type { Catalog } from './catalog.ts';
import type { CaseInput } from './row.ts';

export interface MappedModel {
  readonly fields: PartialJobDraft;
  readonly assumptions: readonly Assumption[];
}

/** Why the model of a row cannot be estimated, or undefined. Decided from inputs only. */
export function modelRefusal(input: CaseInput): string | undefined {
  const model = input.model ?? {};
  const name = `${model.name ?? ''} ${model.id ?? ''}`;
  if ((model.experts ?? 0) > 1 || (input.parallel?.ep ?? 1) > 1) return 'mixture-of-experts models are not modelled yet';
  if (model.mla !== undefined) return 'multi-head latent attention is not modelled yet';
  if (/mixtral|deepseek[-_ ]?v[234]|\bmoe\b|8experts|-a\d+b|kimi|maverick|scout|gpt-oss|dbrx/i.test(name)) {
    return 'mixture-of-experts models are not modelled yet';
  }
  if (/nemotron[-_ ]?(3|h|nano)|jamba|mamba|qwen3\.5|qwen3[-_]next|lfm2|linear/i.test(name))
    return 'hybrid attention and state-space models are not modelled yet';
  if (/\b(t0_3b|mt0|t5|bert)\b/i.test(name)) return 'encoder-decoder and encoder models are not modelled yet';
  return undefined;
}

/** Fields of the model's shape, or why it is unknown. */
export function modelOf(input: CaseInput, catalog: Catalog): MappedModel | { readonly refused: string } {
  const model = input.model ?? {};
  const fields: PartialJobDraft = {};
  const assumptions: Assumption[] = [];
  const card = model.layers === undefined || model.hidden === undefined ? findCard(model.name ?? model.id, catalog) : undefined;
  if (card) Object.assign(fields, card.fields);
  if (card) assumptions.push({ value: card.name, why: 'the shape is taken from the table of public models' });
  const name = model.name ?? model.id;
  if (name !== undefined) fields['model.name'] = name;
  copy(fields, 'model.layers', model.layers);
  copy(fields, 'model.hidden', model.hidden);
  copy(fields, 'model.heads', model.heads);
  copy(fields, 'model.headDim', model.head_dim);
  if (fields['model.layers'] === undefined || fields['model.hidden'] === undefined) {
    return { refused: `the shape of "${name ?? 'the model'}" is not in the row and not in the table of public models` };
  }
  if (fields['model.heads'] === undefined)
    assume(fields, assumptions, 'model.heads', Math.max(1, Math.round(fields['model.hidden'] / 128)), 'heads not stated: 128 wide each');
  feedForward(input, fields, assumptions);
  attentionHeads(input, fields, assumptions);
  vocabulary(input, fields, assumptions);
  habits(input, fields, assumptions);
  return { fields, assumptions };
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
  copy(fields, 'model.vocab', input.model?.vocab);
  assume(
    fields,
    assumptions,
    'model.vocab',
    hasLlamaTraits(input, fields) ? 32000 : 50257,
    'vocabulary not stated: the usual one of the family',
  );
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
  if (stated === undefined) return undefined;
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

/** Short names that benchmark tables use for public models. */
const shortNames: readonly (readonly [RegExp, string])[] = [
  [/^llama[- ]?7b$/i, 'meta-llama/Llama-2-7b-hf'],
  [/^llama[- ]?13b$/i, 'meta-llama/Llama-2-13b-hf'],
  [/^llama[- ]?(2-)?70b$/i, 'meta-llama/Llama-2-70b-hf'],
  [/^mistral[- ]7b$/i, 'mistralai/Mistral-7B-v0.1'],
  [/^gpt-j 6b$/i, 'EleutherAI/gpt-j-6b'],
  [/^bloomz-7b1/i, 'bigscience/bloom-7b1'],
  [/r1-distill-qwen-14b/i, 'Qwen/Qwen2.5-14B'],
  [/r1-distill-llama-8b/i, 'meta-llama/Meta-Llama-3.1-8B'],
  [/qwen2\.5-math-1\.5b/i, 'Qwen/Qwen2.5-1.5B'],
];

/** The name as written, then without vendor, then without what a quantized or tuned variant adds. */
function findCard(name: string | undefined, catalog: Catalog): { readonly name: string; readonly fields: PartialJobDraft } | undefined {
  if (name === undefined) return undefined;
  const bare = name.replace(/^[^/]+\//, '');
  const short = shortNames.find(([pattern]) => pattern.test(bare))?.[1];
  const plain = bare.replace(/[-_](fp8|gptq|awq|int4|w8a8|nvfp4|gguf).*$/i, '').replace(/[-_](kv|dynamic)$/i, '');
  for (const candidate of [
    name,
    bare,
    plain,
    short ?? plain,
    plain.replace(/-instruct|-chat|-hf|-it$/gi, ''),
    `meta-llama/${plain}`,
    `Qwen/${plain}`,
  ]) {
    const found = catalog.findModel(candidate);
    if (found) return { name: candidate, fields: { ...found } };
  }
  return undefined;
}
