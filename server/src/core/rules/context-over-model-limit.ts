/** Longer contexts than the model was made for are refused. SGLang derives its limit in the same way (configs/model_config.py). */
import { defineRule } from '../finding.ts';
import { contextLimit } from './shared/context-limit.ts';
import { onlyFix } from './shared/fixes.ts';
import { isOn } from './shared/keys.ts';
import { isCount } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

export const contextOverModelLimit = defineRule({
  id: 'context-over-model-limit',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang'],
  reads: ['serving.maxModelLen', 'model.maxPositions'],
  mayRead: [
    'model.type',
    'model.ropeScalingType',
    'model.ropeScalingFactor',
    'model.ropeOriginalPositions',
    'environment.allowLongMaxModelLen',
  ],
  check({ job, framework, keys, sources, report }) {
    const wanted = job['serving.maxModelLen'];
    const limit = contextLimit({
      positions: job['model.maxPositions'],
      modelType: job['model.type'],
      scaling: job['model.ropeScalingType'],
      factor: job['model.ropeScalingFactor'],
      original: job['model.ropeOriginalPositions'],
    });
    if (!isWritten(sources, 'serving.maxModelLen') || limit === undefined || !isCount(wanted) || wanted <= limit) return;
    const isVllm = framework === 'vllm';
    const variable = isVllm ? 'VLLM_ALLOW_LONG_MAX_MODEL_LEN' : 'SGLANG_ALLOW_OVERWRITE_LONGER_CONTEXT_LEN';
    const allowed = isVllm ? job['environment.allowLongMaxModelLen'] === true : isOn(keys, `environment/${variable}`);
    report({
      at: 'serving.maxModelLen',
      related: ['model.maxPositions'],
      // SGLang's early releases only warn.
      severity: allowed || !isVllm ? 'warning' : 'error',
      what: `A context of ${wanted} tokens exceeds the model's own limit of ${limit}`,
      why: allowed
        ? `${variable} lets it start, but positions beyond the limit give wrong or invalid numbers`
        : `"User-specified ${isVllm ? 'max_model_len' : 'context_length'} ({}) is greater than the derived"; ${variable}=1 lets it start at the risk of wrong results`,
      advice: `use ${limit} or less, or extend the model with rope scaling`,
      fixes: onlyFix(`Set the context to ${limit} tokens`, 'serving.maxModelLen', limit),
    });
  },
});
