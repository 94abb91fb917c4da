/** Rows for what decides memory beside shape and split: adapters, stored formats, optimizer variants, kernels of the loss. */
import { count, type FieldInfo } from '../field-info.ts';
import type { JobField } from '../job-fields.ts';
import { deepspeedZeroConfig, megatronArguments, mixedPrecision } from './sources.ts';

const lora = 'Hu et al. 2021, LoRA (arXiv 2106.09685), section 4';
const qlora = 'Dettmers et al. 2023, QLoRA (arXiv 2305.14314), section 3';
const peft = 'PEFT, src/peft/tuners/lora/config.py';
const liger = 'Hsu et al. 2024, Liger Kernel (arXiv 2410.10989), section 3';
const fullyShard = 'PyTorch, torch/distributed/fsdp/_fully_shard/_fully_shard.py';

export const memoryFields = {
  'adapter.kind': {
    label: 'Adapter',
    short: 'adapter',
    fact: 'adapter.kind',
    what: 'Trains small matrices beside frozen weights: gradients and optimizer states exist for the small ones only.',
    source: lora,
  },
  'adapter.rank': {
    label: 'Rank of the adapters',
    short: 'r',
    fact: 'adapter.rank',
    range: count,
    what: 'Inner width of each pair of adapter matrices: r x (inputs + outputs) parameters per product.',
    source: lora,
  },
  'adapter.targets': {
    label: 'Products with an adapter',
    short: 'targets',
    fact: 'adapter.targets',
    what: 'Which products carry an adapter. Each one also keeps its input for the backward pass.',
    source: peft,
  },
  'adapter.wholeModules': {
    label: 'Parts trained whole beside the adapters',
    short: 'modules to save',
    fact: 'adapter.whole_modules',
    what: 'Embedding, head or norms that are trained in full, each with gradient and optimizer states.',
    source: peft,
  },
  'adapter.format': {
    label: 'Type of the adapter weights',
    short: 'adapter type',
    fact: 'adapter.format',
    what: 'Number format of adapter weights, their gradients and moments.',
    source: peft,
  },
  'adapter.dropout': {
    label: 'Dropout before the adapters',
    short: 'adapter dropout',
    fact: 'adapter.dropout',
    what: 'Keeps a dropped copy of each adapter input and its mask.',
    source: peft,
  },
  'adapter.keepsInputs': {
    label: 'Quantized products keep their inputs',
    short: 'kept inputs',
    fact: 'adapter.keeps_inputs',
    what: 'bitsandbytes before 0.43.2 saved the input of every 4-bit product, which a frozen weight does not need.',
    source: 'bitsandbytes, pull request 1270 (July 2024)',
  },
  'model.baseFormat': {
    label: 'Stored format of the frozen weights',
    short: 'base format',
    fact: 'model.base_format',
    what: 'NF4 stores 4 bits and one scale per 64 weights, 4.5 bits in all; with double quantization 4.127 bits. Embedding and head stay as they are.',
    source: qlora,
  },
  'loss.fused': {
    label: 'Head and cross-entropy in one kernel',
    short: 'fused loss',
    fact: 'loss.fused',
    what: 'The logits of the whole batch are never written: a few rows at a time become loss and gradient.',
    source: liger,
  },
  'loss.chunks': {
    label: 'Pieces of the loss',
    short: 'loss chunks',
    fact: 'loss.chunks',
    range: count,
    what: 'The cross-entropy works through the tokens in this many pieces, so fp32 copies exist for one piece at a time.',
    source: 'torchtune, torchtune/modules/loss/ce_chunked_output_loss.py',
  },
  'loss.upcast': {
    label: 'Logits in fp32',
    short: 'fp32 logits',
    fact: 'loss.upcast',
    what: 'Most model code turns the logits into fp32 before the loss; some leaves them in the compute type and takes half the memory.',
    source: 'Transformers, src/transformers/loss/loss_utils.py',
  },
  'kernels.fused': {
    label: 'Fused norms, rotary embedding and gated MLP',
    short: 'fused kernels',
    fact: 'kernels.fused',
    what: 'Kernels that keep their inputs only, where plain PyTorch keeps fp32 copies and every intermediate.',
    source: liger,
  },
  'kernels.fusedMlp': {
    label: 'Fused gate of the MLP',
    short: 'fused MLP',
    fact: 'kernels.fused_mlp',
    what: 'Keeps gate and up projection only; plain PyTorch keeps the activated gate too.',
    source: liger,
  },
  'kernels.fusedExperts': {
    label: 'Fused experts',
    short: 'fused experts',
    fact: 'kernels.fused_experts',
    what: 'Products of the experts, the activation between them and the casts to fp8 run in one kernel: fewer passes through memory.',
    source: 'Megatron-LM --use-transformer-engine-op-fuser; Transformer Engine, pytorch/ops/fused',
  },
  'kernels.fusedPermute': {
    label: 'Fused permutation of tokens',
    short: 'fused permutation',
    fact: 'kernels.fused_permute',
    what: 'Brings tokens into the order of their experts in one kernel, and back with their weights in another.',
    source: 'Megatron-LM --moe-permute-fusion; Transformer Engine, pytorch/permutation.py',
  },
  'precision.autocast': {
    label: 'Autocast',
    short: 'autocast',
    fact: 'autocast',
    what: 'Runs products in 16 bits on parameters of another format, with a 16-bit copy of each input.',
    source: 'PyTorch, torch/amp/autocast_mode.py',
  },
  'optimizer.firstMoment': {
    label: 'Type of the first moment',
    short: 'first moment',
    fact: 'optimizer.first_moment',
    what: 'Number format of the running mean of the gradients.',
    source: megatronArguments,
  },
  'optimizer.secondMoment': {
    label: 'Type of the second moment',
    short: 'second moment',
    fact: 'optimizer.second_moment',
    what: 'Number format of the running mean of the squared gradients.',
    source: megatronArguments,
  },
  'optimizer.masterWeights': {
    label: 'Type of the master weights',
    short: 'master weights',
    fact: 'optimizer.master_weights',
    what: 'Number format of the copy of the weights that the optimizer updates.',
    source: mixedPrecision,
  },
  'optimizer.paged': {
    label: 'Paged optimizer states',
    short: 'paged optimizer',
    fact: 'optimizer.paged',
    what: 'States live in unified memory: pages leave the GPU when something else needs the room.',
    source: qlora,
  },
  'optimizer.inBackward': {
    label: 'Optimizer step inside the backward pass',
    short: 'optimizer in backward',
    fact: 'optimizer.in_backward',
    what: 'Every parameter is updated as soon as its gradient exists, so one gradient lives at a time.',
    source: 'PyTorch, torch/distributed/optim/apply_optimizer_in_backward.py',
  },
  'optimizer.fused': {
    label: 'Fused optimizer kernel',
    short: 'fused optimizer',
    fact: 'optimizer.fused',
    what: 'One kernel updates everything in place. The multi-tensor version keeps one temporary copy of the second moments.',
    source: 'PyTorch, torch/optim/adamw.py',
  },
  'recompute.modules': {
    label: 'Modules that selective recomputation computes again',
    short: 'recompute modules',
    fact: 'recompute_modules',
    what: 'Which parts of a layer keep their input only and are computed again in the backward pass.',
    source: megatronArguments,
  },
  'offload.activations': {
    label: 'Activations in host memory',
    short: 'activation offload',
    fact: 'offload.activations',
    what: 'Kept activations are copied to the host in the forward pass and back in the backward pass.',
    source: 'PyTorch, torch/autograd/graph.py, save_on_cpu',
  },
  'environment.cudaVersion': {
    label: 'CUDA release',
    short: 'CUDA',
    fact: 'cuda_version',
    range: { min: 9 },
    what: 'From CUDA 12 on kernels are loaded when they are first used; before, all of them lie in the context and take about half a gigabyte more.',
    source: 'CUDA C++ Programming Guide, lazy loading (CUDA_MODULE_LOADING)',
  },
  'batch.packing': {
    label: 'Packed samples',
    short: 'packing',
    fact: 'packing',
    what: 'Short samples are joined to full sequences instead of padded, so every batch is as long as the longest.',
    source: 'Krell et al. 2021, Efficient Sequence Packing without Cross-contamination (arXiv 2107.02027)',
  },
  'zero.secondaryPartition': {
    label: 'Ranks of the secondary partition (ZeRO++ hpZ)',
    short: 'hpZ',
    fact: 'zero.hpz_partition_size',
    range: count,
    what: 'A second copy of the 16-bit weights is divided over this many ranks of a node, so the backward pass gathers inside the node.',
    source: deepspeedZeroConfig,
  },
  'zero.reshardAfterForward': {
    label: 'Give up gathered parameters after the forward pass',
    short: 'reshard after forward',
    fact: 'fsdp.reshard_after_forward',
    what: 'Kept parameters save one gather per layer and cost their whole size.',
    source: fullyShard,
  },
} as const satisfies { readonly [F in JobField]?: FieldInfo };

/** The fields this table describes; those of other tables leave them out. */
export type MemoryField = keyof typeof memoryFields;
