/** Each expert-parallel rank holds the same whole number of experts. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { choices, divisors, isCount, leavesRemainder, neighbours } from './shared/numbers.ts';
import { isLeftOut } from './shared/origins.ts';

export const expertsNotDivisibleByExpertParallel = defineRule({
  id: 'experts-not-divisible-by-expert-parallel',
  group: 'parallelism',
  severity: 'error',
  frameworks: ['megatron-lm'],
  reads: ['parallel.expert'],
  mayRead: ['model.experts'],
  check({ job, sources, report }) {
    const parallel = job['parallel.expert'];
    const experts = job['model.experts'];
    if (!isCount(parallel) || parallel === 1) return;
    if (!experts) {
      if (!isLeftOut(sources, 'model.experts')) return;
      report({
        at: 'parallel.expert',
        what: `EP ${parallel} is set but the model has no experts`,
        why: 'expert parallelism without a number of experts is refused',
        advice: 'give --num-experts, or leave EP at 1',
        fixes: setFixes('parallel.expert', [1], () => 'Set EP to 1'),
      });
      return;
    }
    if (!leavesRemainder(experts, parallel)) return;
    const valid = divisors(experts);
    report({
      at: 'parallel.expert',
      related: ['model.experts'],
      what: `${experts} experts cannot be shared out over EP ${parallel}`,
      why: 'every rank must hold the same whole number of experts',
      advice: `use EP ${choices(valid, parallel)}`,
      fixes: setFixes('parallel.expert', neighbours(valid, parallel), (value) => `Set EP to ${value}`),
    });
  },
});
