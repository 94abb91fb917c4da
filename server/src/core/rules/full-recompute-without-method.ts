/** Full recomputation has two ways of choosing layers and neither is the default. */

import type { Fix } from '../finding.ts';
import { defineRule } from '../finding.ts';
import { isLeftOut, isSpelt } from './shared/origins.ts';

export const fullRecomputeWithoutMethod = defineRule({
  id: 'full-recompute-without-method',
  group: 'recompute',
  severity: 'error',
  frameworks: ['megatron-lm'],
  reads: ['recompute.granularity'],
  mayRead: ['recompute.method', 'recompute.layers'],
  check({ job, sources, report }) {
    // Older flags that also mean full recomputation bring their own defaults.
    if (job['recompute.granularity'] !== 'full' || !isSpelt(sources, 'recompute.granularity', 'recompute-granularity')) return;
    const method = isLeftOut(sources, 'recompute.method');
    // Early releases and the DeepSpeed fork have a default for the number of layers.
    const layers = isLeftOut(sources, 'recompute.layers') && sources['recompute.layers']?.kind !== 'default';
    if (!method && !layers) return;
    const missing = method && layers ? 'a method and a number of layers' : method ? 'a method' : 'a number of layers';
    const fix: Fix = {
      title: 'Recompute every layer one by one (the results stay the same)',
      preferred: true,
      changes: [
        ...(method ? [{ kind: 'set', field: 'recompute.method', value: 'uniform' } as const] : []),
        ...(layers ? [{ kind: 'set', field: 'recompute.layers', value: 1 } as const] : []),
      ],
    };
    report({
      at: 'recompute.granularity',
      related: method ? ['recompute.layers'] : ['recompute.method'],
      what: `Full recomputation is set without ${missing}`,
      why: 'Megatron-LM has no default for --recompute-method and --recompute-num-layers and stops',
      advice: 'add --recompute-method uniform or block, and --recompute-num-layers',
      fixes: [fix],
    });
  },
});
