/** The length from which a prompt counts as long cannot exceed the longest prompt. */
import { defineRule } from '../finding.ts';
import { numberIn } from './shared/keys.ts';
import { isCount } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

const key = 'vllm/long-prefill-token-threshold';

export const longPrefillThresholdOverContext = defineRule({
  id: 'long-prefill-threshold-over-context',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: [key],
  reads: ['serving.maxModelLen'],
  check({ job, keys, sources, report }) {
    const threshold = numberIn(keys, key);
    const context = job['serving.maxModelLen'];
    if (threshold === undefined || !isCount(context) || !isWritten(sources, 'serving.maxModelLen') || threshold <= context) return;
    report({
      at: key,
      related: ['serving.maxModelLen'],
      what: `Prompts count as long from ${threshold} tokens, more than the context of ${context}`,
      why: '"long_prefill_token_threshold ({}) cannot be greater than the max_model_len ({})."',
      advice: `use ${context} or less`,
      fixes: [{ title: `Set it to ${context}`, changes: [{ kind: 'set', field: key, value: context }], preferred: true }],
    });
  },
});
