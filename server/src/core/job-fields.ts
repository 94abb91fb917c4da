/**
 * Every fact Rooflint can know about a job, by its dotted name. A misspelt field or a value of the wrong type is a
 * compile error everywhere else. Counts and ratios are plain numbers; sizes say their unit in the name or the type.
 */
import type { ScheduleName } from './schedules/schedule-name.ts';
import type { NumberFormat, ServingJobFields, ServingRole } from './serving-job-fields.ts';

export type { NumberFormat, ScheduleName, ServingRole };

/** How the frozen weights of an adapter job are stored; `nf4-dq`: NF4 whose scales are quantized too. */
export type BaseFormat = 'fp32' | 'bf16' | 'fp16' | 'fp8' | 'int8' | 'nf4' | 'nf4-dq' | 'gptq-4bit' | 'awq-4bit' | 'mxfp4';
export type AdapterKind = 'lora' | 'dora' | 'qlora' | 'adapter' | 'adapter-v2' | 'ia3' | 'prompt';
export type RecomputeGranularity = 'none' | 'selective' | 'full';
export type RecomputeMethod = 'uniform' | 'block';
/** `flash1`: FlashAttention before its second version, also in Triton. */
export type AttentionKernel = 'flash' | 'flash1' | 'unfused';
export type OffloadDevice = 'none' | 'cpu' | 'nvme';
export type Activation = 'gelu' | 'swiglu' | 'geglu' | 'relu' | 'squared-relu';
/** LayerNorm has a weight and a bias; some families keep only the weight, and OLMo nothing. */
export type Normalization = 'layernorm' | 'layernorm-weight' | 'layernorm-plain' | 'rmsnorm';
export type PositionEmbedding = 'learned' | 'rope' | 'alibi' | 'none';
export type OptimizerKind = 'adam' | 'sgd' | 'adafactor' | 'lion' | 'muon' | 'adam-8bit' | 'adam-4bit' | 'other';
export type VocabPipeline = 'vocab-1' | 'vocab-2' | 'interlaced';
/** What is captured once and replayed: nothing, the fixed parts of each layer, or the whole step. */
export type CudaGraphScope = 'none' | 'layer' | 'step';
/** How the scales of 8-bit products lie: one per tensor, one per block of 128, or one per 32 elements. */
export type Fp8Recipe = 'tensorwise' | 'blockwise' | 'mx';
/** How tokens reach their experts: plain all-to-all, gathering all tokens on every rank, or one copy per node and rank (DeepEP). */
export type ExpertDispatch = 'all-to-all' | 'all-gather' | 'deepep';
/** Whose way of counting FLOPs stands behind MFU; see `compute/flops-conventions.ts`. */
export type FlopsConvention =
  | 'megatron'
  | 'megatron-causal'
  | 'palm'
  | 'torchtitan'
  | 'llm-foundry'
  | 'maxtext'
  | 'nanotron'
  | 'deepspeed'
  | 'layers-only';
