/** Without chunked prefill a prompt must fit into one iteration whole. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { isCount } from './shared/numbers.ts';

export const batchedTokensBelowContext = defineRule({
  id: 'batched-tokens-below-context',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  reads: ['serving.maxBatchedTokens', 'serving.maxModelLen', 'serving.chunkedPrefill'],
  check({ job, report }) {
    const batched = job['serving.maxBatchedTokens'];
    const context = job['serving.maxModelLen'];
    if (job['serving.chunkedPrefill'] || !isCount(batched) || !isCount(context) || batched >= context) return;
    report({
      at: 'serving.maxBatchedTokens',
      related: ['serving.maxModelLen', 'serving.chunkedPrefill'],
      what: `${batched} batched tokens are fewer than the context of ${context} and chunked prefill is off`,
      why: 'a prompt longer than one iteration could never run, so vLLM stops',
      advice: `raise the batched tokens to ${context}, lower the context to ${batched}, or switch chunked prefill on`,
      fixes: [
        ...setFixes('serving.maxBatchedTokens', [context], (value) => `Set the batched tokens to ${value} (needs more activation memory)`),
        ...setFixes('serving.maxModelLen', [batched], (value) => `Set the context to ${value} tokens (longer requests are refused)`),
      ],
    });
  },
});
