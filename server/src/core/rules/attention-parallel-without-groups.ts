/** The switch for data-parallel attention does nothing without a number of groups. */
import { defineRule } from '../finding.ts';
import { isOn, isThere, numberIn } from './shared/keys.ts';
import { spellingOf } from './shared/serving.ts';

const attention = 'sglang/enable-dp-attention';
const groups = ['sglang/dp-size', 'sglang/data-parallel-size', 'sglang/dp'] as const;

export const attentionParallelWithoutGroups = defineRule({
  id: 'attention-parallel-without-groups',
  group: 'serving',
  severity: 'warning',
  kinds: ['serving'],
  frameworks: ['sglang'],
  anyKey: [attention],
  reads: ['parallel.tensor'],
  mayRead: ['serving.attentionDataParallel'],
  check({ job, keys, report }) {
    const at = spellingOf(keys, groups);
    if (!isOn(keys, attention) || isThere(keys, 'sglang/attn-dp-size') || !(job['parallel.tensor'] > 1)) return;
    // Early releases took every rank of TP for a group.
    if ((job['serving.attentionDataParallel'] ?? 1) > 1) return;
    if (at !== undefined && numberIn(keys, at) !== 1) return;
    report({
      at: attention,
      related: ['parallel.tensor'],
      what: 'Data-parallel attention is switched on for one group',
      why: '"Please set a dp-size > 1. You can use 1 < dp-size <= tp-size"; newer releases turn the switch off without a word',
      advice: `add --dp-size, usually TP ${job['parallel.tensor']}`,
    });
  },
});
