/**
 * Keys of a DeepSpeed configuration by dotted path. Names, aliases and defaults: deepspeed/runtime/zero/config.py,
 * deepspeed/runtime/zero/offload_config.py and deepspeed/runtime/constants.py at edaa7221 (0.19.6). Bucket sizes count
 * elements, not bytes.
 */
import type { ContextKind, JobField, NumberFormat, OffloadDevice, OptimizerKind } from '../../core/job-fields.ts';
import { bool, countOr, numberFormat, optimizerKind, ratio, size, text, word } from '../parse.ts';
import type { Parse, Row } from '../row.ts';
import { row } from '../row.ts';

/** Who fills in "auto": transformers/integrations/deepspeed.py, and accelerate in the same way. */
export const autoFilledBy = 'the Hugging Face Trainer or accelerate, from its own arguments';
const bucketFilledBy = 'the Hugging Face Trainer or accelerate, from the hidden size of the model';

const zeroDefault = 'as in deepspeed/runtime/zero/config.py';

const count = countOr(['auto'], autoFilledBy);

const elements: Parse<number> = (setting) => (setting.scalar === 'auto' ? { filledBy: bucketFilledBy } : size(setting));

const autoBool: Parse<boolean> = (setting) => (setting.scalar === 'auto' ? { filledBy: autoFilledBy } : bool(setting));

const stage: Parse<0 | 1 | 2 | 3> = (setting) => {
  if (setting.scalar === 'auto') return { filledBy: autoFilledBy };
  const parsed = size(setting);
  if (parsed === 'absent' || !('value' in parsed)) return parsed;
  const { value } = parsed;
  return value === 0 || value === 1 || value === 2 || value === 3 ? { value } : { wrong: `must be 0 to 3, not ${value}` };
};

/** `"zero_optimization": true`, the spelling of the first releases, meant stage 1. */
const oldStage: Parse<0 | 1> = (setting) => {
  const parsed = bool(setting);
  return parsed !== 'absent' && 'value' in parsed ? { value: parsed.value ? 1 : 0 } : 'absent';
};

const devices: { readonly [name: string]: OffloadDevice } = { none: 'none', cpu: 'cpu', nvme: 'nvme' };
const device = word(devices);

/** `"cpu_offload": true`, replaced by `offload_optimizer`. */
const oldOffload: Parse<OffloadDevice> = (setting) => {
  const parsed = bool(setting);
  return parsed !== 'absent' && 'value' in parsed ? { value: parsed.value ? 'cpu' : 'none' } : parsed;
};

const optimizer: Parse<OptimizerKind> = (setting) => ({ value: optimizerKind(String(setting.scalar ?? '')) });

const formatOrNone: Parse<NumberFormat> = (setting) => (setting.scalar === null ? 'absent' : numberFormat(setting));

/** A switch that keeps master weights, gradients or moments in 16 bits. */
const sixteen =
  (format: NumberFormat): Parse<NumberFormat> =>
  (setting) => {
    const parsed = bool(setting);
    if (parsed === 'absent' || !('value' in parsed)) return parsed;
    return parsed.value ? { value: format } : 'absent';
  };

/** Sizes of which 1 (or -1) means that the feature is off. */
const beyondOne: Parse<number> = (setting) => (setting.scalar === 1 || setting.scalar === -1 ? 'absent' : count(setting));

/** Ulysses: heads are exchanged for the sequence. */
const ulysses: Parse<ContextKind> = (setting) => (setting.scalar === 1 ? 'absent' : { value: 'all-to-all' });

const zero = (...keys: readonly string[]): readonly string[] => keys.map((key) => `zero_optimization.${key}`);