export type ContextKind = 'ring' | 'all-to-all' | 'all-gather';
export interface JobFields extends ServingJobFields {
  // The model's shape.
  'model.name': string;
  'model.architecture': string;
  'model.type': string;
  'model.layers': number;
  'model.hidden': number;
  'model.heads': number;
  'model.kvHeads': number;
  'model.headDim': number;
  'model.ffn': number;
  'model.vocab': number;
  'model.paddedVocab': number;
  'model.vocabDivisor': number;
  'model.maxPositions': number;
  /** `rope_scaling` of config.json: how positions beyond the trained ones are reached. */
  'model.ropeScalingType': string;
  'model.ropeScalingFactor': number;
  'model.ropeOriginalPositions': number;
  'model.tiedEmbeddings': boolean;
  'model.gatedMlp': boolean;
  'model.activation': Activation;
  'model.normalization': Normalization;
  'model.positionEmbedding': PositionEmbedding;
  'model.linearBias': boolean;
  'model.qkvBias': boolean;
  'model.qkNorm': boolean;
  /** Whether the query and key norms span one head or the whole width. */
  'model.qkNormSpan': 'head' | 'width';
  /** Biases of the attention output and of the MLP, where they differ from `linearBias`. */
  'model.attentionOutBias': boolean;
  'model.mlpBias': boolean;
  /** Attention and MLP read the same input side by side instead of one after the other. */
  'model.parallelBlocks': boolean;
  /** Norms of hidden width in one layer: 2 as a rule, 1 with parallel blocks, 4 with norms before and after. */
  'model.normsPerLayer': number;
  /** A sigmoid gate on the attention output, which doubles the query projection. */
  'model.attentionGate': boolean;
  /** A learned sink logit per head. */
  'model.attentionSinks': boolean;
  /** Whether a token looks back only; false in encoders such as BERT. Absent: true. */
  'model.causal': boolean;
  'model.attentionKind': 'MHA' | 'MQA' | 'GQA' | 'MLA' | 'hybrid';
  /**
   * One letter a layer: `*` attention over everything, `w` over a window, `M` Mamba-2, `m` Mamba-1, `d` gated delta
   * rule, `.` nothing. Absent: all alike.
   */
  'model.mixerPattern': string;
  /** One letter a layer: `-` dense MLP, `E` experts, `.` nothing. Absent: from the fields of the experts. */
  'model.ffnPattern': string;
  /** One MLP width a layer, separated by commas, where they differ (Nemotron-NAS); absent: all alike. */
  'model.ffnWidths': string;
  'model.experts': number;
  'model.expertsPerToken': number;
  'model.expertFfn': number;
  'model.sharedExpertFfn': number;
  'model.sharedExpertGate': boolean;
  /** Leading layers with a dense MLP in a mixture-of-experts model. */
  'model.firstDenseLayers': number;
  /** Every how many layers there are experts. */
  'model.expertLayerFrequency': number;
  'model.expertBias': boolean;
  /** One learned or balancing bias per expert on the router. */
  'model.routerBias': boolean;
  /** Width to which tokens are projected before they travel to the experts. */
  'model.expertLatent': number;
  'model.expertCapacityFactor': number;
  'model.slidingWindow': number;
  'model.kvLoraRank': number;
  'model.qLoraRank': number;
  'model.qkNopeHeadDim': number;
  'model.qkRopeHeadDim': number;
  'model.valueHeadDim': number;
  /** Heads and head width of the indexer that picks the tokens to attend to (DeepSeek-V3.2), and how many it picks. */
  'model.indexHeads': number;
  'model.indexHeadDim': number;
  'model.indexTokens': number;
  /** State-space layers: inner width, state size, heads, groups, convolution width, rank of the time step (Mamba-1). */
  'model.ssmInner': number;
  'model.ssmState': number;
  'model.ssmHeads': number;
  'model.ssmGroups': number;
  'model.ssmConv': number;
  'model.ssmTimeRank': number;
  'model.ssmBias': boolean;
  'model.ssmConvBias': boolean;
  /** Norms of step, input and output inside a Mamba-1 layer, as Jamba has them. */
  'model.ssmInnerNorms': boolean;
  /** Gated delta rule layers. */
  'model.linearKeyHeads': number;
  'model.linearValueHeads': number;
  'model.linearKeyHeadDim': number;
  'model.linearValueHeadDim': number;
  'model.linearConv': number;
  /** Rank of the decay and output gates where they are per channel (Kimi Delta Attention); absent: per head. */
  'model.linearGateRank': number;
  /** Whether each head of linear attention forgets at a rate of its own that nothing learns (Lightning Attention); absent: learned. */
  'model.linearFixedDecay': boolean;
  /** Multi-token prediction layers behind the last one. */
  'model.mtpLayers': number;
  /** Prediction layers that the checkpoint brings, which only an engine that drafts with them loads. */
  'model.predictionLayers': number;
  /** Rows of the head of a draft that knows fewer tokens than its model. */
  'model.draftVocab': number;
  /** Elements in each layer that a sample meets once instead of every token: adaptive norms of diffusion transformers. */
  'model.modulationParameters': number;
  /** Layers of the encoder of an encoder-decoder model; `model.layers` are then the decoder's. */
  'model.encoderLayers': number;
  /** Parameters outside blocks, embedding and head, counted from the configuration (type embeddings, poolers, position biases). */
  'model.otherParameters': number;
  'vision.layers': number;
  'vision.hidden': number;
  'vision.heads': number;
  'vision.ffn': number;
  'vision.gatedMlp': boolean;
  'vision.bias': boolean;
  'vision.normalization': Normalization;
  /** Patches of one sample that run through the tower. */
  'vision.tokens': number;
  /** Patch embedding, positions and norms outside the tower's blocks. */
  'vision.otherParameters': number;
  'vision.projectorParameters': number;
  'model.dtype': NumberFormat;
  'model.quantization': string;
  /** Weights that share a scale; -1: a whole row. */
  'model.quantGroupSize': number;
  /** GPTQ with weights ordered by activations: an index per input feature is stored. */
  'model.quantActOrder': boolean;
  /** No zero points. */
  'model.quantSymmetric': boolean;
  /** Parts left in 16 bits beside embedding, head and router, comma separated, with a share where it is not all: `attention,state-space:0.25`. */
  'model.quantExcluded': string;
  /** Number format of the states of state-space and linear-attention layers. */
  'model.stateDtype': NumberFormat;
  /** Last layers that read the keys and values of an earlier layer instead of having their own (Gemma 3n). */
  'model.kvSharedLayers': number;

