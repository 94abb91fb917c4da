/** The precision-aware optimizer is an Adam. */
import { defineRule } from '../finding.ts';
import { megatronCore, option } from './shared/megatron.ts';

export const precisionAwareWithOtherOptimizer = defineRule({
  id: 'precision-aware-with-other-optimizer',
  group: 'precision',
  severity: 'error',
  frameworks: megatronCore,
  reads: ['optimizer.precisionAware', 'optimizer.name'],
  check({ job, framework, report }) {
    if (!job['optimizer.precisionAware'] || job['optimizer.name'] === 'adam') return;
    report({
      at: 'optimizer.name',
      related: ['optimizer.precisionAware'],
      what: `The precision-aware optimizer is an Adam, not ${job['optimizer.name']}`,
      why: '"--use-precision-aware-optimizer only supported with adam"',
      advice: `set ${option(framework, 'optimizer')} to adam, or take ${option(framework, 'use-precision-aware-optimizer')} out`,
      fixes: [{ title: 'Take the precision-aware optimizer out', changes: [{ kind: 'remove', field: 'optimizer.precisionAware' }] }],
    });
  },
});
