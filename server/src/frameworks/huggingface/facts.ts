/** The facts a `config.json` states, in the file's own words: what `rooflint read` prints under `model`. */
import type { JobField } from '../../core/job-fields.ts';
import type { Draft } from '../draft.ts';
import type { Setting } from '../setting.ts';

/** Fields that are reported as stated; the rest of the job is derived or the class's habit. */
const statedFields: readonly (readonly [JobField, string])[] = [
  ['model.architecture', 'architecture'],
  ['model.type', 'model_type'],
  ['model.layers', 'layers'],
  ['model.hidden', 'hidden'],
  ['model.heads', 'heads'],
  ['model.kvHeads', 'kv_heads'],
  ['model.headDim', 'head_dim'],
  ['model.ffn', 'ffn'],
  ['model.vocab', 'vocab'],
  ['model.maxPositions', 'max_positions'],
  ['model.tiedEmbeddings', 'tie_embeddings'],
  ['model.experts', 'experts'],
  ['model.expertsPerToken', 'topk'],
  ['model.expertFfn', 'moe_ffn'],
  ['model.qLoraRank', 'q_lora_rank'],
  ['model.kvLoraRank', 'kv_lora_rank'],
  ['model.slidingWindow', 'sliding_window'],
];

/** Keys that are facts under another name and no job field. */
const otherKeys: readonly (readonly [key: string, fact: string])[] = [
  ['torch_dtype', 'dtype'],
  ['dtype', 'dtype'],
  ['n_shared_experts', 'shared_experts'],
  ['first_k_dense_replace', 'first_dense'],
  ['n_dense_layers', 'first_dense'],
  ['num_nextn_predict_layers', 'mtp_layers'],
  ['mlp_hidden_size', 'mlp_hidden_size_as_written'],
  ['qk_nope_head_dim', 'qk_nope'],
  ['qk_rope_head_dim', 'qk_rope'],
  ['v_head_dim', 'v_head_dim'],
];

const quantizationKeys = ['quant_method', 'quant_algo', 'fmt', 'bits', 'group_size', 'load_in_4bit', 'load_in_8bit', 'kv_cache_scheme'];

/** `settings` are the language model's, `all` the whole file's. */
export function readConfigFacts(draft: Draft, settings: readonly Setting[], all: readonly Setting[]): void {
  for (const [field, fact] of statedFields) {
    if (draft.sources[field]?.kind === 'key') draft.facts[`model.${fact}`] = draft.job[field];
  }
  for (const [key, fact] of otherKeys) {
    const setting = settings.findLast(({ name }) => name === key);
    if (setting === undefined || setting.scalar === undefined || setting.scalar === null) continue;
    draft.used.add(setting);
    draft.facts[`model.${fact}`] = setting.scalar;
  }
  const quantization = readQuantization(settings);
  if (quantization !== undefined) draft.facts.quantization = quantization;
  if (all.some(({ name }) => name === 'n_dense_layers')) {
    draft.facts.framework = 'deepseek native';
    if (draft.facts['model.dtype'] !== undefined) draft.facts.dtype = draft.facts['model.dtype'];
  }
}

/** The quantization block's telling keys; the block size is a list. */
function readQuantization(settings: readonly Setting[]): Record<string, unknown> | undefined {
  const prefix = 'quantization_config.';
  const found: Record<string, unknown> = {};
  for (const key of quantizationKeys) {
    const scalar = settings.findLast(({ name }) => name === prefix + key)?.scalar;
    if (scalar !== undefined && scalar !== null) found[key] = scalar;
  }
  const blocks = settings.filter(({ name }) => /^quantization_config\.weight_block_size\.\d+$/.test(name));
  if (blocks.length > 0) found.weight_block_size = blocks.map(({ scalar }) => scalar);
  return Object.keys(found).length === 0 ? undefined : found;
}
