/** Full recomputation has two ways of choosing layers and neither is the default. */

import type { Fix } from '../finding.ts';
import { defineRule } from '../finding.ts';
import { isThere } from './shared/keys.ts';
import { engineName, option } from './shared/megatron.ts';
import { isLeftOut, isSpelt } from './shared/origins.ts';

/** Megatron's own name and that of NeMo 1. */
const named = ['recompute-granularity', 'activations-checkpoint-granularity'];

export const fullRecomputeWithoutMethod = defineRule({
  id: 'full-recompute-without-method',
  group: 'recompute',
  severity: 'error',
  // LLaMA-Factory's own adapter recomputes every layer where nothing more is said.
  frameworks: ['megatron-lm', 'nemo', 'nemo2', 'megatron-bridge', 'verl'],
  reads: ['recompute.granularity'],
  mayRead: ['recompute.method', 'recompute.layers'],
  check({ job, framework, keys, sources, report }) {
    // Primus names the layers one by one.
    if (isThere(keys, 'megatron-lm/recompute-layer-ids')) return;
    // Older flags that also mean full recomputation bring their own defaults.
    if (job['recompute.granularity'] !== 'full' || !named.some((name) => isSpelt(sources, 'recompute.granularity', name))) return;
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
      why: `${engineName(framework)} has no default for ${option(framework, 'recompute-method')} and ${option(framework, 'recompute-num-layers')} and stops`,
      advice: `add ${option(framework, 'recompute-method')} uniform or block, and ${option(framework, 'recompute-num-layers')}`,
      fixes: [fix],
    });
  },
});
