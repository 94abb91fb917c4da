/** What NeMo-RL's keys mean. Names and values: examples/configs/grpo_math_1B.yaml, sft.yaml and dpo.yaml at 7ea279ab. */
import { fieldsOfRows, type KeyTable, keyTable } from '../key-table.ts';
import { commonRows, dtensorRows, megatronRows } from './rows.ts';

const lines = `
  policy.model_name | text | - | The model to train, by Hub name or folder
  policy.train_global_batch_size | integer | - | Sequences of one optimizer step
  policy.train_micro_batch_size | integer | - | Sequences one GPU takes through forward and backward at once
  policy.max_total_sequence_length | integer | - | Longest prompt and answer together
  policy.logprob_batch_size | integer | - | Sequences of one pass that only finds log-probabilities
  policy.generation_batch_size | integer | - | Sequences of one pass of the Hugging Face generator
  policy.precision | bfloat16,float16,float32 | bfloat16 | Format of products
  policy.logprob_chunk_size | integer | - | Tokens whose log-probabilities are found at once
  policy.offload_optimizer_for_logprob | boolean | false | Keeps optimizer states on the host while log-probabilities are found
  policy.max_grad_norm | number | 1.0 | Largest norm of the gradients
  policy.make_sequence_length_divisible_by | integer | - | Pads sequences to a multiple
  policy.dtensor_cfg.enabled | boolean | true | Trains with FSDP 2 and DTensor
  policy.dtensor_cfg.tensor_parallel_size | integer | 1 | TP: GPUs that share each layer
  policy.dtensor_cfg.context_parallel_size | integer | 1 | CP: GPUs that share each sequence
  policy.dtensor_cfg.expert_parallel_size | integer | 1 | EP: GPUs among which experts are divided
  policy.dtensor_cfg.dp_replicate_size | integer | 1 | Copies of the divided states
  policy.dtensor_cfg.sequence_parallel | boolean | false | Divides what TP leaves whole along the sequence
  policy.dtensor_cfg.activation_checkpointing | boolean | false | Keeps the inputs of layers only and computes the rest again
  policy.dtensor_cfg.cpu_offload | boolean | false | Keeps weights and optimizer states on the host
  policy.dtensor_cfg.custom_parallel_plan | text | - | Python name of a plan of tensor parallelism
  policy.dtensor_cfg.lora_cfg.enabled | boolean | false | Trains adapters beside frozen weights
  policy.dtensor_cfg.lora_cfg.dim | integer | 8 | Rank of the adapters
  policy.megatron_cfg.enabled | boolean | false | Trains with Megatron Core
  policy.megatron_cfg.tensor_model_parallel_size | integer | 1 | TP: GPUs that share each layer
  policy.megatron_cfg.pipeline_model_parallel_size | integer | 1 | PP: groups of layers on different GPUs
  policy.megatron_cfg.context_parallel_size | integer | 1 | CP: GPUs that share each sequence
  policy.megatron_cfg.expert_model_parallel_size | integer | 1 | EP: GPUs among which experts are divided
  policy.megatron_cfg.expert_tensor_parallel_size | integer | 1 | TP inside experts
  policy.megatron_cfg.sequence_parallel | boolean | false | Divides what TP leaves whole along the sequence
  policy.megatron_cfg.activation_checkpointing | boolean | false | Computes activations again in the backward pass
  policy.megatron_cfg.recompute_granularity | full,selective | full | How much is computed again
  policy.megatron_cfg.empty_unused_memory_level | 0,1,2 | 1 | How often cached memory is given back
  policy.megatron_cfg.use_fused_linear_logprobs | boolean | false | Finds log-probabilities without storing all logits
  policy.megatron_cfg.mtp_num_layers | integer | 0 | Layers that predict further tokens
  policy.megatron_cfg.optimizer.optimizer | adam,sgd | adam | The optimizer
  policy.megatron_cfg.optimizer.use_distributed_optimizer | boolean | true | Divides optimizer states over DP
  policy.megatron_cfg.optimizer.optimizer_cpu_offload | boolean | false | Keeps optimizer states on the host
  policy.megatron_cfg.optimizer.optimizer_offload_fraction | number | 0.0 | Share of the states on the host
  policy.megatron_cfg.distributed_data_parallel_config.grad_reduce_in_fp32 | boolean | false | Sums gradients in fp32
  policy.megatron_cfg.distributed_data_parallel_config.overlap_grad_reduce | boolean | true | Sums gradients while the backward pass runs
  policy.megatron_cfg.distributed_data_parallel_config.overlap_param_gather | boolean | true | Gathers weights while the forward pass runs
  policy.megatron_cfg.fp8_cfg.enabled | boolean | false | Products in FP8
  policy.megatron_cfg.peft.enabled | boolean | false | Trains adapters beside frozen weights
  policy.megatron_cfg.peft.dim | integer | 8 | Rank of the adapters
  policy.sequence_packing.enabled | boolean | - | Joins sequences up to a number of tokens
  policy.sequence_packing.train_mb_tokens | integer | - | Tokens of one packed pass
  policy.dynamic_batching.enabled | boolean | false | Puts as many sequences into a pass as tokens allow
  policy.optimizer.name | text | torch.optim.AdamW | The optimizer of the DTensor back end
  policy.generation.backend | vllm,sglang,megatron,trtllm | vllm | What generates
  policy.generation.max_new_tokens | integer | - | Longest answer
  policy.generation.vllm_cfg.tensor_parallel_size | integer | 1 | TP of the generator
  policy.generation.vllm_cfg.gpu_memory_utilization | number | 0.6 | Share of GPU memory of the generator
  policy.generation.colocated.enabled | boolean | true | Generation shares the GPUs of training
  policy.generation.colocated.resources.gpus_per_node | integer | - | GPUs of the one node that only generate
  policy.generation.colocated.resources.num_nodes | integer | - | Nodes that only generate
  grpo.num_prompts_per_step | integer | - | Prompts of one step
  grpo.num_generations_per_prompt | integer | - | Answers to each prompt
  grpo.max_num_steps | integer | - | Steps after which training stops
  loss_fn.reference_policy_kl_penalty | number | 0.01 | Weight of the distance to the reference model
  policy.megatron_cfg.virtual_pipeline_model_parallel_size | integer | - | VPP: chunks of layers on each pipeline rank
  policy.megatron_cfg.microbatch_group_size_per_vp_stage | integer | - | Micro batches run on one chunk before the next chunk's turn
  policy.megatron_cfg.pipeline_model_parallel_layout | text | - | Stages written out by hand
  policy.megatron_cfg.account_for_embedding_in_pipeline_split | boolean | false | The embedding counts as a layer when layers are dealt out
  policy.megatron_cfg.account_for_loss_in_pipeline_split | boolean | false | The loss counts as a layer when layers are dealt out
  policy.megatron_cfg.num_layers_in_first_pipeline_stage | integer | - | Layers of the first stage
  policy.megatron_cfg.first_pipeline_num_layers | integer | - | Layers of the first stage, in an older spelling
  policy.megatron_cfg.num_layers_in_last_pipeline_stage | integer | - | Layers of the last stage
  policy.megatron_cfg.last_pipeline_num_layers | integer | - | Layers of the last stage, in an older spelling
  policy.megatron_cfg.cp_comm_type | text | - | How context parallelism exchanges keys and values
  policy.megatron_cfg.moe_token_dispatcher_type | allgather,alltoall,flex | allgather | How tokens travel to their experts
  policy.megatron_cfg.overlap_moe_expert_parallel_comm | boolean | false | Tokens travel beside the computation of another micro batch
  policy.megatron_cfg.moe_permute_fusion | boolean | false | Sorts tokens by expert in one kernel
  policy.megatron_cfg.use_transformer_engine_op_fuser | boolean | false | Runs products, activation and casts of the MLP as fused operators of Transformer Engine
  policy.megatron_cfg.tp_comm_overlap | boolean | false | Overlaps tensor-parallel traffic with products
  policy.megatron_cfg.overlap_p2p_comm | boolean | false | Hides transfers between pipeline ranks behind computation
  policy.megatron_cfg.cuda_graph_impl | text | none | How CUDA graphs are captured
  cluster.gpus_per_node | integer | - | GPUs of a node
  cluster.num_nodes | integer | - | Nodes
  checkpointing.save_period | integer | - | Steps between checkpoints
  defaults | path | - | The file this one lies on top of
`;

export const nemoRlKeys: KeyTable = keyTable(
  'nemo-rl',
  'examples/configs of NeMo-RL at 7ea279ab',
  lines,
  fieldsOfRows([...commonRows, ...dtensorRows, ...megatronRows]),
);

const blocks =
  /^(?:defaults|grpo|dpo|sft|rm|ppo|gdpo|distillation|loss_fn|reward_penalties|checkpointing|policy|teacher|value|data|env|logger|cluster|data_plane|reward_model)(?:\.|$)/;

export const isNemoRlKey = (name: string): boolean => blocks.test(name);
