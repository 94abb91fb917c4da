/**
 * `vllm serve` flags that set one field, and the same names as keys of `--config file.yaml`. Names and defaults:
 * vllm/engine/arg_utils.py and vllm/config/{cache,parallel,scheduler,model}.py (commits in `flag-names.ts`).
 */
import type { NumberFormat, ServingRole } from '../../core/job-fields.ts';
import type { Bytes } from '../../core/units.ts';
import { bool, count, knownWord, numberFormat, ratio, shown, size, text } from '../parse.ts';
import type { Parse, Row } from '../row.ts';
import { row } from '../row.ts';

const model = 'vLLM, from the model';

/** `32k` is 32,000 and `32K` is 32,768; `auto` and -1 leave it to the model (human_readable_int in arg_utils.py). */
export const humanCount: Parse<number> = (setting) => {
  const { scalar } = setting;
  if (scalar === 'auto' || scalar === -1 || scalar === '-1') return { filledBy: model };
  const match = /^(\d+(?:\.\d+)?)([kKmMgGtT])(?:i?[bB])?$/.exec(String(scalar ?? ''));
  if (match === null) return count(setting);
  const [, digits = '', unit = ''] = match;
  const power = 'kmgt'.indexOf(unit.toLowerCase()) + 1;
  const value = Number(digits) * (unit === unit.toLowerCase() ? 1000 : 1024) ** power;
  return Number.isSafeInteger(value) ? { value } : { wrong: `must be a whole number, not ${shown(setting)}` };
};

const bytes: Parse<Bytes> = humanCount;

const formatOrAuto: Parse<NumberFormat> = (setting) => (setting.scalar === 'auto' ? { filledBy: model } : numberFormat(setting));

const positive = ratio(0, Number.MAX_VALUE);

/** A switch that may be followed by a word in YAML (`true`) or in older releases (`--enable-chunked-prefill False`). */
const off: Parse<boolean> = (setting) => {
  const parsed = bool(setting);
  return parsed !== 'absent' && 'value' in parsed ? { value: !parsed.value } : parsed;
};

/** Of `--kv-transfer-config`; `kv_both` says that the engine may do either, not which. */
const role: Parse<ServingRole> = knownWord<ServingRole>({ kv_producer: 'prefill', kv_consumer: 'decode', kv_both: 'both' });

const parallelDefault = 'as in vllm/config/parallel.py';

