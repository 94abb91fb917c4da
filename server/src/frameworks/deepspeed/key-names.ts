/**
 * Keys DeepSpeed knows (deepspeed/runtime/constants.py, config.py and zero/config.py at edaa7221). Data only: it tells a
 * key without effect on cost from a misspelt one.
 */
const topLevel = `
  train_batch_size train_micro_batch_size_per_gpu gradient_accumulation_steps optimizer scheduler fp16 bf16 bfloat16 amp fp8
  gradient_clipping communication_data_type seq_parallel_communication_data_type prescale_gradients gradient_predivide_factor
  gradient_allreduce_op sparse_gradients zero_optimization zero_allow_untested_optimizer zero_force_ds_cpu_optimizer
  steps_per_print wall_clock_breakdown dump_state memory_breakdown disable_allgather activation_checkpointing autotuning
  flops_profiler aio elasticity tensorboard wandb csv_monitor comet comms_logger data_efficiency curriculum_learning
  data_types compression_training checkpoint dataloader_drop_last pipeline tensor_parallel sequence_parallel_size
  progressive_layer_drop eigenvalue sparse_attention hybrid_engine nebula torch_autocast compile weight_quantization
  use_data_before_expert_parallelism data_parallel_group log_level quantize_training zero_quantized_gradients mup moe
  use_node_local_storage timers fp16_master_weights_and_gradients expert_parallel managed_gradient_accumulation
`;

const zeroKeys = `
  stage contiguous_gradients reduce_scatter reduce_bucket_size use_multi_rank_bucket_allreduce allgather_partitions
  allgather_bucket_size overlap_comm load_from_fp32_weights elastic_checkpoint offload_param offload_optimizer zenflow
  sub_group_size cpu_offload_param cpu_offload_params cpu_offload_use_pin_memory cpu_offload prefetch_bucket_size
  stage3_prefetch_bucket_size param_persistence_threshold stage3_param_persistence_threshold model_persistence_threshold
  stage3_model_persistence_threshold max_live_parameters stage3_max_live_parameters max_reuse_distance
  stage3_max_reuse_distance gather_16bit_weights_on_model_save stage3_gather_16bit_weights_on_model_save
  module_granularity_threshold stage3_module_granularity_threshold use_all_reduce_for_fetch_params
  stage3_use_all_reduce_for_fetch_params allgather_sequential stage3_allgather_sequential
  stage3_gather_fp16_weights_on_model_save ignore_unused_parameters legacy_stage1 round_robin_gradients
  zero_hpz_partition_size zero_quantized_weights zero_quantized_nontrainable_weights zero_quantized_gradients
  zeropp_loco_param mics_shard_size mics_hierarchical_params_gather memory_efficient_linear pipeline_loading_checkpoint
  override_module_apply log_trace_cache_warnings enable_sanity_checks save_muon_momentum_buffer_in_memory leaf_module
`;

const split = (names: string): ReadonlySet<string> => new Set(names.split(/\s+/).filter((name) => name !== ''));
const topNames = split(topLevel);
const zeroNames = split(zeroKeys);

/** True for a dotted name whose parts DeepSpeed reads; parts below the second level are not checked. */
export function isDeepspeedKey(name: string): boolean {
  const [top, second] = name.split('.');
  if (top === undefined || !topNames.has(top)) return false;
  return top !== 'zero_optimization' || second === undefined || zeroNames.has(second);
}
