/** Attention that is data parallel shares TP out between its groups. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { isOn, numberIn } from './shared/keys.ts';
import { choices, divisors, isCount, leavesRemainder, neighbours } from './shared/numbers.ts';
import { spellingOf } from './shared/serving.ts';

const groups = [
  'sglang/attn-dp-size',
  'sglang/attention-data-parallel-size',
  'sglang/dp-size',
  'sglang/data-parallel-size',
  'sglang/dp',
] as const;
const attention = 'sglang/enable-dp-attention';

export const attentionGroupsDoNotDivideTensorParallel = defineRule({
  id: 'attention-groups-do-not-divide-tensor-parallel',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['sglang'],
  anyKey: [attention, groups[0], groups[1]],
  reads: ['parallel.tensor'],
  check({ job, keys, report }) {
    const tensor = job['parallel.tensor'];
    const at = spellingOf(keys, groups);
    const number = at && numberIn(keys, at);
    const asked = isOn(keys, attention) || at === groups[0] || at === groups[1];
    if (at === undefined || !asked || !isCount(number) || !leavesRemainder(tensor, number)) return;
    const valid = divisors(tensor);
    report({
      at,
      related: ['parallel.tensor', attention],
      what: `TP ${tensor} cannot be shared out between ${number} groups of attention`,
      why: 'SGLang asserts tp_size % dp_size == 0, without a message',
      advice: `use ${choices(valid, number)} groups`,
      fixes: setFixes(at, neighbours(valid, number), (value) => `Use ${value} groups`),
    });
  },
});
