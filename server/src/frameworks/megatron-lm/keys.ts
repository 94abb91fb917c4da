/**
 * What Megatron-LM's flags mean. Names and defaults: megatron/training/arguments.py, megatron/training/config/*.py and
 * megatron/core/transformer/transformer_config.py at d98e8a64 (core_v0.20 development). Older spellings stand behind the
 * present ones.
 */
import { fieldsOfRows, type KeyTable, keyTable } from '../key-table.ts';
import { megatronRows, precisionAwareRows } from './rows.ts';

const parallel = `
  tensor-model-parallel-size / model-parallel-size | integer | 1 | TP: GPUs that share each layer, normally inside one node
  pipeline-model-parallel-size | integer | 1 | PP: groups of layers that stand on different GPUs
  context-parallel-size | integer | 1 | CP: GPUs that share each sequence in all of the model
  ds-sequence-parallel-size | integer | 1 | Ulysses in the DeepSpeed fork: GPUs that share each sequence by exchanging heads
  cp-comm-type | p2p,a2a,allgather,a2a+p2p | p2p | How context parallel ranks exchange keys and values: in a ring, by heads, or all at once
  hierarchical-context-parallel-sizes | list | - | Sizes of the two levels of a2a+p2p
  expert-model-parallel-size / moe-expert-parallel-size | integer | 1 | EP: GPUs among which the experts of a layer are spread; it is cut out of DP
  expert-tensor-parallel-size | integer | - | TP of the experts alone; that of the rest of the model when absent
  num-layers-per-virtual-pipeline-stage | integer | - | Layers of one interleaved chunk; layers / PP / this many chunks stand on each pipeline rank
  num-virtual-stages-per-pipeline-rank | integer | - | VPP: chunks of layers on each pipeline rank, which shrink the bubble
  microbatch-group-size-per-virtual-pipeline-stage / microbatch-group-size-per-vp-stage | integer | - | Micro batches a chunk takes in a row before the next chunk has its turn; PP when absent
  pipeline-model-parallel-layout | text | - | Which layers stand on which stage, written out: Et*3|(tt|)*29,m|L
  decoder-first-pipeline-num-layers | integer | - | Layers on the first pipeline rank; the rest is divided evenly
  decoder-last-pipeline-num-layers | integer | - | Layers on the last pipeline rank
  account-for-embedding-in-pipeline-split | boolean | false | Counts the embedding as a layer when layers are divided over PP
  account-for-loss-in-pipeline-split | boolean | false | Counts the output layer as a layer when layers are divided over PP
  standalone-embedding-stage | boolean | false | Gives the embedding a pipeline rank of its own
  no-pipeline-parallel | boolean | - | DeepSpeed fork: one stage, without DeepSpeed's pipeline engine
  sequence-parallel | boolean | false | Divides norms and dropouts along the sequence over TP, so that their activations are stored once
  use-tp-pp-dp-mapping | boolean | false | Ranks of one pipeline stand beside each other instead of ranks of one DP group
  no-async-tensor-model-parallel-allreduce | boolean | - | Waits for the gradient sum of TP instead of hiding it behind weight gradients
  tp-comm-overlap | boolean | false | Hides TP communication behind matrix products, by Transformer Engine's user buffers
  tp-comm-overlap-cfg | path | - | YAML with the way of overlap for each product
  tp-comm-bootstrap-backend | nccl,mpi,gloo | nccl | Who sets the user buffers up
  defer-embedding-wgrad-compute | boolean | false | Computes the output layer's weight gradient in the pipeline's tail
  no-overlap-p2p-communication | boolean | - | Waits for transfers between pipeline ranks instead of hiding them
  overlap-p2p-communication-warmup-flush / overlap-p2p-comm-warmup-flush | boolean | false | Hides transfers between pipeline ranks at both ends of a step too
  overlap-moe-expert-parallel-comm | boolean | false | Hides the all-to-all of experts behind another micro batch
  delay-wgrad-compute | boolean | false | Keeps weight gradients back to hide more of the all-to-all
  distributed-backend | nccl,gloo | nccl | The library for collectives
  distributed-timeout-minutes | integer | 10 | Minutes a collective may take`;

