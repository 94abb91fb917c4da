/** A KV cache of a fixed size must fit beside the weights. */
import { defineRule } from '../finding.ts';
import { onlyFix } from './shared/fixes.ts';
import { gib } from './shared/format.ts';
import { high, low } from './shared/memory.ts';

const mebibyte = 2 ** 20;

export const kvCacheOverCapacity = defineRule({
  id: 'kv-cache-over-capacity',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  reads: ['serving.kvCacheBytes'],
  mayRead: ['parallel.tensor'],
  needsEstimate: true,
  check({ job, estimate, report }) {
    if (estimate?.kind !== 'serving') return;
    const cache = job['serving.kvCacheBytes'];
    const { weights, overhead, usable } = estimate.memory;
    const leftAtLeast = usable.value - high(weights) - high(overhead);
    if (!(cache > leftAtLeast)) return;
    const severity = cache > usable.value - low(weights) - low(overhead) ? 'error' : 'warning';
    const fitting = Math.floor(leftAtLeast / mebibyte) * mebibyte;
    report({
      at: 'serving.kvCacheBytes',
      related: ['parallel.tensor'],
      severity,
      what: `A KV cache of ${gib(cache)} ${severity === 'error' ? 'does not' : 'may not'} fit beside ${gib(weights.value)} of weights and ${gib(overhead.value)} of overhead`,
      why: `the GPU offers ${gib(usable.value)}, and a cache of fixed size is allocated without looking at what is free`,
      advice: fitting > 0 ? `use ${gib(fitting)} or less` : 'raise TP: the weights alone fill the GPU',
      fixes: fitting > 0 ? onlyFix(`Set the KV cache to ${gib(fitting)}`, 'serving.kvCacheBytes', fitting) : [],
    });
  },
});
