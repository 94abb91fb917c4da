/** The head can be data parallel only after attention that is. */
import { defineRule } from '../finding.ts';
import { isOn, isThere } from './shared/keys.ts';

const head = 'sglang/enable-dp-lm-head';

export const headParallelWithoutAttentionParallel = defineRule({
  id: 'head-parallel-without-attention-parallel',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['sglang'],
  anyKey: [head],
  reads: [],
  check({ keys, report }) {
    if (!isOn(keys, head) || isThere(keys, 'sglang/enable-dp-attention') || isThere(keys, 'sglang/attn-dp-size')) return;
    report({
      at: head,
      what: 'The head is data parallel, attention is not',
      why: '"Please enable dp attention when setting enable_dp_lm_head."; with dp_size 1 newer releases drop the switch instead',
      advice: 'add --enable-dp-attention with --dp-size, or leave --enable-dp-lm-head out',
      fixes: [{ title: 'Remove the switch', changes: [{ kind: 'remove', field: head }] }],
    });
  },
});
