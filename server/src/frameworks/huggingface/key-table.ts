/**
 * What the keys of a model's `config.json` mean, all families together. Names: the configuration classes of transformers
 * (src/transformers/models/<family>/configuration_<family>.py); defaults differ from family to family, so that none stand
 * here.
 */
import { fieldsOfRows, type KeyTable, keyTable } from '../key-table.ts';
import { biasRows, huggingfaceRows } from './rows.ts';

const lines = `
  model_type | text | - | The family, which decides everything that is not written
  architectures | list | - | The class that is loaded
  architectures.0 | text | - | The class that is loaded
  _name_or_path | text | - | Where the configuration came from
  num_hidden_layers / n_layer / num_layers / n_layers / decoder_layers / num_decoder_layers | integer | - | Transformer layers
  hidden_size / n_embd / d_model / dim | integer | - | Width of the residual stream
  intermediate_size / ffn_dim / n_inner / ffn_hidden_size / inter_dim / d_ff / decoder_ffn_dim / ffn_config.ffn_hidden_size | integer | - | Width inside the MLP
  num_attention_heads / n_head / n_heads / num_heads / decoder_attention_heads | integer | - | Heads of attention; TP must divide them
  num_key_value_heads / num_kv_heads / multi_query_group_num / n_kv_heads / n_head_kv / attn_config.kv_n_heads | integer | - | Heads of keys and values; they size the KV cache
  multi_query | boolean | - | All query heads share one head of keys and values
  head_dim / kv_channels / attention_head_dim / d_kv | integer | - | Size of one head; hidden size / heads when absent
  vocab_size | integer | - | Size of the vocabulary
  draft_vocab_size | integer | - | Tokens that a draft's own head knows
  num_nextn_predict_layers / mtp_num_hidden_layers / num_mtp_layers | integer | - | Prediction layers of the checkpoint, behind the last one
  max_position_embeddings / n_positions / max_sequence_length / max_seq_len / n_ctx / seq_length / max_target_positions | integer | - | Longest sequence the model was made for
  tie_word_embeddings / weight_tying | boolean | - | The output layer uses the embedding's weights
  dtype / torch_dtype | float16,bfloat16,float32,float8_e4m3fn | - | Format the weights are stored in
  hidden_act / activation_function | text | - | Activation of the MLP; silu stands for a gated one in most families
  rms_norm_eps / layer_norm_eps / layer_norm_epsilon | number | - | Added to the divisor of norms
  attention_bias / qkv_bias / use_qkv_bias | boolean | - | Biases of attention's projections
  attention_out_bias | boolean | - | Bias of attention's output
  use_bias / bias | boolean | - | Biases of linear layers
  mlp_bias | boolean | - | Biases of the MLP
  attention_dropout | number | - | Dropout on attention weights
  initializer_range | number | - | Standard deviation of fresh weights
  use_cache | boolean | - | Keeps keys and values while generating
  rope_theta | number | - | Base of the rotary frequencies
  rope_scaling / rope_parameters | block | - | Scaling of rotary positions for longer sequences
  rope_scaling.rope_type / rope_scaling.type | default,linear,dynamic,yarn,longrope,llama3,su,mrope | - | Which way of scaling
  rope_scaling.factor | number | - | How much longer sequences become
  rope_scaling.original_max_position_embeddings | integer | - | Length before scaling
  partial_rotary_factor | number | - | Share of each head that is rotated
  sliding_window | integer | - | Tokens back that attention sees
  use_sliding_window | boolean | - | Whether the window holds at all
  max_window_layers | integer | - | Layers below this one see everything
  layer_types | list | - | Kind of attention of each layer
  num_local_experts / num_experts / n_routed_experts / ffn_config.moe_num_experts / moe_num_experts | integer | - | Experts of an MoE layer
  num_experts_per_tok / experts_per_token / n_activated_experts / num_experts_per_token / ffn_config.moe_top_k / moe_topk / moe_k | integer | - | Experts each token goes to
  moe_intermediate_size / moe_inter_dim / expert_ffn_hidden_size | integer | - | Width inside an expert
  shared_expert_intermediate_size / moe_shared_expert_intermediate_size / shared_intermediate_size | integer | - | Width of the expert every token goes to
  n_shared_experts / num_shared_experts / moe_num_shared_experts / num_shared_expert | integer | - | Experts every token goes to
  first_k_dense_replace / n_dense_layers | integer | - | Layers at the start that have an MLP instead of experts
  moe_layer_freq / decoder_sparse_step | integer | - | Every how many layers there are experts
  mlp_only_layers | list | - | Layers without experts
  norm_topk_prob | boolean | - | Weights of the chosen experts sum to one
  n_group | integer | - | Groups of experts
  topk_group | integer | - | Groups each token may use
  routed_scaling_factor | number | - | Factor on the weights of the chosen experts
  router_aux_loss_coef | number | - | Weight of the balancing loss
  moe_latent_size | integer | - | Width to which tokens are projected before experts
  q_lora_rank | integer | - | Width to which queries are compressed in latent attention
  num_kv_shared_layers | integer | 0 | Last layers that read the keys and values of an earlier layer
  mamba_ssm_cache_dtype / mamba_ssm_dtype | text | - | Number format of the states that state-space and linear-attention layers keep
  kv_lora_rank | integer | - | Width to which keys and values are compressed; they size the KV cache
  qk_nope_head_dim | integer | - | Part of a latent head without positions
  qk_rope_head_dim | integer | - | Part of a latent head with rotary positions
  v_head_dim | integer | - | Values' part of a latent head
  index_n_heads | integer | - | Heads of the indexer that chooses tokens in sparse attention
  index_head_dim | integer | - | Size of one of its heads
  index_topk | integer | - | Tokens it chooses
  state_size / ssm_state_size / mamba_d_state | integer | - | Size of a state space layer's state
  mamba_expand / expand | number | - | How much wider a state space layer is than the model
  mamba_d_conv / conv_kernel | integer | - | Length of its convolution
  quantization_config | block | - | How stored weights are quantized
  quantization_config.quant_method / quantization_config.quant_algo | text | - | Method: gptq, awq, fp8, bitsandbytes, compressed-tensors, mxfp4
  quantization_config.bits | integer | - | Bits of a weight
  quantization_config.group_size | integer | - | Weights that share one scale
  quantization_config.desc_act | boolean | false | GPTQ in the order of the activations; an index per input is stored
  quantization_config.sym | boolean | - | Symmetric: no zero points
  quantization_config.weight_block_size | list | - | Sides of the blocks that share an FP8 scale
  quantization_config.modules_to_not_convert | list | - | Modules left in 16 bits
  quantization_config.ignore | list | - | Modules left in 16 bits, as names or patterns
  text_config | block | - | The language model of one that sees or hears
  vision_config | block | - | The encoder of images
  audio_config | block | - | The encoder of sounds
  bos_token_id | integer | - | Token of the beginning
  eos_token_id | integer | - | Token of the end
  pad_token_id | integer | - | Token that fills up
  transformers_version | text | - | Release that wrote the file
`;

export const huggingfaceKeys: KeyTable = keyTable(
  'huggingface',
  'configuration classes of transformers, src/transformers/models',
  lines,
  fieldsOfRows([...huggingfaceRows, ...biasRows]),
);
