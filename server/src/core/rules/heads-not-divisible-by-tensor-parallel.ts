/** Tensor parallelism splits attention by whole heads. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { choices, divisors, leavesRemainder, neighbours } from './shared/numbers.ts';

export const headsNotDivisibleByTensorParallel = defineRule({
  id: 'heads-not-divisible-by-tensor-parallel',
  group: 'parallelism',
  severity: 'error',
  kinds: ['training', 'serving'],
  reads: ['model.heads', 'parallel.tensor'],
  check({ job, report }) {
    const heads = job['model.heads'];
    const tensor = job['parallel.tensor'];
    if (!leavesRemainder(heads, tensor)) return;
    const valid = divisors(heads);
    report({
      at: 'parallel.tensor',
      related: ['model.heads'],
      what: `${heads} attention heads cannot be split over TP ${tensor}`,
      why: 'each tensor-parallel rank takes the same whole number of heads, so the start-up check fails',
      advice: `use TP ${choices(valid, tensor)}`,
      fixes: setFixes('parallel.tensor', neighbours(valid, tensor), (value) => `Set TP to ${value}`),
    });
  },
});
