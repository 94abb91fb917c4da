/** What is sent in fewer bits is what TP sends. */
import { defineRule } from '../finding.ts';
import { isOn } from './shared/keys.ts';

const key = 'sglang/enable-quant-communications';

export const quantizedCommunicationWithoutTensorParallel = defineRule({
  id: 'quantized-communication-without-tensor-parallel',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['sglang'],
  anyKey: [key],
  reads: ['parallel.tensor'],
  check({ job, keys, report }) {
    if (!isOn(keys, key) || job['parallel.tensor'] !== 1) return;
    report({
      at: key,
      related: ['parallel.tensor'],
      what: 'Communication is to be quantized, but TP is 1',
      why: '"Communications quantization is only used with tp_size != 1"',
      advice: 'raise TP, or leave the switch out',
      fixes: [{ title: 'Remove the switch', changes: [{ kind: 'remove', field: key }], preferred: true }],
    });
  },
});