export const deepspeedRows: readonly Row[] = [
  row({ field: 'batch.micro', keys: ['train_micro_batch_size_per_gpu'], parse: count }),
  row({ field: 'batch.global', keys: ['train_batch_size'], parse: count }),
  row({ field: 'batch.accumulation', keys: ['gradient_accumulation_steps'], parse: count }),
  row<'zero.stage'>({ field: 'zero.stage', keys: ['zero_optimization'], parse: (one) => (one.container ? 'absent' : oldStage(one)) }),
  row({ field: 'zero.stage', keys: zero('stage'), parse: stage, fallback: 0, why: zeroDefault }),
  row({ field: 'zero.offloadOptimizer', keys: zero('cpu_offload'), parse: oldOffload }),
  row({
    field: 'zero.offloadOptimizer',
    keys: zero('offload_optimizer.device'),
    parse: device,
    fallback: 'none',
    why: zeroDefault,
  }),
  row({ field: 'zero.offloadOptimizerRatio', keys: zero('offload_optimizer.ratio'), parse: ratio(0, 1), fallback: 1, why: zeroDefault }),
  row({ field: 'zero.offloadParam', keys: zero('cpu_offload_params', 'cpu_offload_param'), parse: oldOffload }),
  row({ field: 'zero.offloadParam', keys: zero('offload_param.device'), parse: device, fallback: 'none', why: zeroDefault }),
  row({ field: 'zero.reduceBucketElements', keys: zero('reduce_bucket_size'), parse: elements, fallback: 5e8, why: zeroDefault }),
  row({ field: 'zero.allgatherBucketElements', keys: zero('allgather_bucket_size'), parse: elements, fallback: 5e8, why: zeroDefault }),
  row({
    field: 'zero.prefetchBucketElements',
    keys: zero('stage3_prefetch_bucket_size', 'prefetch_bucket_size'),
    parse: elements,
    fallback: 5e7,
    why: zeroDefault,
  }),
  row({
    field: 'zero.persistenceThresholdElements',
    keys: zero('stage3_param_persistence_threshold', 'param_persistence_threshold'),
    parse: elements,
    fallback: 1e5,
    why: zeroDefault,
  }),
  row({
    field: 'zero.maxLiveElements',
    keys: zero('stage3_max_live_parameters', 'max_live_parameters'),
    parse: elements,
    fallback: 1e9,
    why: zeroDefault,
  }),
  row({ field: 'zero.subGroupElements', keys: zero('sub_group_size'), parse: elements, fallback: 1e9, why: zeroDefault }),
  row({ field: 'zero.secondaryPartition', keys: zero('zero_hpz_partition_size'), parse: beyondOne }),
  row({ field: 'parallel.dataShard', keys: zero('mics_shard_size'), parse: beyondOne }),
  row({ field: 'zero.overlapComm', keys: zero('overlap_comm'), parse: autoBool }),
  row({ field: 'precision.fp16', keys: ['fp16.enabled'], parse: autoBool }),
  row({ field: 'precision.bf16', keys: ['bf16.enabled', 'bfloat16.enabled'], parse: autoBool }),
  row({ field: 'precision.gradients', keys: ['data_types.grad_accum_dtype'], parse: formatOrNone }),
  row({ field: 'optimizer.masterWeights', keys: ['fp16.fp16_master_weights_and_grads'], parse: sixteen('fp16') }),
  row({ field: 'optimizer.masterWeights', keys: ['bf16.bf16_master_weights_and_grads'], parse: sixteen('bf16') }),
  row({ field: 'optimizer.firstMoment', keys: ['bf16.bf16_optimizer_states'], parse: sixteen('bf16') }),
  row({ field: 'optimizer.secondMoment', keys: ['bf16.bf16_optimizer_states'], parse: sixteen('bf16') }),
  row({ field: 'optimizer.name', keys: ['optimizer.type'], parse: text }),
  row({ field: 'optimizer.kind', keys: ['optimizer.type'], parse: optimizer }),
  row({ field: 'optimizer.maxGradNorm', keys: ['optimizer.params.max_grad_norm'], parse: ratio(0, Number.MAX_VALUE) }),
  row({
    field: 'recompute.distributeSaved',
    keys: ['activation_checkpointing.partition_activations'],
    parse: bool,
    fallback: false,
    why: 'as in deepspeed/runtime/activation_checkpointing/config.py',
  }),
  row({ field: 'parallel.context', keys: ['sequence_parallel_size'], parse: count }),
  row({ field: 'parallel.contextKind', keys: ['sequence_parallel_size'], parse: ulysses }),
  row({ field: 'parallel.expert', keys: ['expert_parallel.autoep_size'], parse: count }),
  row({ field: 'parallel.expertTensor', keys: ['expert_parallel.expert_tensor_parallel_size'], parse: count }),
  row({ field: 'parallel.tensor', keys: ['tensor_parallel.autotp_size'], parse: count, fallback: 1, why: 'no tensor_parallel block' }),
];

/** What "auto" is called in `rooflint read`: the field is unknown, the word is a fact. */
export const autoFacts: { readonly [F in JobField]?: string } = {
  'batch.micro': 'micro_batch',
  'batch.global': 'global_batch',
  'batch.accumulation': 'grad_accum',
  'zero.stage': 'zero_stage',
  'zero.reduceBucketElements': 'reduce_bucket_size',
  'zero.allgatherBucketElements': 'allgather_bucket_size',
  'zero.prefetchBucketElements': 'prefetch_bucket_size',
  'zero.persistenceThresholdElements': 'param_persistence_threshold',
  'zero.maxLiveElements': 'max_live_parameters',
  'zero.subGroupElements': 'sub_group_size',
  'zero.overlapComm': 'overlap_comm',
};
