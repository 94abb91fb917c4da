/** Without an explicit head size the hidden size is cut into equal heads. */
import { defineRule } from '../finding.ts';
import { choices, divisors, leavesRemainder } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

export const hiddenNotDivisibleByHeads = defineRule({
  id: 'hidden-not-divisible-by-heads',
  group: 'parallelism',
  severity: 'error',
  kinds: ['training', 'model'],
  frameworks: ['megatron-lm', 'huggingface'],
  reads: ['model.hidden', 'model.heads'],
  mayRead: ['model.headDim', 'model.attentionKind'],
  check({ job, sources, report }) {
    const hidden = job['model.hidden'];
    const heads = job['model.heads'];
    if (!leavesRemainder(hidden, heads) || isWritten(sources, 'model.headDim')) return;
    if (job['model.attentionKind'] === 'MLA' || job['model.attentionKind'] === 'hybrid') return;
    const valid = divisors(hidden, 1024);
    report({
      at: 'model.heads',
      related: ['model.hidden'],
      what: `Hidden size ${hidden} cannot be cut into ${heads} equal heads`,
      why: 'the size of a head is hidden size over heads unless it is given, and the framework stops without an explanation',
      advice: `use ${choices(valid, heads, 4)} heads, or give the size of a head`,
    });
  },
});
