/** The cache on the host extends the prefix cache. */
import { defineRule } from '../finding.ts';
import { isOn } from './shared/keys.ts';

const hierarchical = 'sglang/enable-hierarchical-cache';
const off = 'sglang/disable-radix-cache';

export const hierarchicalCacheWithoutRadix = defineRule({
  id: 'hierarchical-cache-without-radix',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['sglang'],
  anyKey: [hierarchical],
  reads: [],
  check({ keys, report }) {
    if (!isOn(keys, hierarchical) || !isOn(keys, off)) return;
    report({
      at: off,
      related: [hierarchical],
      what: 'A cache on the host has nothing to extend with the prefix cache off',
      why: '"The arguments enable-hierarchical-cache and disable-radix-cache are mutually exclusive"',
      advice: 'leave one of the two out',
      fixes: [
        { title: 'Keep the prefix cache', changes: [{ kind: 'remove', field: off }], preferred: true },
        { title: 'Keep no cache on the host', changes: [{ kind: 'remove', field: hierarchical }] },
      ],
    });
  },
});
