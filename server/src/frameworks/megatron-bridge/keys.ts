/** Names of a Megatron-Bridge configuration, for hovers. */
import { keyTable } from '../key-table.ts';
import { splitKeys } from '../megatron-core/splits.ts';

export const bridgeKeys = keyTable(
  'megatron-bridge',
  'src/megatron/bridge/training/config.py and mixed_precision.py of Megatron-Bridge 067f987d',
  `
  model.tensor_model_parallel_size | integer | 1 | GPUs that share each product
  model.pipeline_model_parallel_size | integer | 1 | Pipeline stages in GPUs
  model.virtual_pipeline_model_parallel_size | integer | - | Chunks of layers a GPU of the pipeline holds
  model.pipeline_model_parallel_layout | text | - | Stages written out letter by letter
  model.context_parallel_size | integer | 1 | GPUs that share one sequence
  model.expert_model_parallel_size | integer | 1 | GPUs that share the experts of a layer
  model.expert_tensor_parallel_size | integer | - | TP inside the experts; that of the rest when absent
  model.sequence_parallel | boolean | false | TP divides the sequence between its products
  model.seq_length | integer | - | Tokens of one training sample
  model.recompute_granularity | full,selective | - | Which activations are computed again in the backward pass
  model.recompute_method | uniform,block | - | Which layers full recomputation takes
  model.recompute_num_layers | integer | - | Layers of one group, or layers that are recomputed
  model.recompute_modules | list | - | What selective recomputation computes again
  model.cuda_graph_impl | none,local,transformer_engine,full_iteration | none | What is captured once and replayed
  model.moe_token_dispatcher_type | alltoall,allgather,flex | alltoall | How tokens reach their experts
  model.cross_entropy_fusion_impl | native,te,linear | native | Kernel of the loss
  model.transformer_impl | local,transformer_engine | transformer_engine | Which layers the model is made of
  model.fine_grained_activation_offloading | boolean | false | Keeps some activations in host memory
  model.account_for_embedding_in_pipeline_split | boolean | false | The embedding counts as a layer when layers are dealt out to stages
  model.account_for_loss_in_pipeline_split | boolean | false | The loss counts as a layer when layers are dealt out to stages
  train.global_batch_size | integer | - | Sequences of one optimizer step
  train.micro_batch_size | integer | - | Sequences one GPU takes through forward and backward at once
  train.train_iters | integer | - | Optimizer steps of the run
  dataset.seq_length | integer | - | Tokens of one training sample
  mixed_precision | text | bf16_mixed | A precision by its name
  mixed_precision.fp8_recipe | delayed,tensorwise,blockwise,mxfp8 | tensorwise | How the scales of 8-bit products lie
  mixed_precision.grad_reduce_in_fp32 | boolean | true | Gradients are summed and reduced in fp32
  mixed_precision.fp8_param_gather | boolean | false | Parameters are gathered in 8 bits
  ddp.overlap_grad_reduce | boolean | - | Reduces gradients beside the backward pass
  ddp.overlap_param_gather | boolean | - | Gathers parameters beside the forward pass
  ddp.use_distributed_optimizer | boolean | - | Divides optimizer states over DP
  ddp.use_megatron_fsdp | boolean | false | Shards by Megatron's own FSDP
  ddp.data_parallel_sharding_strategy | no_shard,optim,optim_grads,optim_grads_params | no_shard | What Megatron's FSDP shards
  comm_overlap.tp_comm_overlap | boolean | false | Traffic of TP runs beside the products
  comm_overlap.overlap_moe_expert_parallel_comm | boolean | false | Tokens travel beside the computation of another micro batch
  optimizer.use_precision_aware_optimizer | boolean | false | The optimizer keeps its states in formats of their own
  `,
  {
    ...splitKeys('model'),
    'model.recompute_granularity': 'recompute.granularity',
    'train.global_batch_size': 'batch.global',
    'train.micro_batch_size': 'batch.micro',
  },
);