const model = `
  num-layers | integer | - | Transformer layers
  hidden-size | integer | - | Width of the residual stream
  ffn-hidden-size | integer | - | Width inside the MLP; 4 x hidden, or about 8/3 of it with --swiglu, when absent
  num-attention-heads | integer | - | Heads of attention; TP must divide them
  num-query-groups / num-key-value-heads | integer | - | Heads of keys and values, with --group-query-attention
  group-query-attention | boolean | false | Several query heads share one head of keys and values
  kv-channels | integer | - | Size of one head; hidden / heads when absent
  max-position-embeddings | integer | - | Longest sequence the model has positions for
  position-embedding-type | learned_absolute,rope,yarn,mrope,relative,none | learned_absolute | How positions reach attention; learned ones are parameters
  use-rotary-position-embeddings | boolean | false | Older way to write --position-embedding-type rope
  rotary-base | integer | 10000 | Base of the rotary frequencies
  rotary-percent | number | 1.0 | Share of each head that is rotated
  use-rope-scaling | boolean | false | Llama 3's scaling of rotary frequencies for longer sequences
  no-position-embedding | boolean | - | Older way to leave learned positions out
  normalization | LayerNorm,RMSNorm | LayerNorm | The kind of norm; RMSNorm has no bias
  norm-epsilon / layernorm-epsilon | number | 1e-5 | Added to the divisor of norms
  swiglu | boolean | false | SwiGLU in the MLP: three matrices instead of two
  squared-relu | boolean | false | Squared ReLU in the MLP
  openai-gelu | boolean | false | The GELU of GPT-2
  disable-bias-linear | boolean | false | Leaves the biases of linear layers out
  add-qkv-bias | boolean | false | Gives queries, keys and values biases all the same
  qk-layernorm | boolean | false | Norms on queries and keys
  untie-embeddings-and-output-weights | boolean | false | The output layer has weights of its own, vocabulary x hidden more parameters
  make-vocab-size-divisible-by | integer | 128 | The vocabulary is padded to a multiple of this times TP
  vocab-size | integer | - | Size of the vocabulary before padding; the tokenizer's when absent
  padded-vocab-size / pad-vocab-size-to | integer | - | Size of the vocabulary after padding
  attention-dropout | number | 0.1 | Dropout on attention weights; its mask is stored
  hidden-dropout | number | 0.1 | Dropout on the residual stream; its masks are stored
  multi-latent-attention | boolean | false | DeepSeek's latent attention: keys and values are kept compressed
  q-lora-rank | integer | - | Width to which queries are compressed in latent attention
  kv-lora-rank | integer | 32 | Width to which keys and values are compressed
  qk-head-dim | integer | 128 | Part of a latent head without positions
  qk-pos-emb-head-dim | integer | 64 | Part of a latent head with rotary positions
  v-head-dim | integer | 128 | Values' part of a latent head
  attention-output-gate | boolean | false | A gate on the output of attention, another projection as wide as the queries
  softmax-type | vanilla,off-by-one,learnable | vanilla | What is added to the divisor of softmax; learnable is one parameter a head
  window-size | list | - | Tokens to the left and right that attention sees
  mtp-num-layers / num-mtp-predictor | integer | - | Further layers that predict tokens beyond the next; they stand on the last pipeline rank
  mtp-loss-scaling-factor | number | 0.1 | Weight of their losses
  hybrid-layer-pattern / hybrid-override-pattern | text | - | Kind of each layer: M state space, * attention, - MLP, E experts
  mamba-state-dim | integer | 128 | Size of the state of a state space head
  mamba-head-dim | integer | 64 | Size of a state space head
  mamba-num-groups | integer | 8 | Groups of a state space layer
  spec | text | - | Python module with the layers' specification
  transformer-impl | local,transformer_engine,inference_optimized | transformer_engine | Whose layers are used
  attention-backend | flash,fused,unfused,local,auto | auto | Kernel of attention; unfused and local store the matrix of scores
  use-flash-attn | boolean | false | FlashAttention, where layers are local
  use-mcore-models | boolean | - | Models of Megatron Core, which newer releases always use
  init-method-std | number | 0.02 | Standard deviation of fresh weights`;

const experts = `
  num-experts / num-moe-experts | integer | - | Experts of an MoE layer; EP must divide them
  moe-router-topk / topk | integer | 2 | Experts each token goes to
  moe-ffn-hidden-size | integer | - | Width inside an expert; --ffn-hidden-size when absent
  moe-shared-expert-intermediate-size | integer | - | Width of the experts every token goes to, all together
  moe-shared-expert-gate | boolean | false | A gate on the shared experts
  moe-shared-expert-overlap | boolean | false | Computes shared experts while tokens travel
  moe-latent-size | integer | - | Width to which tokens are projected before experts
  moe-layer-freq | text | 1 | Every n-th layer has experts, or a list with 1 for each that has: ([0]*3+[1]*58)
  moe-grouped-gemm | boolean | false | Computes all experts of a GPU in one kernel
  moe-token-dispatcher-type | allgather,alltoall,flex | allgather | How tokens get to their experts
  moe-flex-dispatcher-backend | deepep,hybridep,ncclep | deepep | The library behind the flex dispatcher
  moe-enable-deepep | boolean | false | DeepEP's kernels for the flex dispatcher
  moe-permute-fusion | boolean | false | Sorts tokens by expert in one kernel
  use-transformer-engine-op-fuser | boolean | false | Runs products, activation and casts of the MLP as fused operators of Transformer Engine
  moe-router-load-balancing-type | aux_loss,seq_aux_loss,global_aux_loss,sinkhorn,quantile_balancing,none | aux_loss | How the load of experts is evened out
  moe-aux-loss-coeff | number | 0.0 | Weight of the balancing loss
  moe-z-loss-coeff | number | - | Weight of the loss on large router scores
  moe-router-score-function | softmax,sigmoid | softmax | How router scores become weights
  moe-router-num-groups | integer | - | Groups of experts of which only some are looked at
  moe-router-group-topk | integer | - | Groups each token may use
  moe-router-topk-scaling-factor | number | - | Factor on the weights of the chosen experts
  moe-router-enable-expert-bias | boolean | false | Balances by biases on the scores instead of a loss
  moe-router-pre-softmax | boolean | false | Softmax before choosing instead of after
  moe-router-dtype | fp32,fp64 | - | Number format of routing
  moe-router-force-load-balancing | boolean | false | Spreads tokens at random, to measure speed
  moe-expert-capacity-factor | number | - | Drops tokens over this multiple of an even share
  moe-pad-expert-input-to-capacity | boolean | false | Pads every expert to its capacity
  moe-layer-recompute | boolean | false | Recomputes MoE layers in the backward pass`;