export const vllmRows: readonly Row[] = [
  row({ field: 'model.name', keys: ['model', 'model-tag'], parse: text }),
  row({ field: 'parallel.tensor', keys: ['tensor-parallel-size'], parse: count, fallback: 1, why: parallelDefault }),
  row({ field: 'parallel.pipeline', keys: ['pipeline-parallel-size'], parse: count, fallback: 1, why: parallelDefault }),
  row({ field: 'serving.dataParallel', keys: ['data-parallel-size'], parse: count, fallback: 1, why: parallelDefault }),
  row({ field: 'serving.expertParallel', keys: ['enable-expert-parallel'], parse: bool, fallback: false, why: parallelDefault }),
  row({ field: 'serving.decodeContextParallel', keys: ['decode-context-parallel-size'], parse: count, fallback: 1, why: parallelDefault }),
  row({ field: 'serving.maxModelLen', keys: ['max-model-len'], parse: humanCount }),
  row({ field: 'serving.maxSequences', keys: ['max-num-seqs'], parse: count }),
  row({ field: 'serving.maxBatchedTokens', keys: ['max-num-batched-tokens'], parse: humanCount }),
  row({ field: 'serving.gpuMemoryUtilization', keys: ['gpu-memory-utilization', 'device-memory-utilization'], parse: ratio(0, 1) }),
  row({ field: 'serving.kvCacheBytes', keys: ['kv-cache-memory-bytes'], parse: bytes }),
  row({ field: 'serving.kvCacheDtype', keys: ['kv-cache-dtype'], parse: formatOrAuto }),
  row({
    field: 'serving.blockSize',
    keys: ['block-size'],
    parse: count,
    fallback: 16,
    why: 'as DEFAULT_BLOCK_SIZE in vllm/config/cache.py',
  }),
  row({ field: 'serving.enforceEager', keys: ['no-enforce-eager'], parse: off }),
  row({
    field: 'serving.enforceEager',
    keys: ['enforce-eager'],
    parse: bool,
    fallback: false,
    why: 'as in vllm/config/model.py',
  }),
  row({ field: 'serving.chunkedPrefill', keys: ['enable-chunked-prefill'], parse: bool }),
  row({ field: 'serving.chunkedPrefill', keys: ['no-enable-chunked-prefill'], parse: off }),
  row({ field: 'serving.prefixCaching', keys: ['enable-prefix-caching'], parse: bool }),
  row({ field: 'serving.prefixCaching', keys: ['no-enable-prefix-caching'], parse: off }),
  row({ field: 'serving.quantization', keys: ['quantization'], parse: text }),
  row({ field: 'serving.swapSpaceGiB', keys: ['swap-space'], parse: positive }),
  row({ field: 'serving.cpuOffloadGiB', keys: ['cpu-offload-gb'], parse: positive, fallback: 0, why: 'as in vllm/config/cache.py' }),
  row({ field: 'precision.compute', keys: ['dtype'], parse: formatOrAuto }),
  row({ field: 'cluster.nodes', keys: ['nnodes'], parse: count }),
  row({
    field: 'serving.speculativeTokens',
    keys: ['speculative-config.num_speculative_tokens', 'spec-tokens', 'num-speculative-tokens'],
    parse: size,
  }),
  row({ field: 'serving.draftModel', keys: ['speculative-config.model', 'spec-model', 'speculative-model'], parse: text }),
  row({ field: 'serving.draftMethod', keys: ['speculative-config.method', 'spec-method'], parse: text }),
  row({
    field: 'serving.draftTensor',
    keys: ['speculative-config.draft_tensor_parallel_size', 'speculative-draft-tensor-parallel-size'],
    parse: count,
  }),
  row({
    field: 'serving.draftQuantization',
    keys: ['speculative-config.quantization', 'speculative-model-quantization'],
    parse: text,
  }),
  row({ field: 'serving.loraSlots', keys: ['max-loras'], parse: count }),
  row({ field: 'serving.loraRank', keys: ['max-lora-rank'], parse: count }),
  row({ field: 'serving.role', keys: ['kv-transfer-config.kv_role'], parse: role }),
];

/** What `--hf-overrides` and the older flags for RoPE change about the model. */
export const vllmModelRows: readonly Row[] = [
  row({ field: 'model.maxPositions', keys: ['hf-overrides.max_position_embeddings'], parse: count }),
  row({ field: 'model.layers', keys: ['hf-overrides.num_hidden_layers'], parse: count }),
  row({
    field: 'model.ropeScalingType',
    keys: ['hf-overrides.rope_scaling.rope_type', 'hf-overrides.rope_parameters.rope_type', 'rope-scaling.rope_type', 'rope-scaling.type'],
    parse: text,
  }),
  row({
    field: 'model.ropeScalingFactor',
    keys: ['hf-overrides.rope_scaling.factor', 'hf-overrides.rope_parameters.factor', 'rope-scaling.factor'],
    parse: positive,
  }),
  row({
    field: 'model.ropeOriginalPositions',
    keys: [
      'hf-overrides.rope_scaling.original_max_position_embeddings',
      'hf-overrides.rope_parameters.original_max_position_embeddings',
      'rope-scaling.original_max_position_embeddings',
    ],
    parse: count,
  }),
];

/** Environment variables in front of the command or exported before it. */
export const vllmEnvironmentRows: readonly Row[] = [
  row({ field: 'environment.allowLongMaxModelLen', keys: ['VLLM_ALLOW_LONG_MAX_MODEL_LEN'], parse: bool }),
];
