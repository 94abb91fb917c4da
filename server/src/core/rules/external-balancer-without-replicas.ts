/** Balancing requests between data-parallel ranks needs several. */
import { defineRule, type KeyName } from '../finding.ts';
import { isOn } from './shared/keys.ts';

const switches: readonly KeyName[] = ['vllm/data-parallel-external-lb', 'vllm/data-parallel-hybrid-lb'];

export const externalBalancerWithoutReplicas = defineRule({
  id: 'external-balancer-without-replicas',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: switches,
  reads: ['serving.dataParallel'],
  check({ job, keys, report }) {
    const at = switches.find((name) => isOn(keys, name));
    if (at === undefined || job['serving.dataParallel'] !== 1) return;
    const isExternal = at === switches[0];
    report({
      at,
      related: ['serving.dataParallel'],
      severity: isExternal ? 'error' : 'warning',
      what: 'Requests are to be balanced between data-parallel ranks, but DP is 1',
      why: isExternal
        ? '"data_parallel_external_lb can only be set when data_parallel_size > 1"'
        : 'there is one rank, which gets every request',
      advice: 'set --data-parallel-size, or leave the balancer out',
      fixes: [{ title: 'Remove the balancer', changes: [{ kind: 'remove', field: at }], preferred: true }],
    });
  },
});
