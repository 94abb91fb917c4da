/** Keys of configuration classes that say nothing about cost, so that only strange ones are called unknown. */
const names = `
  _name_or_path architectures model_type transformers_version auto_map bos_token_id eos_token_id pad_token_id unk_token_id
  sep_token_id decoder_start_token_id initializer_range rms_norm_eps layer_norm_eps layer_norm_epsilon norm_eps norm_epsilon
  rope_theta rope_scaling rope_parameters rope_local_base_freq rotary_pct rotary_emb_base partial_rotary_factor rotary_dim
  use_cache attention_dropout hidden_dropout resid_pdrop embd_pdrop attn_pdrop hidden_act hidden_activation activation_function
  pretraining_tp attention_bias mlp_bias use_sliding_window sliding_window max_window_layers layer_types torch_dtype dtype
  quantization_config text_config vision_config audio_config n_shared_experts first_k_dense_replace moe_layer_freq n_group
  topk_group topk_method norm_topk_prob routed_scaling_factor scoring_func router_aux_loss_coef output_router_logits
  aux_loss_alpha seq_aux ep_size num_nextn_predict_layers qk_nope_head_dim qk_rope_head_dim v_head_dim decoder_sparse_step
  mlp_only_layers shared_expert_intermediate_size final_logit_softcapping attn_logit_softcapping query_pre_attn_scalar
  cache_implementation task_specific_params summary_type summary_use_proj summary_activation summary_first_dropout
  summary_proj_to_labels reorder_and_upcast_attn scale_attn_by_inverse_layer_idx scale_attn_weights n_ctx gradient_checkpointing
  alibi new_decoder_architecture parallel_attn bias qkv_bias use_bias multi_query clip_qkv is_encoder_decoder
  chunk_size_feed_forward output_attentions output_hidden_states return_dict torchscript id2label label2id problem_type
  router_jitter_noise experts_per_token swiglu_limit initial_context_length interleave_moe_layer_step
  intermediate_size_mlp use_qk_norm no_rope_layers attn_temperature_tuning floor_scale attn_scale word_embed_proj_dim
  do_layer_norm_before enable_bias layer_norm_elementwise_affine embedding_size mlp_ratio mlp_hidden_size residual_dropout
  image_token_id video_token_id vision_start_token_id vision_end_token_id index_head_dim index_n_heads index_topk
  hidden_size_per_head max_length min_length temperature top_k top_p
`;

const known: ReadonlySet<string> = new Set(names.split(/\s+/).filter((name) => name !== ''));

export function isConfigKey(name: string): boolean {
  return known.has(name);
}
