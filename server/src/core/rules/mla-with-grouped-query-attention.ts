/** Multi-latent attention keeps one latent per token, so there are no KV heads to group. */
import { defineRule } from '../finding.ts';
import { removeFix } from './shared/fixes.ts';
import { isWritten } from './shared/origins.ts';

export const mlaWithGroupedQueryAttention = defineRule({
  id: 'mla-with-grouped-query-attention',
  group: 'parallelism',
  severity: 'error',
  frameworks: ['megatron-lm'],
  reads: ['model.attentionKind', 'model.kvHeads'],
  check({ job, sources, report }) {
    if (job['model.attentionKind'] !== 'MLA' || !isWritten(sources, 'model.kvHeads')) return;
    report({
      at: 'model.kvHeads',
      related: ['model.attentionKind'],
      what: 'Multi-latent attention and grouped-query attention exclude each other',
      why: 'Megatron-LM refuses --group-query-attention together with --multi-latent-attention',
      advice: 'take --group-query-attention and --num-query-groups out',
      fixes: [removeFix('Take the query groups out', 'model.kvHeads')],
    });
  },
});
