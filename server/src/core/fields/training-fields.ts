/** Rows for batches, numbers, recompute and the cluster. */
import { count, type FieldInfo, wholeFromZero } from '../field-info.ts';
import type { JobField } from '../job-fields.ts';
import type { MemoryField } from './memory-fields.ts';
import { deepspeedConfig, korthikanti, megatronArguments, megatronPipeline, mixedPrecision, vllmModel } from './sources.ts';

export type TrainingField = Exclude<
  Extract<
    JobField,
    | `batch.${string}`
    | `sequence.${string}`
    | `precision.${string}`
    | `optimizer.${string}`
    | `recompute.${string}`
    | `attention.${string}`
    | `compile.${string}`
    | `dropout.${string}`
    | `cluster.${string}`
    | `environment.${string}`
    | `report.${string}`
  >,
  MemoryField
>;

const megatronLauncher = 'PyTorch, torch/distributed/run.py; Slurm, sbatch';

export const trainingFields: { readonly [F in TrainingField]: FieldInfo } = {
  'batch.micro': {
    label: 'Micro batch',
    short: 'micro batch',
    fact: 'micro_batch',
    unit: 'sequences',
    range: count,
    what: 'Sequences of one forward and backward pass on one replica. Activations and logits grow in proportion; larger ones use the GPU better.',
    source: megatronPipeline,
  },
  'batch.global': {
    label: 'Global batch',
    short: 'global batch',
    fact: 'global_batch',
    unit: 'sequences',
    range: count,
    what: 'Sequences per optimizer step: micro batch x gradient accumulation x DP.',
    source: deepspeedConfig,
  },
  'batch.accumulation': {
    label: 'Gradient accumulation (micro batches per step)',
    short: 'micro batches',
    fact: 'grad_accum',
    range: count,
    what: 'Micro batches each replica runs before the optimizer steps: global batch / (micro batch x DP). With PP, more of them make the bubble smaller.',
    source: deepspeedConfig,
  },
  'sequence.length': {
    label: 'Sequence length',
    short: 's',
    fact: 'seq',
    unit: 'tokens',
    range: count,
    what: 'Tokens per training sequence. Activations grow in proportion; attention FLOPs with its square.',
    source: megatronArguments,
  },
  'sequence.documentLength': {
    label: 'Mean document length',
    short: 'document',
    fact: 'document_length',
    unit: 'tokens',
    range: count,
    what: 'Tokens a packed document has on average. With a mask at document ends attention costs its square, not the square of the sequence.',
    source: 'Llama Team 2024, The Llama 3 Herd of Models (arXiv 2407.21783), section 3.2',
  },
  'precision.compute': {
    label: 'Compute precision',
    short: 'precision',
    fact: 'precision',
    what: 'Number format of activations and matrix multiplications. It picks the peak rate of the GPU and the bytes of activations.',
    source: mixedPrecision,
  },
  'precision.fp8': {
    label: 'FP8 matrix multiplication',
    short: 'FP8',
    fact: 'fp8',
    what: 'Runs the linear layers in FP8 on top of the 16-bit format: up to twice the peak rate on GPUs that have it.',
    source: 'Micikevicius et al. 2022, FP8 Formats for Deep Learning (arXiv 2209.05433)',
  },
  'precision.fp8Recipe': {
    label: 'FP8 recipe',
    short: 'FP8 recipe',
    fact: 'fp8_recipe',
    what: 'Where the scales lie: one per tensor, one per block of 128 by 128, or one per 32 elements (MX).',
    source: 'Transformer Engine, common/recipe; OCP Microscaling Formats 1.0',
  },
  'precision.fp4': {
    label: 'FP4 matrix multiplication',
    short: 'FP4',
    fact: 'fp4',
    what: 'Runs the linear layers in NVFP4: 4-bit numbers with an 8-bit scale per 16 and one scale per tensor.',
    source: 'Transformer Engine, common/recipe, NVFP4BlockScaling',
  },
  'precision.fp16': {
    label: 'FP16 switch',
    short: 'fp16',
    fact: 'fp16',
    what: 'Trains in fp16 with loss scaling.',
    source: mixedPrecision,
  },
  'precision.bf16': {
    label: 'BF16 switch',
    short: 'bf16',
    fact: 'bf16',
    what: 'Trains in bf16: the range of fp32 in two bytes, no loss scaling.',
    source: 'Kalamkar et al. 2019, A Study of BFLOAT16 (arXiv 1905.12322)',
  },
  'precision.loaded': {
    label: 'Type the weights are loaded in',
    short: 'load type',
    fact: 'load_dtype',
    what: 'The number format the checkpoint is turned into when it is loaded. Without mixed precision the training runs in it.',
    source: 'transformers src/transformers/modeling_utils.py, from_pretrained',
  },
  'precision.params': {
    label: 'Type of the parameters',
    short: 'parameters',
    fact: 'params_dtype',
    what: 'Number format of the parameters used in forward and backward.',
    source: mixedPrecision,
  },
  'precision.gradients': {
    label: 'Type of the gradients',
    short: 'gradients',
    fact: 'grads_dtype',
    what: 'Number format gradients are accumulated and reduced in: 4 bytes per parameter in fp32, 2 in bf16.',
    source: mixedPrecision,
  },
  'optimizer.kind': {
    label: 'Optimizer',
    short: 'optimizer',
    fact: 'optimizer_kind',
    what: 'Decides the states kept per parameter: Adam keeps two moments and, in mixed precision, an fp32 copy of the weights.',
    source: 'Kingma and Ba 2015, Adam (arXiv 1412.6980)',
  },
  'optimizer.name': {
    label: 'Optimizer name',
    short: 'optimizer',
    fact: 'optimizer',
    what: 'The optimizer as the framework spells it.',
    source: deepspeedConfig,
  },
  'optimizer.maxGradNorm': {
    label: 'max_grad_norm among the optimizer parameters',
    short: 'max_grad_norm',
    fact: 'optimizer_max_grad_norm',
    range: { min: 0 },
    what: 'Gradient clipping written as a parameter of the optimizer; DeepSpeed wants gradient_clipping at the top level instead.',
    source: 'DeepSpeed, deepspeed/runtime/engine.py',
  },
  'optimizer.precisionAware': {
    label: 'Precision-aware optimizer',
    short: 'precision-aware',
    fact: 'precision_aware_optimizer',
    what: 'Allows moments and master weights in fewer than 4 bytes each.',
    source: megatronArguments,
  },
  'optimizer.cpuOffload': {
    label: 'Optimizer on the CPU',
    short: 'optimizer offload',
    fact: 'optimizer_cpu_offload',
    what: 'Keeps optimizer states in host memory and updates there.',
    source: megatronArguments,
  },
  'recompute.granularity': {
    label: 'Activation recomputation',
    short: 'recompute',
    fact: 'recompute',
    what: 'What the backward pass computes again instead of keeping: selective drops the attention core, full keeps only the input of each layer and costs one more forward pass.',
    source: `${korthikanti}, section 5`,
  },
  'recompute.method': {
    label: 'Recompute method',
    short: 'recompute method',
    fact: 'recompute_method',
    what: 'How full recomputation picks layers: uniform checkpoints every n layers, block recomputes the first n layers of a stage.',
    source: megatronArguments,
  },
  'recompute.layers': {
    label: 'Recompute layers',
    short: 'recompute layers',
    fact: 'recompute_num_layers',
    range: count,
    what: 'Layers per checkpoint (uniform) or layers recomputed per stage (block).',
    source: megatronArguments,
  },
  'recompute.distributeSaved': {
    label: 'Distributed checkpoints',
    short: 'distributed checkpoints',
    fact: 'partition_activations',
    what: 'Splits the saved layer inputs over the TP group.',
    source: megatronArguments,
  },
  'attention.kernel': {
    label: 'Attention kernel',
    short: 'attention',
    fact: 'attention_kernel',
    what: 'A flash kernel never writes the score matrix; the unfused one keeps tensors that grow with the square of the sequence length.',
    source: 'Dao et al. 2022, FlashAttention (arXiv 2205.14135)',
  },
  'compile.enabled': {
    label: 'torch.compile',
    short: 'compile',
    fact: 'compile',
    what: 'Fuses pointwise kernels: fewer reads and writes of activations and less launch overhead.',
    source: 'PyTorch, torch/_dynamo',
  },
  'compile.cudaGraphs': {
    label: 'CUDA graphs',
    short: 'CUDA graphs',
    fact: 'cuda_graphs',
    what: 'Kernels captured once and replayed, so that the host no longer issues them one by one: the fixed parts of a layer, or a whole step.',
    source: 'Megatron-LM megatron/core/transformer/cuda_graphs.py; PyTorch torch/cuda/graphs.py',
  },
  'dropout.enabled': {
    label: 'Dropout',
    short: 'dropout',
    fact: 'dropout',
    what: 'Keeps one mask byte per element for the backward pass.',
    source: `${korthikanti}, section 4.1`,
  },
  'cluster.gpu': {
    label: 'GPU',
    short: 'GPU',
    fact: 'gpu',
    what: 'The accelerator: its memory is the capacity, its dense peak the base of MFU.',
    source: 'the data sheet of the accelerator',
  },
  'cluster.gpusPerNode': {
    label: 'GPUs per node',
    short: 'GPUs per node',
    fact: 'gpus_per_node',
    range: count,
    what: 'GPUs joined by the fast network inside one machine.',
    source: megatronLauncher,
  },
  'cluster.nodes': {
    label: 'Nodes',
    short: 'nodes',
    fact: 'nodes',
    range: count,
    what: 'Machines that take part.',
    source: megatronLauncher,
  },
  'cluster.gpus': {
    label: 'GPUs (world size)',
    short: 'GPUs',
    fact: 'world',
    range: count,
    what: 'All GPUs of the job. TP x PP x CP must divide it; the quotient is DP.',
    source: megatronLauncher,
  },
  'cluster.interconnect': {
    label: 'Interconnect between nodes',
    short: 'network',
    fact: 'interconnect',
    what: 'The network between machines; pipeline and data parallel traffic crosses it.',
    source: 'the data sheet of the network',
  },
  'cluster.pricePerGpuHour': {
    label: 'Price',
    short: 'price',
    fact: 'price_per_gpu_hour',
    unit: 'USD per GPU-hour',
    range: { min: 0 },
    what: 'What one GPU costs for an hour; used for cost per step and per billion tokens.',
    source: 'your settings',
  },
  'environment.cudaDeviceMaxConnections': {
    label: 'CUDA_DEVICE_MAX_CONNECTIONS',
    short: 'CUDA_DEVICE_MAX_CONNECTIONS',
    fact: 'cuda_device_max_connections',
    range: wholeFromZero,
    what: 'Hardware queues of the CUDA driver. Megatron needs 1 for TP or CP overlap up to Hopper; FSDP needs more than 1.',
    source: megatronArguments,
  },
  'environment.allowLongMaxModelLen': {
    label: 'VLLM_ALLOW_LONG_MAX_MODEL_LEN',
    short: 'VLLM_ALLOW_LONG_MAX_MODEL_LEN',
    fact: 'allow_long_max_model_len',
    what: 'Lets vLLM start with a context longer than the model was trained for; answers beyond that length may be wrong.',
    source: vllmModel,
  },
  'report.mfuConvention': {
    label: 'Convention of MFU',
    short: 'MFU convention',
    fact: 'mfu_convention',
    what: "Whose way of counting FLOPs stands behind MFU and FLOP/s. The same step is several points of MFU apart between conventions; the framework's own is taken when none is chosen.",
    source: 'docs/model/mfu.md',
  },
  'report.learnedTimes': {
    label: 'Learned times of products',
    short: 'learned times',
    fact: 'learned_times',
    what: 'Whether served models take the learned times of 16-bit products on devices where published runs agree better with them; off: the analytic curve everywhere.',
    source: 'docs/learned-models.md',
  },
};
