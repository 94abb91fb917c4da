/**
 * What a model class does without saying so in `config.json`: gated MLP, biases, norms, positions, tied embeddings.
 * Source: modeling_<family>.py and configuration_<family>.py of transformers 4.57; the first release that has the family
 * and later ones agree on these rows.
 */
import type { Activation, Normalization, PositionEmbedding } from '../../core/job-fields.ts';

export interface Family {
  readonly activation: Activation;
  readonly gatedMlp: boolean;
  readonly normalization: Normalization;
  readonly positionEmbedding: PositionEmbedding;
  /** Biases on the output projection and the MLP. */
  readonly linearBias: boolean;
  readonly qkvBias: boolean;
  readonly qkNorm: boolean;
  /** `tie_word_embeddings` when the key is absent. */
  readonly tiedEmbeddings: boolean;
}

/** The commonest shape: SwiGLU, RMSNorm, rotary positions, no biases, own output matrix. */
const llama: Family = {
  activation: 'swiglu',
  gatedMlp: true,
  normalization: 'rmsnorm',
  positionEmbedding: 'rope',
  linearBias: false,
  qkvBias: false,
  qkNorm: false,
  tiedEmbeddings: false,
};

/** GPT-2 and what followed it: plain GELU MLP, LayerNorm, biases everywhere. */
const gpt2: Family = {
  activation: 'gelu',
  gatedMlp: false,
  normalization: 'layernorm',
  positionEmbedding: 'learned',
  linearBias: true,
  qkvBias: true,
  qkNorm: false,
  tiedEmbeddings: true,
};

const gemma: Family = { ...llama, activation: 'geglu', tiedEmbeddings: true };
const qwen3: Family = { ...llama, qkNorm: true };
const neox: Family = { ...gpt2, positionEmbedding: 'rope', tiedEmbeddings: false };

const families: { readonly [type: string]: Family } = {
  llama,
  llama4_text: llama,
  mistral: llama,
  mistral3: llama,
  mixtral: llama,
  qwen2: { ...llama, qkvBias: true },
  qwen2_moe: { ...llama, qkvBias: true },
  qwen2_vl: { ...llama, qkvBias: true },
  qwen2_vl_text: { ...llama, qkvBias: true },
  qwen2_5_vl: { ...llama, qkvBias: true },
  qwen2_5_vl_text: { ...llama, qkvBias: true },
  qwen3,
  qwen3_moe: qwen3,
  qwen3_vl_text: qwen3,
  qwen3_vl_moe_text: qwen3,
  gemma,
  gemma2: gemma,
  gemma3: { ...gemma, qkNorm: true },
  gemma3_text: { ...gemma, qkNorm: true },
  deepseek_v2: llama,
  deepseek_v3: llama,
  deepseek_v32: llama,
  gpt_oss: { ...llama, linearBias: true, qkvBias: true },
  'nemotron-nas': llama,
  nemotron: { ...llama, activation: 'squared-relu', gatedMlp: false, normalization: 'layernorm' },
  phi: neox,
  phi3: llama,
  gpt2,
  gpt_bigcode: gpt2,
  gpt_neo: { ...gpt2, qkvBias: false },
  gptj: { ...neox, qkvBias: false },
  gpt_neox: neox,
  opt: { ...gpt2, activation: 'relu' },
  bloom: { ...gpt2, positionEmbedding: 'alibi' },
  falcon: { ...neox, linearBias: false, qkvBias: false, tiedEmbeddings: true },
  mpt: { ...gpt2, positionEmbedding: 'alibi', linearBias: false, qkvBias: false },
  olmo: { ...llama, normalization: 'layernorm' },
  hf_olmo: { ...llama, normalization: 'layernorm' },
  olmo2: { ...llama, qkNorm: true },
  olmoe: { ...llama, qkNorm: true },
  starcoder2: { ...gpt2, positionEmbedding: 'rope' },
  stablelm: { ...llama, normalization: 'layernorm' },
  cohere: { ...llama, normalization: 'layernorm', tiedEmbeddings: true },
  granite: llama,
  internlm2: llama,
  baichuan: llama,
  chatglm: { ...llama, qkvBias: true },
  dbrx: { ...llama, normalization: 'layernorm' },
  yi: llama,
};

/** The class's own habits, or undefined for a model type that is not in the table. */
export function familyOf(modelType: string): Family | undefined {
  return Object.hasOwn(families, modelType) ? families[modelType] : undefined;
}

/** The shape taken, and shown as an assumption, when an unknown type has SiLU and an RMSNorm epsilon. */
export const assumedFamily: Family = llama;
