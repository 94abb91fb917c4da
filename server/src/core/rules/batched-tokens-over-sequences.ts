/** More tokens per iteration than all sequences together can hold. */
import { defineRule } from '../finding.ts';
import { onlyFix } from './shared/fixes.ts';
import { isCount } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

export const batchedTokensOverSequences = defineRule({
  id: 'batched-tokens-over-sequences',
  group: 'serving',
  severity: 'warning',
  kinds: ['serving'],
  frameworks: ['vllm'],
  reads: ['serving.maxBatchedTokens', 'serving.maxSequences', 'serving.maxModelLen'],
  check({ job, sources, report }) {
    const batched = job['serving.maxBatchedTokens'];
    const most = job['serving.maxSequences'] * job['serving.maxModelLen'];
    // A default is lowered to fit by vLLM itself.
    if (!isWritten(sources, 'serving.maxBatchedTokens')) return;
    if (!isCount(batched) || !isCount(most) || batched <= most) return;
    report({
      at: 'serving.maxBatchedTokens',
      related: ['serving.maxSequences', 'serving.maxModelLen'],
      what: `${batched} batched tokens exceed ${job['serving.maxSequences']} sequences x ${job['serving.maxModelLen']} tokens = ${most}`,
      why: 'no iteration can reach it, yet memory for it is set aside; vLLM only logs a warning',
      advice: `use ${most} or less`,
      fixes: onlyFix(`Set the batched tokens to ${most}`, 'serving.maxBatchedTokens', most),
    });
  },
});
