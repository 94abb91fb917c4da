/** Copies of experts are placed by the balancer. */
import { defineRule } from '../finding.ts';
import { isOn, isThere, numberIn } from './shared/keys.ts';
import { isBefore, spellingOf } from './shared/serving.ts';

const spellings = ['vllm/eplb-config.num_redundant_experts', 'vllm/num-redundant-experts'] as const;

export const redundantExpertsWithoutEplb = defineRule({
  id: 'redundant-experts-without-eplb',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: spellings,
  reads: [],
  mayRead: ['serving.engineVersion'],
  check({ job, keys, report }) {
    const at = spellingOf(keys, spellings);
    const copies = at && numberIn(keys, at);
    if (at === undefined || copies === undefined || copies === 0 || isBefore(job['serving.engineVersion'], '0.10')) return;
    if (isOn(keys, 'vllm/enable-eplb') || (keys['vllm/enable-eplb']?.value === undefined && isThere(keys, 'vllm/enable-eplb'))) return;
    report({
      at,
      what: `${copies} redundant experts are asked for, but nothing balances experts`,
      why: '"num_redundant_experts is set to {} but EPLB is not enabled."',
      advice: 'add --enable-eplb, or leave the redundant experts out',
    });
  },
});
