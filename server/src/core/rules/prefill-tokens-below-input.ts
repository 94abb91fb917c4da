/** A prompt is run in one batch of prompts, unless it is cut in chunks. */
import { defineRule } from '../finding.ts';
import { onlyFix } from './shared/fixes.ts';
import { numberIn } from './shared/keys.ts';
import { isWritten } from './shared/origins.ts';
import { spellingOf } from './shared/serving.ts';

const inputs = ['tgi/max-input-tokens', 'tgi/max-input-length'] as const;

export const prefillTokensBelowInput = defineRule({
  id: 'prefill-tokens-below-input',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['tgi'],
  anyKey: inputs,
  reads: ['serving.maxBatchedTokens'],
  check({ job, keys, sources, report }) {
    const at = spellingOf(keys, inputs);
    const most = at && numberIn(keys, at);
    const prefill = job['serving.maxBatchedTokens'];
    if (at === undefined || most === undefined || prefill >= most || !isWritten(sources, 'serving.maxBatchedTokens')) return;
    report({
      at: 'serving.maxBatchedTokens',
      related: [at],
      what: `A batch of ${prefill} prompt tokens does not hold one prompt of ${most}`,
      why: '"`max_batch_prefill_tokens` must be >= `max_input_tokens`"',
      advice: `raise the batch to ${most}, or take shorter prompts`,
      fixes: onlyFix(`Prefill up to ${most} tokens at once`, 'serving.maxBatchedTokens', most),
    });
  },
});
