/**
 * What a model class does without saying so in `config.json`: gated MLP, biases, norms, positions, tied embeddings.
 * Source: modeling_<family>.py and configuration_<family>.py of transformers 4.57, for families that came later of 5.23; the
 * first release that has the family and later ones agree on these rows.
 */
import type { Activation, JobFields, Normalization, PositionEmbedding } from '../../core/job-fields.ts';

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
  /** What else sets the class apart from the commonest shape. */
  readonly more?: Partial<
    Pick<
      JobFields,
      | 'model.qkNormSpan'
      | 'model.attentionOutBias'
      | 'model.mlpBias'
      | 'model.parallelBlocks'
      | 'model.normsPerLayer'
      | 'model.attentionGate'
      | 'model.attentionSinks'
      | 'model.sharedExpertGate'
      | 'model.expertBias'
      | 'model.routerBias'
      | 'model.ssmInnerNorms'
      | 'model.causal'
      | 'model.linearFixedDecay'
    >
  >;
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

const wideQkNorm = { 'model.qkNormSpan': 'width' } as const;
const sandwich = { 'model.normsPerLayer': 4 } as const;
/** Attention and MLP side by side behind one norm. */
const oneNormParallel = { 'model.parallelBlocks': true, 'model.normsPerLayer': 1 } as const;

const gemma: Family = { ...llama, activation: 'geglu', tiedEmbeddings: true };
const qwen2: Family = { ...llama, qkvBias: true };
const qwen3: Family = { ...llama, qkNorm: true };
/** Gated attention every few layers, the gated delta rule in the others. */
const qwen3Next: Family = { ...qwen3, more: { 'model.attentionGate': true, 'model.sharedExpertGate': true } };
const neox: Family = {
  ...gpt2,
  positionEmbedding: 'rope',
  tiedEmbeddings: false,
  more: { 'model.parallelBlocks': true, 'model.normsPerLayer': 2 },
};
const cohere: Family = { ...llama, normalization: 'layernorm-weight', tiedEmbeddings: true, more: { ...oneNormParallel, ...wideQkNorm } };
const bert: Family = { ...gpt2, more: { 'model.causal': false } };
const nemotronH: Family = { ...llama, activation: 'squared-relu', gatedMlp: false, positionEmbedding: 'none' };

