/**
 * LMDeploy's flags, which with underscores are fields of TurbomindEngineConfig and PytorchEngineConfig. Names and defaults:
 * InternLM/lmdeploy lmdeploy/cli/utils.py and lmdeploy/messages.py at 1263d5cd.
 */
import type { NumberFormat, ServingRole } from '../../core/job-fields.ts';
import { bool, count, knownWord, numberFormat, ratio, size, text } from '../parse.ts';
import type { Parse, Row } from '../row.ts';
import { row } from '../row.ts';

const format: Parse<NumberFormat> = (setting) =>
  setting.scalar === 'auto' ? { filledBy: 'LMDeploy, from the model' } : numberFormat(setting);

/** 4 and 8 quantize the KV cache to so many bits; 16 and 17 stand for fp8. */
const policies: { readonly [policy: string]: NumberFormat } = { 4: 'int4', 8: 'int8', 16: 'fp8', 17: 'fp8', fp8: 'fp8', fp8_e5m2: 'fp8' };

const policy: Parse<NumberFormat> = (setting) => (String(setting.scalar) === '0' ? 'absent' : knownWord(policies)(setting));

/** How the files are laid out; `hf` is no quantization. */
const layout: Parse<string> = (setting) => (/^(?:hf|llama|layout:.*)$/.test(String(setting.scalar)) ? 'absent' : text(setting));

const role: Parse<ServingRole> = knownWord<ServingRole>({ hybrid: 'both', prefill: 'prefill', decode: 'decode' });
const why = 'as in lmdeploy/messages.py';

export const lmdeployRows: readonly Row[] = [
  row({ field: 'model.name', keys: ['model-path', 'model'], parse: text }),
  row({ field: 'parallel.tensor', keys: ['tp'], parse: count, fallback: 1, why }),
  row({ field: 'serving.dataParallel', keys: ['dp'], parse: count, fallback: 1, why }),
  row({ field: 'parallel.expert', keys: ['ep'], parse: count }),
  row({ field: 'cluster.nodes', keys: ['nnodes'], parse: count }),
  row({ field: 'serving.maxModelLen', keys: ['session-len'], parse: count }),
  row({ field: 'serving.maxSequences', keys: ['max-batch-size'], parse: count }),
  row({ field: 'serving.maxBatchedTokens', keys: ['max-prefill-token-num'], parse: count, fallback: 8192, why }),
  row({ field: 'serving.freeMemoryShare', keys: ['cache-max-entry-count'], parse: ratio(0, 1), fallback: 0.8, why }),
  row({ field: 'serving.blockSize', keys: ['cache-block-seq-len', 'block-size'], parse: count, fallback: 64, why }),
  row({ field: 'serving.prefixCaching', keys: ['enable-prefix-caching'], parse: bool, fallback: false, why }),
  row({ field: 'serving.enforceEager', keys: ['eager-mode'], parse: bool, fallback: false, why }),
  row({ field: 'serving.kvCacheDtype', keys: ['quant-policy'], parse: policy }),
  row({ field: 'serving.quantization', keys: ['model-format'], parse: layout }),
  row({ field: 'serving.role', keys: ['role'], parse: role }),
  row({ field: 'serving.draftMethod', keys: ['speculative-algorithm', 'speculative-config.method'], parse: text }),
  row({ field: 'serving.draftModel', keys: ['speculative-draft-model', 'speculative-config.model'], parse: text }),
  row({
    field: 'serving.speculativeTokens',
    keys: ['speculative-num-draft-tokens', 'speculative-config.num_speculative_tokens'],
    parse: size,
  }),
  row({ field: 'precision.compute', keys: ['dtype'], parse: format }),
  row({
    field: 'model.ropeScalingFactor',
    keys: ['rope-scaling-factor'],
    parse: (setting) => (Number(setting.scalar) === 0 ? 'absent' : ratio(0, 1e6)(setting)),
  }),
];
