/** Longer contexts than the model was made for are refused. */
import { defineRule } from '../finding.ts';
import { contextLimit } from './shared/context-limit.ts';
import { onlyFix } from './shared/fixes.ts';
import { isCount } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

export const contextOverModelLimit = defineRule({
  id: 'context-over-model-limit',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  reads: ['serving.maxModelLen', 'model.maxPositions'],
  mayRead: [
    'model.type',
    'model.ropeScalingType',
    'model.ropeScalingFactor',
    'model.ropeOriginalPositions',
    'environment.allowLongMaxModelLen',
  ],
  check({ job, sources, report }) {
    const wanted = job['serving.maxModelLen'];
    const limit = contextLimit({
      positions: job['model.maxPositions'],
      modelType: job['model.type'],
      scaling: job['model.ropeScalingType'],
      factor: job['model.ropeScalingFactor'],
      original: job['model.ropeOriginalPositions'],
    });
    if (!isWritten(sources, 'serving.maxModelLen') || limit === undefined || !isCount(wanted) || wanted <= limit) return;
    const allowed = job['environment.allowLongMaxModelLen'] === true;
    report({
      at: 'serving.maxModelLen',
      related: ['model.maxPositions'],
      severity: allowed ? 'warning' : 'error',
      what: `A context of ${wanted} tokens exceeds the model's own limit of ${limit}`,
      why: allowed
        ? 'VLLM_ALLOW_LONG_MAX_MODEL_LEN lets it start, but positions beyond the limit give wrong or invalid numbers'
        : 'vLLM compares it with config.json and stops; VLLM_ALLOW_LONG_MAX_MODEL_LEN=1 lets it start at the risk of wrong results',
      advice: `use ${limit} or less, or extend the model with rope scaling`,
      fixes: onlyFix(`Set the context to ${limit} tokens`, 'serving.maxModelLen', limit),
    });
  },
});
