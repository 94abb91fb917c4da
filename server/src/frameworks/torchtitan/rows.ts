/**
 * Keys of a torchtitan configuration by their dotted names, newest first. Names and defaults: torchtitan/config/job_config.py at
 * 238fa995 (the last with TOML files), torchtitan/config/configs.py at b5bcd76c (Python), config_manager.py of v0.1.0 and of 2024,
 * where parallelism stood in `[training]` and `[experimental]`.
 */
import type { ContextKind, Fp8Recipe, ScheduleName } from '../../core/job-fields.ts';
import { bool, count, countOr, knownWord, numberFormat, optimizerKind, text, word } from '../parse.ts';
import { type Parse, type Row, row } from '../row.ts';

const own = 'as in torchtitan/config/job_config.py';

const parallel = (name: string, ...more: readonly string[]): readonly string[] => [
  `parallelism.${name}`,
  `training.${name}`,
  `experimental.${name}`,
  ...more,
];

/** PyTorch's names (torch/distributed/pipelining/schedules.py, get_schedule_class), which it compares without case. */
const schedules: { readonly [name: string]: ScheduleName } = {
  '1f1b': '1f1b',
  gpipe: 'gpipe',
  interleaved1f1b: 'interleaved-1f1b',
  loopedbfs: 'looped-bfs',
  interleavedzerobubble: 'interleaved-zero-bubble',
  zbvzerobubble: 'zb-v',
  dualpipev: 'dualpipe-v',
  // Before November 2024.
  flexibleinterleaved1f1b: 'interleaved-1f1b',
};

const rotations: { readonly [name: string]: ContextKind } = { allgather: 'all-gather', alltoall: 'ring' };
const scalings: { readonly [name: string]: Fp8Recipe } = {
  tensorwise: 'tensorwise',
  mxfp8: 'mx',
  mxfp8_cublas: 'mx',
  mxfp8_emulated: 'mx',
};
const dispatchers = { standard: 'all-to-all', deepep: 'deepep', hybridep: 'deepep' } as const;

const not =
  (parse: Parse<boolean>): Parse<boolean> =>
  (setting) => {
    const parsed = parse(setting);
    return parsed !== 'absent' && 'value' in parsed ? { value: !parsed.value } : parsed;
  };

const kind: Parse<ReturnType<typeof optimizerKind>> = (setting) => ({ value: optimizerKind(String(setting.scalar ?? '')) });
const toHost: Parse<'none' | 'cpu'> = (setting) => {
  const parsed = bool(setting);
  return parsed !== 'absent' && 'value' in parsed ? { value: parsed.value ? 'cpu' : 'none' } : parsed;
};
const isFused: Parse<boolean> = (setting) => ({ value: String(setting.scalar) === 'fused' });
const degree = countOr(['-1'], 'the GPUs that the other degrees leave over');

/** What decides over the others; their defaults are set before anything is worked out. */
export const parallelRows: readonly Row[] = [
  row({ field: 'parallel.tensor', keys: parallel('tensor_parallel_degree'), parse: count, fallback: 1, why: own }),
  row({ field: 'parallel.pipeline', keys: parallel('pipeline_parallel_degree'), parse: count, fallback: 1, why: own }),
  row({ field: 'parallel.context', keys: parallel('context_parallel_degree'), parse: count, fallback: 1, why: own }),
  row({ field: 'parallel.expert', keys: parallel('expert_parallel_degree'), parse: count, fallback: 1, why: own }),
  row({ field: 'parallel.expertTensor', keys: parallel('expert_tensor_parallel_degree'), parse: count }),
  row({ field: 'parallel.dataReplicate', keys: parallel('data_parallel_replicate_degree'), parse: count, fallback: 1, why: own }),
  row({ field: 'parallel.dataShard', keys: parallel('data_parallel_shard_degree', 'training.data_parallel_degree'), parse: degree }),
  row({ field: 'parallel.sequence', keys: ['parallelism.enable_sequence_parallel'], parse: bool }),
  row({
    field: 'parallel.tpCommOverlap',
    keys: ['compile.enable_async_tensor_parallel', ...parallel('enable_async_tensor_parallel')],
    parse: bool,
    fallback: false,
    why: own,
  }),
  row({ field: 'parallel.contextKind', keys: parallel('context_parallel_rotate_method'), parse: word(rotations) }),
  row({ field: 'parallel.expertDispatch', keys: ['parallelism.expert_parallel_comm_backend'], parse: knownWord(dispatchers) }),
  row({ field: 'parallel.schedule', keys: parallel('pipeline_parallel_schedule'), parse: knownWord(schedules) }),
];

export const torchtitanRows: readonly Row[] = [
  row({ field: 'model.name', keys: ['model.name'], parse: text }),
  row({ field: 'sequence.length', keys: ['training.max_context_length', 'training.seq_len'], parse: count, fallback: 2048, why: own }),
  row({ field: 'precision.params', keys: ['training.dtype'], parse: numberFormat, fallback: 'fp32', why: own }),
  row({ field: 'precision.compute', keys: ['training.mixed_precision_param'], parse: numberFormat, fallback: 'bf16', why: own }),
  row({
    field: 'zero.offloadOptimizer',
    keys: ['training.enable_cpu_offload', 'experimental.enable_cpu_offload'],
    parse: toHost,
    fallback: 'none',
    why: own,
  }),
  row({
    field: 'zero.offloadParam',
    keys: ['training.enable_cpu_offload', 'experimental.enable_cpu_offload'],
    parse: toHost,
    fallback: 'none',
    why: own,
  }),
  row({ field: 'precision.fp8', keys: ['float8.enable_float8_linear', 'training.fp8_linear'], parse: bool }),
  row({
    field: 'precision.fp8Recipe',
    keys: ['quantize.linear.float8.recipe_name', 'quantize.linear.mx.recipe_name', 'float8.recipe_name', 'mx.recipe_name'],
    parse: knownWord(scalings),
  }),
  row({ field: 'optimizer.name', keys: ['optimizer.name'], parse: text, fallback: 'AdamW', why: own }),
  row({ field: 'optimizer.kind', keys: ['optimizer.name'], parse: kind, fallback: 'adam', why: own }),
  row({ field: 'optimizer.fused', keys: ['optimizer.fused'], parse: bool }),
  row({ field: 'optimizer.fused', keys: ['optimizer.implementation'], parse: isFused, fallback: true, why: own }),
  row({
    field: 'optimizer.inBackward',
    keys: ['optimizer.early_step_in_backward'],
    parse: bool,
    fallback: false,
    why: own,
  }),
  row({ field: 'compile.enabled', keys: ['compile.enable', 'training.compile'], parse: bool, fallback: false, why: own }),
  row({ field: 'dropout.enabled', keys: [], parse: not(bool), fallback: false, why: 'the models of torchtitan have no dropout' }),
];
