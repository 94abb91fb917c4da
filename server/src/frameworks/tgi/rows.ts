/**
 * Arguments of text-generation-launcher that set one field; each has an environment variable in capitals. Names and defaults:
 * huggingface/text-generation-inference launcher/src/main.rs and docs/source/reference/launcher.md at db931fcf.
 */
import type { NumberFormat } from '../../core/job-fields.ts';
import { bool, count, numberFormat, ratio, size, text } from '../parse.ts';
import type { Parse, Row } from '../row.ts';
import { row } from '../row.ts';

const format: Parse<NumberFormat> = numberFormat;

/** Batch sizes to capture; 0 captures none. */
const graphs: Parse<boolean> = (setting) => ({ value: /^\s*\[?\s*0\s*\]?\s*$/.test(String(setting.scalar ?? '')) });

const unsharded: Parse<number> = (setting) => {
  const parsed = bool(setting);
  return parsed !== 'absent' && 'value' in parsed && !parsed.value ? { value: 1 } : 'absent';
};

const why = 'as in launcher/src/main.rs';

export const tgiRows: readonly Row[] = [
  row({ field: 'model.name', keys: ['model-id'], parse: text, fallback: 'bigscience/bloom-560m', why }),
  row({ field: 'parallel.tensor', keys: ['sharded'], parse: unsharded }),
  row({ field: 'parallel.tensor', keys: ['num-shard'], parse: count }),
  row({ field: 'serving.quantization', keys: ['quantize'], parse: text }),
  row({ field: 'serving.speculativeTokens', keys: ['speculate'], parse: size }),
  row({ field: 'precision.compute', keys: ['dtype'], parse: format }),
  row({ field: 'serving.kvCacheDtype', keys: ['kv-cache-dtype'], parse: format }),
  row({ field: 'serving.maxSequences', keys: ['max-concurrent-requests'], parse: count, fallback: 128, why }),
  row({ field: 'serving.maxSequences', keys: ['max-batch-size'], parse: count }),
  row({ field: 'serving.maxModelLen', keys: ['max-total-tokens'], parse: count }),
  row({ field: 'serving.maxBatchedTokens', keys: ['max-batch-prefill-tokens'], parse: count }),
  row({ field: 'serving.maxKvTokens', keys: ['max-batch-total-tokens'], parse: count }),
  row({ field: 'serving.gpuMemoryUtilization', keys: ['cuda-memory-fraction'], parse: ratio(0, 1), fallback: 1, why }),
  row({ field: 'serving.enforceEager', keys: ['cuda-graphs'], parse: graphs, fallback: false, why }),
  row({ field: 'model.ropeScalingType', keys: ['rope-scaling'], parse: text }),
  row({ field: 'model.ropeScalingFactor', keys: ['rope-factor'], parse: ratio(0, 1e6) }),
];