const batch = `
  micro-batch-size / batch-size | integer | - | Samples one GPU takes through forward and backward at once
  global-batch-size | integer | - | Samples of one optimizer step; micro batch x DP when absent, and a multiple of that
  rampup-batch-size | list | - | Start, increment and samples over which the global batch grows
  seq-length / encoder-seq-length | integer | - | Tokens of a sample
  train-iters | integer | - | Optimizer steps to run
  train-samples | integer | - | Samples to train on, instead of --train-iters
  seed | integer | 1234 | Seed of all random numbers`;

const optimizer = `
  optimizer | adam,sgd,muon,dist_muon,lion,soap,adaptive_muon | adam | The optimizer, which decides how many bytes of state a parameter has
  use-distributed-optimizer | boolean | false | ZeRO stage 1: optimizer states are divided over DP
  num-distributed-optimizer-instances | integer | 1 | Copies of the divided states, so that they are divided inside a part of DP only
  zero-stage | 0,1,2,3 | 1 | DeepSpeed fork: what ZeRO divides
  use-precision-aware-optimizer | boolean | false | Lets the formats of gradients, master weights and moments be chosen
  main-grads-dtype | fp32,bf16 | fp32 | Format of gradients with the precision-aware optimizer
  main-params-dtype | fp32,fp16 | fp32 | Format of master weights with the precision-aware optimizer
  exp-avg-dtype | fp32,fp16,bf16,fp8 | fp32 | Format of the first moment with the precision-aware optimizer
  exp-avg-sq-dtype | fp32,fp16,bf16,fp8 | fp32 | Format of the second moment with the precision-aware optimizer
  optimizer-cpu-offload / cpu-optimizer | boolean | false | Keeps and updates optimizer states on the host
  optimizer-offload-fraction | number | 1.0 | Share of the states that goes to the host
  overlap-grad-reduce | boolean | false | Reduces gradients beside the backward pass
  overlap-param-gather | boolean | false | Gathers updated parameters beside the next forward pass
  ddp-bucket-size | integer | - | Elements of gradients that are reduced together
  grad-reduce-in-bf16 | boolean | false | Reduces gradients in bf16: half the traffic, less exact
  accumulate-allreduce-grads-in-fp32 | boolean | false | Keeps and reduces gradients in fp32; bf16 training turns it on
  use-torch-fsdp2 | boolean | false | PyTorch's FSDP 2 in place of Megatron's own data parallelism
  torch-fsdp2-no-reshard-after-forward | boolean | - | Keeps gathered parameters until the backward pass
  use-megatron-fsdp / use-custom-fsdp | boolean | false | Megatron's own FSDP, which divides what --data-parallel-sharding-strategy says
  data-parallel-sharding-strategy | no_shard,optim,optim_grads,optim_grads_params | optim_grads_params | What Megatron FSDP divides over DP: ZeRO stage 0, 1, 2 or 3
  lr | number | - | Highest learning rate
  min-lr | number | 0.0 | Lowest learning rate
  lr-decay-style | constant,linear,cosine,inverse-square-root,WSD | linear | How the learning rate falls
  lr-decay-iters | integer | - | Steps over which it falls; --train-iters when absent
  lr-warmup-iters | integer | 0 | Steps over which it rises
  lr-warmup-fraction | number | - | Share of the decay steps over which it rises
  weight-decay | number | 0.01 | Weight decay
  clip-grad | number | 1.0 | Largest norm of the gradients
  adam-beta1 | number | 0.9 | Decay of the first moment
  adam-beta2 | number | 0.999 | Decay of the second moment`;

