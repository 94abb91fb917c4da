/** The keys of a NeMo 1 configuration that matter, for completion and hovers. */
import { keyTable } from '../key-table.ts';
import { splitKeys } from '../megatron-core/splits.ts';

export const nemoKeys = keyTable(
  'nemo',
  'examples/nlp/language_modeling/conf and nemo/collections/nlp/models/language_modeling of NeMo 8cfedd72',
  `
  model.add_qkv_bias | boolean | false | Biases of queries, keys and values alone
  model.qkv_bias | boolean | false | Biases of queries, keys and values
  model.qk_layernorm | boolean | false | Norms on queries and keys
  model.moe_ffn_hidden_size | integer | - | Width inside an expert
  trainer.devices | integer | - | GPUs of each node
  trainer.num_nodes | integer | 1 | Nodes of the job
  trainer.precision | 32,16,bf16,16-mixed,bf16-mixed | - | Number format of training
  trainer.max_steps | integer | - | Optimizer steps of the run
  trainer.accumulate_grad_batches | integer | 1 | Leave at 1: accumulation follows from the two batch sizes
  trainer.gradient_clip_val | number | - | Largest norm of the gradient
  model.mcore_gpt | boolean | false | Megatron Core's layers instead of NeMo's own
  model.micro_batch_size | integer | - | Sequences of one forward pass on one data parallel rank
  model.global_batch_size | integer | - | Sequences of one optimizer step over all GPUs
  model.rampup_batch_size | list | - | Start, increment and samples of a growing global batch
  model.tensor_model_parallel_size | integer | 1 | Tensor parallel size
  model.pipeline_model_parallel_size | integer | 1 | Pipeline stages
  model.virtual_pipeline_model_parallel_size | integer | - | Chunks of layers on each pipeline rank (not layers of a chunk)
  model.context_parallel_size | integer | 1 | GPUs that share one sequence
  model.expert_model_parallel_size | integer | 1 | GPUs that share the experts of a layer
  model.expert_tensor_parallel_size | integer | - | GPUs that share one expert; the tensor parallel size when null
  model.num_layers_in_first_pipeline_stage | integer | - | Layers of the first pipeline stage, where stages differ
  model.num_layers_in_last_pipeline_stage | integer | - | Layers of the last pipeline stage, where stages differ
  model.first_pipeline_num_layers | integer | - | Older name of num_layers_in_first_pipeline_stage
  model.last_pipeline_num_layers | integer | - | Older name of num_layers_in_last_pipeline_stage
  model.account_for_embedding_in_pipeline_split | boolean | false | The embedding counts as a layer when layers are dealt out to stages
  model.account_for_loss_in_pipeline_split | boolean | false | The loss counts as a layer when layers are dealt out to stages
  model.pipeline_model_parallel_layout | text | - | The layers of every stage, written out
  model.sequence_parallel | boolean | false | Norms and dropout are divided along the sequence over the tensor parallel group
  model.encoder_seq_length | integer | - | Tokens of one training sample
  model.max_position_embeddings | integer | - | Longest sequence the positions allow
  model.num_layers | integer | - | Transformer layers
  model.hidden_size | integer | - | Width of the residual stream
  model.ffn_hidden_size | integer | - | Width of the MLP, of its gate when it is gated
  model.num_attention_heads | integer | - | Query heads
  model.num_query_groups | integer | - | Key and value heads; the number of heads when null
  model.kv_channels | integer | - | Width of a head; hidden size / heads when null
  model.normalization | layernorm,rmsnorm,layernorm1p | layernorm | Kind of normalization
  model.bias | boolean | true | Linear layers have a bias
  model.activation | gelu,geglu,swiglu,reglu,squared-relu,fast-geglu,fast-swiglu,fast-reglu | gelu | Activation of the MLP; fast- kinds compute gate and value at once
  model.position_embedding_type | learned_absolute,rope,alibi,kerple,xpos,sandwich | learned_absolute | How positions enter
  model.share_embeddings_and_output_weights | boolean | true | Embedding and output matrix are one
  model.make_vocab_size_divisible_by | integer | 128 | The vocabulary is padded to a multiple of it times TP
  model.override_vocab_size | integer | - | Entries of the vocabulary whatever the tokenizer has
  model.hidden_dropout | number | 0.1 | Dropout of the residual stream
  model.attention_dropout | number | 0.1 | Dropout of attention probabilities
  model.ffn_dropout | number | 0.0 | Dropout inside the MLP
  model.num_moe_experts | integer | - | Experts of a layer
  model.moe_router_topk | integer | 2 | Experts each token visits
  model.moe_token_dispatcher_type | allgather,alltoall,flex | - | How tokens reach their experts
  model.megatron_amp_O2 | boolean | false | 16-bit weights with fp32 ones in the optimizer
  model.transformer_engine | boolean | false | Transformer Engine's layers
  model.fp8 | boolean | false | Linear layers run in 8 bits; needs transformer_engine
  model.fp8_hybrid | boolean | false | E4M3 forward and E5M2 backward
  model.fp8_e4m3 | boolean | false | E4M3 in both directions
  model.use_flash_attention | boolean | false | FlashAttention without Transformer Engine
  model.activations_checkpoint_granularity | full,selective | - | What is computed again: whole layers or the core of attention
  model.activations_checkpoint_method | uniform,block | - | Groups of layers, or the first layers of each stage
  model.activations_checkpoint_num_layers | integer | - | Layers of a group, or of a stage
  model.ub_tp_comm_overlap | boolean | false | Tensor parallel traffic runs beside products over user buffers
  model.overlap_p2p_comm | boolean | false | Pipeline transfers run beside computation; with virtual stages only
  model.gradient_accumulation_fusion | boolean | false | Weight gradients are added to the buffer by the product itself
  model.fsdp | boolean | false | PyTorch's FSDP instead of data parallelism
  model.fsdp_sharding_strategy | full,hybrid,grad | full | What FSDP shards
  model.tokenizer.library | text | - | Where the tokenizer comes from
  model.tokenizer.type | text | - | Tokenizer class or name
  model.data.seq_length | integer | - | Tokens of one training sample
  model.data.data_impl | mmap,mock | mmap | How training data is stored
  model.optim.name | text | - | Optimizer; distributed_fused_adam and mcore_distributed_optim shard their states
  model.optim.overlap_grad_sync | boolean | false | Gradients are reduced beside the backward pass
  model.optim.overlap_param_sync | boolean | false | Parameters are gathered beside the forward pass
  model.optim.grad_sync_dtype | fp32,bf16,fp16 | - | Number format in which gradients travel
  model.optim.bucket_cap_mb | integer | - | Size of one gradient bucket
  model.peft.peft_scheme | lora,qlora,adapter,ia3,ptuning,none | none | Which adapters are trained instead of all weights
  model.peft.lora_tuning.adapter_dim | integer | 32 | Rank of the LoRA matrices
  model.restore_from_path | path | - | Checkpoint to start from
  exp_manager.create_checkpoint_callback | boolean | - | Whether checkpoints are written
  `,
  {
    'trainer.devices': 'cluster.gpusPerNode',
    'trainer.num_nodes': 'cluster.nodes',
    'model.micro_batch_size': 'batch.micro',
    'model.global_batch_size': 'batch.global',
    ...splitKeys('model'),
    'model.activations_checkpoint_granularity': 'recompute.granularity',
  },
);

/** Lightning, Hydra and the experiment manager have keys of their own, and models pass theirs on: nothing is called misspelt. */
export function isNemoKey(): boolean {
  return true;
}
