/** Selective recomputation picks operations, not layers: there is no method to choose. */
import { defineRule } from '../finding.ts';
import { removeFix } from './shared/fixes.ts';
import { engineName, megatronCore } from './shared/megatron.ts';
import { isWritten } from './shared/origins.ts';

export const recomputeMethodWithSelective = defineRule({
  id: 'recompute-method-with-selective',
  group: 'recompute',
  severity: 'error',
  frameworks: megatronCore,
  reads: ['recompute.granularity'],
  mayRead: ['recompute.method', 'recompute.layers'],
  check({ job, framework, sources, report }) {
    if (job['recompute.granularity'] !== 'selective') return;
    // Only the launcher of Megatron-LM minds the method.
    const refused = framework === 'megatron-lm' ? (['recompute.method', 'recompute.layers'] as const) : (['recompute.layers'] as const);
    for (const field of refused) {
      if (!isWritten(sources, field)) continue;
      const name = field === 'recompute.method' ? 'a recompute method' : 'a number of recomputed layers';
      report({
        at: field,
        related: ['recompute.granularity'],
        what: `Selective recomputation takes no ${name.replace(/^a /, '')}`,
        why: `it recomputes attention in every layer, so ${engineName(framework)} refuses the argument`,
        advice: 'take it out, or use full granularity',
        fixes: [removeFix(`Take ${name} out`, field, true)],
      });
    }
  },
});