  // How the job is split over GPUs.
  'parallel.tensor': number;
  'parallel.pipeline': number;
  'parallel.virtualStages': number;
  /** `--num-layers-per-virtual-pipeline-stage`: the other way of asking for virtual stages. */
  'parallel.layersPerVirtualStage': number;
  /** `--microbatch-group-size-per-virtual-pipeline-stage`: micro batches run on one chunk before the next chunk's turn. */
  'parallel.microBatchGroup': number;
  /** The order of a pipeline that the user wrote, as CSV: core/schedules/written. */
  'parallel.writtenOrder': string;
  /** `--pipeline-model-parallel-layout`: stages written out by hand. */
  'parallel.pipelineLayout': string;
  /** The embedding (the loss) counts as a layer when layers are dealt out to stages. */
  'parallel.embeddingCountsAsLayer': boolean;
  'parallel.lossCountsAsLayer': boolean;
  'parallel.context': number;
  'parallel.contextKind': ContextKind;
  'parallel.expert': number;
  'parallel.expertTensor': number;
  'parallel.expertDispatch': ExpertDispatch;
  /** Tokens travel beside the computation of another micro batch. */
  'parallel.expertOverlap': boolean;
  /** Ranks of one pipeline are numbered before DP: stages share nodes, and DP is outermost. */
  'parallel.pipelineInsideData': boolean;
  'parallel.sequence': boolean;
  'parallel.dataReplicate': number;
  'parallel.dataShard': number;
  'parallel.data': number;
  'parallel.layersFirstStage': number;
  'parallel.layersLastStage': number;
  'parallel.schedule': ScheduleName;
  'parallel.tpCommOverlap': boolean;
  /** Gradients of a TP group are summed beside the weight-gradient products. */
  'parallel.tensorGradientOverlap': boolean;
  /** Embedding and head spread over all pipeline ranks (vocabulary parallelism in the pipeline), and by which schedule. */
  'parallel.vocabPipeline': VocabPipeline;

  // Who shards what.
  'zero.stage': 0 | 1 | 2 | 3;
  'zero.reduceBucketElements': number;
  'zero.allgatherBucketElements': number;
  'zero.prefetchBucketElements': number;
  'zero.persistenceThresholdElements': number;
  'zero.maxLiveElements': number;
  'zero.subGroupElements': number;
  'zero.overlapComm': boolean;
  'zero.offloadOptimizer': OffloadDevice;
  /** Share of the optimizer states that is offloaded, 0 to 1. */
  'zero.offloadOptimizerRatio': number;
  'zero.offloadParam': OffloadDevice;
  /** Ranks of the secondary partition that ZeRO++ keeps inside a node. */
  'zero.secondaryPartition': number;
  /** FSDP2: whether parameters are given up between forward and backward pass. */
  'zero.reshardAfterForward': boolean;
  'zero.implementation': 'megatron-distributed-optimizer' | 'deepspeed' | 'fsdp1' | 'fsdp2';
  'overlap.gradReduce': boolean;
  'overlap.paramGather': boolean;
  /** Pipeline sends and receives run beside computation. */
  'overlap.pipelineTransfers': boolean;

  // Batches and lengths.
  'batch.micro': number;
  'batch.global': number;
  'batch.accumulation': number;
  'sequence.length': number;
  /** Mean tokens of a packed document when attention stops at its ends. */
  'sequence.documentLength': number;