const families: { readonly [type: string]: Family } = {
  llama,
  llama4: llama,
  llama4_text: llama,
  mllama_text_model: llama,
  mistral: llama,
  mistral3: llama,
  ministral: llama,
  ministral3: llama,
  mixtral: llama,
  minimax: { ...llama, more: { 'model.linearFixedDecay': true } },
  minimax_m2: { ...llama, qkNorm: true, more: wideQkNorm },
  qwen: qwen2,
  qwen2,
  qwen2_moe: { ...qwen2, more: { 'model.sharedExpertGate': true } },
  qwen2_vl: qwen2,
  qwen2_vl_text: qwen2,
  qwen2_5_vl: qwen2,
  qwen2_5_vl_text: qwen2,
  mimo: qwen2,
  qwen3,
  qwen3_moe: qwen3,
  qwen3_vl_text: qwen3,
  qwen3_vl_moe_text: qwen3,
  qwen3_next: qwen3Next,
  qwen3_5_text: qwen3Next,
  qwen3_5_moe_text: qwen3Next,
  gemma,
  gemma2: { ...gemma, more: sandwich },
  gemma3: { ...gemma, qkNorm: true, more: sandwich },
  gemma3_text: { ...gemma, qkNorm: true, more: sandwich },
  deepseek: llama,
  deepseek_v2: llama,
  deepseek_v3: llama,
  deepseek_v32: llama,
  kimi_k2: llama,
  kimi_linear: { ...llama, positionEmbedding: 'none' },
  glm_moe_dsa: llama,
  gpt_oss: {
    ...llama,
    linearBias: true,
    qkvBias: true,
    more: { 'model.attentionSinks': true, 'model.expertBias': true, 'model.routerBias': true },
  },
  'nemotron-nas': llama,
  nemotron: { ...llama, activation: 'squared-relu', gatedMlp: false, normalization: 'layernorm' },
  nemotron_h: nemotronH,
  phi: { ...neox, more: oneNormParallel },
  phi3: llama,
  phimoe: { ...llama, normalization: 'layernorm' },
  gpt2,
  gpt_bigcode: gpt2,
  gpt_neo: { ...gpt2, qkvBias: false },
  gptj: { ...neox, qkvBias: false, more: { ...oneNormParallel, 'model.attentionOutBias': false } },
  codegen: { ...neox, qkvBias: false, more: { ...oneNormParallel, 'model.attentionOutBias': false } },
  gpt_neox: neox,
  opt: { ...gpt2, activation: 'relu' },
  bloom: { ...gpt2, positionEmbedding: 'alibi' },
  falcon: { ...neox, linearBias: false, qkvBias: false, tiedEmbeddings: true, more: {} },
  mpt: { ...gpt2, normalization: 'layernorm-weight', positionEmbedding: 'alibi', linearBias: false, qkvBias: false },
  olmo: { ...llama, normalization: 'layernorm-plain' },
  hf_olmo: { ...llama, normalization: 'layernorm-plain' },
  olmo2: { ...llama, qkNorm: true, more: wideQkNorm },
  olmo3: { ...llama, qkNorm: true, more: wideQkNorm },
  olmoe: { ...llama, qkNorm: true, more: wideQkNorm },
  starcoder2: { ...gpt2, positionEmbedding: 'rope' },
  stablelm: { ...llama, normalization: 'layernorm' },
  cohere,
  cohere2: cohere,
  granite: llama,
  granitemoe: llama,
  granitemoehybrid: llama,
  internlm: { ...llama, qkvBias: true, more: { 'model.attentionOutBias': true, 'model.mlpBias': false } },
  internlm2: llama,
  baichuan: llama,
  chatglm: qwen2,
  glm: qwen2,
  glm4: { ...qwen2, more: sandwich },
  glm4_moe: llama,
  ernie4_5: { ...llama, tiedEmbeddings: true },
  ernie4_5_moe: { ...llama, tiedEmbeddings: true, more: { 'model.routerBias': true } },
  smollm3: { ...llama, tiedEmbeddings: true },
  seed_oss: { ...qwen2, more: { 'model.attentionOutBias': false } },
  exaone4: qwen3,
  hunyuan_v1_dense: qwen3,
  hunyuan_v1_moe: qwen3,
  dbrx: { ...llama, normalization: 'layernorm-weight' },
  yi: llama,
  minicpm: { ...llama, tiedEmbeddings: true },
  apertus: { ...qwen3, activation: 'gelu', gatedMlp: false },
  jamba: { ...llama, positionEmbedding: 'none', more: { 'model.ssmInnerNorms': true } },
  bamba: llama,
  mamba: { ...llama, positionEmbedding: 'none', tiedEmbeddings: true },
  falcon_mamba: { ...llama, positionEmbedding: 'none', tiedEmbeddings: true },
  mamba2: { ...llama, positionEmbedding: 'none' },
  t5: { ...gpt2, activation: 'relu', normalization: 'rmsnorm', positionEmbedding: 'none', linearBias: false, qkvBias: false },
  mt5: { ...llama, activation: 'geglu', positionEmbedding: 'none' },
  bart: gpt2,
  whisper: gpt2,
  bert,
  roberta: bert,
};

/** The class's own habits, or undefined for a model type that is not in the table. */
export function familyOf(modelType: string): Family | undefined {
  return Object.hasOwn(families, modelType) ? families[modelType] : undefined;
}

/** The shape taken, and shown as an assumption, when an unknown type has SiLU and an RMSNorm epsilon. */
export const assumedFamily: Family = llama;
