/** Selective recomputation picks operations, not layers: there is no method to choose. */
import { defineRule } from '../finding.ts';
import { removeFix } from './shared/fixes.ts';
import { isWritten } from './shared/origins.ts';

export const recomputeMethodWithSelective = defineRule({
  id: 'recompute-method-with-selective',
  group: 'recompute',
  severity: 'error',
  frameworks: ['megatron-lm'],
  reads: ['recompute.granularity'],
  mayRead: ['recompute.method', 'recompute.layers'],
  check({ job, sources, report }) {
    if (job['recompute.granularity'] !== 'selective') return;
    for (const field of ['recompute.method', 'recompute.layers'] as const) {
      if (!isWritten(sources, field)) continue;
      const name = field === 'recompute.method' ? 'a recompute method' : 'a number of recomputed layers';
      report({
        at: field,
        related: ['recompute.granularity'],
        what: `Selective recomputation takes no ${name.replace(/^a /, '')}`,
        why: 'it recomputes attention in every layer, so Megatron-LM refuses the argument',
        advice: 'take it out, or use full granularity',
        fixes: [removeFix(`Take ${name} out`, field, true)],
      });
    }
  },
});