  // Numbers.
  'precision.compute': NumberFormat;
  'precision.fp8': boolean;
  'precision.fp8Recipe': Fp8Recipe;
  /** NVFP4: the linear layers run in 4 bits. */
  'precision.fp4': boolean;
  /** The switches as written, so that both being on can be seen. */
  'precision.fp16': boolean;
  'precision.bf16': boolean;
  /** The format `from_pretrained` loads the weights in, before DeepSpeed or FSDP change it. */
  'precision.loaded': NumberFormat;
  'precision.params': NumberFormat;
  'precision.gradients': NumberFormat;
  'optimizer.kind': OptimizerKind;
  'optimizer.name': string;
  /** `max_grad_norm` among the optimizer's own parameters. */
  'optimizer.maxGradNorm': number;
  'optimizer.precisionAware': boolean;
  /** Number formats of the two moments and of the master weights, where they are not the usual ones. */
  'optimizer.firstMoment': NumberFormat;
  'optimizer.secondMoment': NumberFormat;
  'optimizer.masterWeights': NumberFormat;
  /** States live in pages that move to the host when the GPU is full. */
  'optimizer.paged': boolean;
  /** Each parameter is updated as soon as its gradient is there, so gradients never live together. */
  'optimizer.inBackward': boolean;
  /** One fused kernel updates the parameters, without temporary copies. */
  'optimizer.fused': boolean;
  'optimizer.cpuOffload': boolean;

  // What is kept and what is computed again.
  'recompute.granularity': RecomputeGranularity;
  'recompute.method': RecomputeMethod;
  'recompute.layers': number;
  'recompute.distributeSaved': boolean;
  /** What selective recomputation computes again, comma separated: core_attn, layernorm, mlp, moe_act, mla_up_proj, moe, shared_experts. */
  'recompute.modules': string;
  /** Kept activations travel to host memory and back. */
  'offload.activations': boolean;
  // Adapters on frozen weights.
  'adapter.kind': AdapterKind;
  'adapter.rank': number;
  /** Which products carry one, comma separated: q, k, v, o, gate, up, down, embed, head, or `all-linear`. */
  'adapter.targets': string;
  /** Parts trained whole beside the adapters, comma separated: embed, head, norms. */
  'adapter.wholeModules': string;
  'adapter.format': NumberFormat;
  'adapter.dropout': boolean;
  /** Quantized products keep their inputs, as bitsandbytes did before 0.43.2. */
  'adapter.keepsInputs': boolean;
  'model.baseFormat': BaseFormat;
  /** Head and cross-entropy in one kernel that never writes the logits. */
  'loss.fused': boolean;
  /** Pieces in which the head and the cross-entropy are computed. */
  'loss.chunks': number;
  /** The loss turns logits into fp32 first, as most model code does. */
  'loss.upcast': boolean;
  /** Norms, rotary embedding and gated MLP in fused kernels that keep fewer tensors. */
  'kernels.fused': boolean;
  /** The gate of the MLP in one kernel, where that differs from `kernels.fused`. */
  'kernels.fusedMlp': boolean;
  /** Products of the experts, their activation and the casts to fp8 between them in one kernel. */
  'kernels.fusedExperts': boolean;
  /** Tokens are brought into the order of their experts and back by one kernel each. */
  'kernels.fusedPermute': boolean;
  /** Products run in 16 bits on parameters of another format. */
  'precision.autocast': boolean;
  /** Samples are joined to full length instead of padded. */
  'batch.packing': boolean;
  'attention.kernel': AttentionKernel;
  'compile.enabled': boolean;
  'compile.cudaGraphs': CudaGraphScope;
  'dropout.enabled': boolean;

  // Where it runs.
  'cluster.gpu': string;
  'cluster.gpusPerNode': number;
  'cluster.nodes': number;
  'cluster.gpus': number;
  'cluster.interconnect': string;
  'cluster.pricePerGpuHour': number;
  'environment.cudaDeviceMaxConnections': number;
  /** Release of CUDA, e.g. 11.8. Before 12 all kernels are loaded into the context at once. */
  'environment.cudaVersion': number;
  /** `VLLM_ALLOW_LONG_MAX_MODEL_LEN`: a context beyond the model's own is a warning instead of an error. */
  'environment.allowLongMaxModelLen': boolean;

  /** Whose FLOPs MFU and FLOP/s count. */
  'report.mfuConvention': FlopsConvention;
  /** False: products take the time of the analytic curve, whatever was learned of them. */
  'report.learnedTimes': boolean;

  /** What was read of the draft model: `model.` fields of its own. */
  'serving.draftShape': PartialJob;
}

export type JobField = keyof JobFields;

/** What has been read so far. Absent means unknown; unknown is never replaced by a default in silence. */
export type PartialJob = { readonly [F in JobField]?: JobFields[F] };
/** The same while it is being built. */
export type PartialJobDraft = { [F in JobField]?: JobFields[F] };
export type JobKind = 'training' | 'serving' | 'model' | 'cluster';
