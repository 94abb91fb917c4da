/**
 * SGLang's server arguments that set one field; the same names are keys of `--config file.yaml` and arguments of
 * `sglang.Engine(...)`. Names and defaults: python/sglang/srt/server_args.py of 0.3.6 to 0.5.6, arg_groups/fields of 0.5.23.
 */
import type { NumberFormat, ServingRole } from '../../core/job-fields.ts';
import { bool, count, knownWord, numberFormat, ratio, shown, size, text } from '../parse.ts';
import type { Parse, Row } from '../row.ts';
import { row } from '../row.ts';

const formatOrAuto: Parse<NumberFormat> = (setting) =>
  setting.scalar === 'auto' ? { filledBy: 'SGLang, from the model' } : numberFormat(setting);

const negated: Parse<boolean> = (setting) => {
  const parsed = bool(setting);
  return parsed !== 'absent' && 'value' in parsed ? { value: !parsed.value } : parsed;
};

/** `-1` asks for no chunks; how many tokens a step then has, `--max-prefill-tokens` says. */
const chunk: Parse<number> = (setting) => (Number(setting.scalar) === -1 ? 'absent' : count(setting));
const isChunked: Parse<boolean> = (setting) => ({ value: Number(setting.scalar) !== -1 });

const role: Parse<ServingRole> = knownWord<ServingRole>({ null: 'both', prefill: 'prefill', decode: 'decode' });

/** `int4wo-128`, `fp8wo`: what torchao makes of the weights while they are loaded. */
const torchao: Parse<string> = (setting) =>
  String(setting.scalar ?? '') === '' ? 'absent' : { value: `torchao ${String(setting.scalar)}` };

const graphs: Parse<boolean> = (setting) => {
  const word = String(setting.scalar ?? '');
  return /^(?:full|breakable|disabled|piecewise|none)$/.test(word)
    ? { value: word === 'disabled' || word === 'none' }
    : { wrong: `must be full, breakable or disabled, not ${shown(setting)}` };
};

const why = 'as in python/sglang/srt/server_args.py';

export const sglangRows: readonly Row[] = [
  row({ field: 'model.name', keys: ['model-path', 'model'], parse: text }),
  row({ field: 'parallel.tensor', keys: ['tp-size', 'tensor-parallel-size', 'tp'], parse: count, fallback: 1, why }),
  row({ field: 'parallel.pipeline', keys: ['pp-size', 'pipeline-parallel-size', 'pp'], parse: count, fallback: 1, why }),
  row({ field: 'parallel.expert', keys: ['ep-size', 'expert-parallel-size', 'ep'], parse: count }),
  row({ field: 'serving.decodeContextParallel', keys: ['dcp-size', 'decode-context-parallel-size'], parse: count }),
  row({ field: 'cluster.nodes', keys: ['nnodes'], parse: count, fallback: 1, why }),
  row({ field: 'serving.maxModelLen', keys: ['context-length'], parse: count }),
  row({ field: 'serving.maxSequences', keys: ['max-running-requests'], parse: count }),
  row({ field: 'serving.maxKvTokens', keys: ['max-total-tokens'], parse: count }),
  row({ field: 'serving.maxBatchedTokens', keys: ['chunked-prefill-size'], parse: chunk }),
  row({ field: 'serving.chunkedPrefill', keys: ['chunked-prefill-size'], parse: isChunked, fallback: true, why }),
  row({ field: 'serving.staticMemoryShare', keys: ['mem-fraction-static'], parse: ratio(0, 1) }),
  row({ field: 'serving.blockSize', keys: ['page-size'], parse: count }),
  row({ field: 'serving.kvCacheDtype', keys: ['kv-cache-dtype'], parse: formatOrAuto }),
  row({ field: 'serving.prefixCaching', keys: ['disable-radix-cache'], parse: negated, fallback: true, why }),
  row({ field: 'serving.enforceEager', keys: ['cuda-graph-backend-decode'], parse: graphs }),
  row({ field: 'serving.enforceEager', keys: ['disable-cuda-graph'], parse: bool, fallback: false, why }),
  row({ field: 'serving.quantization', keys: ['torchao-config'], parse: torchao }),
  row({ field: 'serving.quantization', keys: ['quantization'], parse: text }),
  row({ field: 'serving.cpuOffloadGiB', keys: ['cpu-offload-gb'], parse: ratio(0, 1e6), fallback: 0, why }),
  row({ field: 'serving.role', keys: ['disaggregation-mode'], parse: role }),
  row({ field: 'serving.speculativeTokens', keys: ['speculative-num-draft-tokens'], parse: size }),
  row({ field: 'serving.draftModel', keys: ['speculative-draft-model-path', 'speculative-draft-model'], parse: text }),
  row({ field: 'serving.draftMethod', keys: ['speculative-algorithm'], parse: text }),
  row({ field: 'serving.draftQuantization', keys: ['speculative-draft-model-quantization'], parse: text }),
  row({ field: 'serving.loraSlots', keys: ['max-loras-per-batch'], parse: count }),
  row({ field: 'serving.loraRank', keys: ['max-lora-rank'], parse: count }),
  row({ field: 'precision.compute', keys: ['dtype'], parse: formatOrAuto }),
];

/** What `--json-model-override-args` changes about the model. */
export const sglangModelRows: readonly Row[] = [
  row({ field: 'model.maxPositions', keys: ['json-model-override-args.max_position_embeddings'], parse: count }),
  row({ field: 'model.layers', keys: ['json-model-override-args.num_hidden_layers'], parse: count }),
  row({ field: 'model.ropeScalingType', keys: ['json-model-override-args.rope_scaling.rope_type'], parse: text }),
  row({ field: 'model.ropeScalingFactor', keys: ['json-model-override-args.rope_scaling.factor'], parse: ratio(0, 1e6) }),
  row({
    field: 'model.ropeOriginalPositions',
    keys: ['json-model-override-args.rope_scaling.original_max_position_embeddings'],
    parse: count,
  }),
];
