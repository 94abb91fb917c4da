/** Every running sequence decodes at least one token per iteration. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { isCount } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

export const batchedTokensBelowSequences = defineRule({
  id: 'batched-tokens-below-sequences',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  reads: ['serving.maxBatchedTokens', 'serving.maxSequences'],
  check({ job, sources, report }) {
    const batched = job['serving.maxBatchedTokens'];
    const sequences = job['serving.maxSequences'];
    // Defaults are fitted to each other when vLLM starts, so at least the number of sequences must be the user's.
    if (!isWritten(sources, 'serving.maxSequences') || !isWritten(sources, 'serving.maxBatchedTokens')) return;
    if (!isCount(batched) || !isCount(sequences) || batched >= sequences) return;
    report({
      at: 'serving.maxBatchedTokens',
      related: ['serving.maxSequences'],
      what: `${batched} batched tokens are fewer than ${sequences} sequences`,
      why: 'each running sequence takes at least one token per iteration, so vLLM stops',
      advice: `raise the batched tokens to ${sequences} or more, or lower the sequences to ${batched}`,
      fixes: [
        ...setFixes('serving.maxSequences', [batched], (value) => `Set the sequences to ${value}`),
        ...setFixes('serving.maxBatchedTokens', [sequences], (value) => `Set the batched tokens to ${value}`),
      ],
    });
  },
});