const precision = `
  bf16 | boolean | false | Trains in bfloat16 with fp32 master weights
  fp16 | boolean | false | Trains in float16 with loss scaling
  fp8 / fp8-format | e4m3,hybrid | - | Products in FP8; hybrid has e5m2 gradients
  fp8-recipe | tensorwise,delayed,mxfp8,blockwise,custom | delayed | How FP8 scales are found
  fp8-param-gather / fp8-param | boolean | false | Keeps and gathers parameters in FP8
  fp4 / fp4-format | e2m1 | - | Products in FP4
  loss-scale | number | - | A fixed loss scale for fp16; found as training goes when absent
  initial-loss-scale | number | 4294967296 | The first loss scale
  attention-softmax-in-fp32 | boolean | false | Softmax in fp32
  cross-entropy-loss-fusion | boolean | false | Computes the loss in one kernel, without an fp32 copy of the logits
  cross-entropy-fusion-impl | native,te | native | Whose kernel that is`;

const memory = `
  recompute-activations | boolean | false | The same as --recompute-granularity selective
  recompute-granularity | full,selective | - | What is computed again in the backward pass: whole layers, or what is large and cheap
  recompute-method | uniform,block | - | With full: every so many layers, or the first layers of each stage
  recompute-num-layers / checkpoint-num-layers / activations-checkpoint-num-layers | integer | - | Layers between two checkpoints with uniform, layers that are recomputed with block
  recompute-modules | list | core_attn | What selective recomputes: core_attn, moe_act, layernorm, mla_up_proj, mlp, moe, shared_experts
  checkpoint-activations / deepspeed-activation-checkpointing | boolean | false | Older way to write full recomputation
  activations-checkpoint-method | uniform,block | - | Older way to write --recompute-method
  distribute-saved-activations / distribute-checkpointed-activations | boolean | false | Divides checkpoints over TP
  cpu-offloading | boolean | false | Keeps activations of some layers on the host
  cpu-offloading-num-layers | integer | 0 | How many layers that is
  fine-grained-activation-offloading | boolean | false | Keeps activations of chosen modules on the host
  empty-unused-memory-level | 0,1,2 | 0 | Gives cached memory back after steps, which costs time
  enable-cuda-graph | boolean | false | Captures layers in CUDA graphs, whose buffers stay
  cuda-graph-impl | none,local,transformer_engine,full_iteration | none | Who captures CUDA graphs
  no-gradient-accumulation-fusion | boolean | - | Adds weight gradients in a kernel of their own
  no-masked-softmax-fusion | boolean | - | Scale, mask and softmax as separate kernels
  manual-gc | boolean | false | Collects Python's garbage at the same step on all ranks`;

const run = `
  data-path | list | - | Data sets, with weights
  split | text | - | Parts for training, validation and test
  mock-data | boolean | false | Made-up data, to measure speed
  tokenizer-type | text | - | The tokenizer's class, which with its model decides the vocabulary
  tokenizer-model | path | - | The tokenizer's file or name
  num-workers | integer | 2 | Processes that load data, on each GPU
  save | path | - | Folder for checkpoints
  load | path | - | Folder of the checkpoint to start from
  save-interval | integer | - | Steps between checkpoints
  ckpt-format | torch,torch_dist,torch_dcp,fsdp_dtensor | torch_dist | Format of checkpoints
  async-save | boolean | false | Writes checkpoints beside training
  use-checkpoint-args | boolean | false | Takes the model's shape from the checkpoint
  log-interval | integer | 100 | Steps between log lines
  log-throughput | boolean | false | Logs TFLOP/s per GPU
  eval-interval | integer | - | Steps between validations
  eval-iters | integer | 100 | Batches of a validation
  deepspeed | boolean | false | DeepSpeed fork: runs under DeepSpeed
  deepspeed-config | path | - | DeepSpeed's own file
  yaml-cfg | path | - | YAML with all arguments in place of flags
  no-initialization | boolean | - | Leaves fresh weights uninitialised`;

export const megatronKeys: KeyTable = keyTable(
  'megatron-lm',
  'megatron/training/arguments.py and megatron/core/transformer/transformer_config.py, Megatron-LM at d98e8a64',
  [parallel, model, experts, batch, optimizer, precision, memory, run].join('\n'),
  {
    ...fieldsOfRows([...megatronRows, ...precisionAwareRows]),
    'num-query-groups': 'model.kvHeads',
    'zero-stage': 'zero.stage',
    'kv-lora-rank': 'model.kvLoraRank',
    'q-lora-rank': 'model.qLoraRank',
    'qk-head-dim': 'model.qkNopeHeadDim',
    'qk-pos-emb-head-dim': 'model.qkRopeHeadDim',
    'v-head-dim': 'model.valueHeadDim',
  },
);
