/** Grouped-query attention lets an equal number of query heads share each KV head. */
import { defineRule } from '../finding.ts';
import { choices, divisors, leavesRemainder } from './shared/numbers.ts';

export const kvHeadsDoNotDivideHeads = defineRule({
  id: 'kv-heads-do-not-divide-heads',
  group: 'parallelism',
  severity: 'error',
  kinds: ['training', 'serving', 'model'],
  reads: ['model.heads', 'model.kvHeads'],
  mayRead: ['model.attentionKind'],
  check({ job, report }) {
    const heads = job['model.heads'];
    const kvHeads = job['model.kvHeads'];
    if (!leavesRemainder(heads, kvHeads) || job['model.attentionKind'] === 'MLA' || job['model.attentionKind'] === 'hybrid') return;
    report({
      at: 'model.kvHeads',
      related: ['model.heads'],
      what: `${kvHeads} KV heads do not divide ${heads} attention heads`,
      why: 'each KV head serves the same whole number of query heads, so the attention layer cannot be built',
      advice: `the number of KV heads must be ${choices(divisors(heads), kvHeads)}; take it from the model's own config.json`,
    });
  },
});
