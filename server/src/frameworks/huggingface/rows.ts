/**
 * Keys of a model's `config.json`, all families. Aliases: the configuration classes of transformers
 * (src/transformers/models/<family>/configuration_<family>.py), the reference DeepSeek configuration (`dim`, `n_layers`)
 * and OLMo's. Values `null` mean "as the class decides".
 */
import type { NumberFormat } from '../../core/job-fields.ts';
import { bool, count, numberFormat, ratio, size, text } from '../parse.ts';
import type { Parse, Row } from '../row.ts';
import { row } from '../row.ts';

/** A count that some configurations write as a list per layer. */
const countOrZero: Parse<number> = (setting) => (setting.scalar === 0 ? 'absent' : count(setting));

/** `multi_query: true` means one KV head. */
const multiQuery: Parse<number> = (setting) => (setting.scalar === true ? { value: 1 } : 'absent');

/** Meta's params.json leaves the vocabulary to the tokenizer. */
const vocabulary: Parse<number> = (setting) =>
  setting.scalar === -1 ? { unresolved: 'vocab_size is -1: the tokenizer says how many' } : count(setting);

const format: Parse<NumberFormat> = (setting) => (setting.scalar === 'auto' ? 'absent' : numberFormat(setting));

export const huggingfaceRows: readonly Row[] = [
  row({ field: 'model.name', keys: ['_name_or_path'], parse: (one) => (one.scalar === '' ? 'absent' : text(one)) }),
  row({ field: 'model.architecture', keys: ['architectures.0'], parse: text }),
  row({ field: 'model.type', keys: ['model_type'], parse: text }),
  row({
    field: 'model.layers',
    keys: ['num_hidden_layers', 'n_layer', 'num_layers', 'n_layers', 'decoder_layers', 'num_decoder_layers'],
    parse: count,
  }),
  row({ field: 'model.hidden', keys: ['hidden_size', 'n_embd', 'd_model', 'dim'], parse: count }),
  row({ field: 'model.heads', keys: ['num_attention_heads', 'n_head', 'n_heads', 'num_heads', 'decoder_attention_heads'], parse: count }),
  row({ field: 'model.kvHeads', keys: ['multi_query'], parse: multiQuery }),
  row({
    field: 'model.kvHeads',
    keys: ['num_key_value_heads', 'num_kv_heads', 'multi_query_group_num', 'n_kv_heads', 'n_head_kv', 'attn_config.kv_n_heads'],
    parse: count,
  }),
  row({ field: 'model.headDim', keys: ['head_dim', 'kv_channels', 'attention_head_dim', 'd_kv'], parse: count }),
  row({
    field: 'model.ffn',
    keys: [
      'intermediate_size',
      'ffn_dim',
      'n_inner',
      'ffn_hidden_size',
      'inter_dim',
      'd_ff',
      'decoder_ffn_dim',
      'ffn_config.ffn_hidden_size',
    ],
    parse: count,
  }),
  row({ field: 'model.vocab', keys: ['vocab_size'], parse: vocabulary }),
  row({
    field: 'model.predictionLayers',
    keys: ['num_nextn_predict_layers', 'mtp_num_hidden_layers', 'num_mtp_layers'],
    parse: size,
  }),
  row({ field: 'model.draftVocab', keys: ['draft_vocab_size'], parse: count }),
  row({
    field: 'model.maxPositions',
    keys: ['max_position_embeddings', 'n_positions', 'max_sequence_length', 'max_seq_len', 'n_ctx', 'seq_length', 'max_target_positions'],
    parse: count,
  }),
  row({ field: 'model.tiedEmbeddings', keys: ['tie_word_embeddings', 'weight_tying'], parse: bool }),
  row({ field: 'model.dtype', keys: ['torch_dtype', 'dtype'], parse: format }),
  row({
    field: 'model.experts',
    keys: ['num_local_experts', 'num_experts', 'n_routed_experts', 'ffn_config.moe_num_experts', 'moe_num_experts'],
    parse: countOrZero,
  }),
  row({
    field: 'model.expertsPerToken',
    keys: [
      'num_experts_per_tok',
      'experts_per_token',
      'n_activated_experts',
      'num_experts_per_token',
      'ffn_config.moe_top_k',
      'moe_topk',
      'moe_k',
    ],
    parse: countOrZero,
  }),
  row({ field: 'model.expertFfn', keys: ['moe_intermediate_size', 'moe_inter_dim', 'expert_ffn_hidden_size'], parse: count }),
  row({
    field: 'model.sharedExpertFfn',
    keys: ['shared_expert_intermediate_size', 'moe_shared_expert_intermediate_size', 'shared_intermediate_size'],
    parse: size,
  }),
  row({ field: 'model.kvLoraRank', keys: ['kv_lora_rank'], parse: count }),
  row({ field: 'model.qLoraRank', keys: ['q_lora_rank'], parse: countOrZero }),
  row({ field: 'model.qkNopeHeadDim', keys: ['qk_nope_head_dim'], parse: count }),
  row({ field: 'model.qkRopeHeadDim', keys: ['qk_rope_head_dim'], parse: count }),
  row({ field: 'model.valueHeadDim', keys: ['v_head_dim'], parse: count }),
  row({ field: 'model.indexHeads', keys: ['index_n_heads'], parse: count }),
  row({ field: 'model.indexHeadDim', keys: ['index_head_dim'], parse: count }),
  row({ field: 'model.indexTokens', keys: ['index_topk'], parse: count }),
  row({ field: 'model.expertLatent', keys: ['moe_latent_size'], parse: count }),
  row({ field: 'model.quantization', keys: ['quantization_config.quant_method', 'quantization_config.quant_algo'], parse: text }),
  row({ field: 'model.stateDtype', keys: ['mamba_ssm_cache_dtype', 'mamba_ssm_dtype'], parse: numberFormat }),
  row({ field: 'model.kvSharedLayers', keys: ['num_kv_shared_layers'], parse: countOrZero }),
  row({ field: 'model.ropeScalingType', keys: ['rope_scaling.type', 'rope_scaling.rope_type'], parse: text }),
  row({ field: 'model.ropeScalingFactor', keys: ['rope_scaling.factor'], parse: ratio(0, Number.MAX_VALUE) }),
  row({ field: 'model.ropeOriginalPositions', keys: ['rope_scaling.original_max_position_embeddings'], parse: count }),
];

/** Keys that turn biases on or off. */
export const biasRows: readonly Row[] = [
  row({ field: 'model.qkvBias', keys: ['qkv_bias', 'attention_bias', 'use_qkv_bias'], parse: bool }),
  row({ field: 'model.attentionOutBias', keys: ['attention_out_bias'], parse: bool }),
  row({ field: 'model.linearBias', keys: ['use_bias', 'bias'], parse: bool }),
  row({ field: 'model.mlpBias', keys: ['mlp_bias'], parse: bool }),
];
