/** Experts are spread over the ranks that TP has. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { choices, divisors, isCount, neighbours } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

export const expertParallelWiderThanTensorParallel = defineRule({
  id: 'expert-parallel-wider-than-tensor-parallel',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['sglang', 'tensorrt-llm'],
  reads: ['parallel.expert', 'parallel.tensor'],
  check({ job, framework, sources, report }) {
    const { 'parallel.expert': expert, 'parallel.tensor': tensor } = job;
    if (!isCount(expert) || !isCount(tensor) || !isWritten(sources, 'parallel.expert')) return;
    if (expert <= tensor && tensor % expert === 0) return;
    const valid = divisors(tensor);
    report({
      at: 'parallel.expert',
      related: ['parallel.tensor'],
      severity: framework === 'sglang' && expert < tensor ? 'warning' : 'error',
      what:
        expert > tensor
          ? `EP ${expert} is wider than TP ${tensor}, over whose ranks the experts are spread`
          : `EP ${expert} does not divide TP ${tensor}`,
      why:
        framework === 'sglang'
          ? '"ep_size * moe_dp_size must be less than or equal to tp_size"'
          : '"tp_size must equal to moe_tp_size * moe_ep_size"',
      advice: `use EP ${choices(valid, expert)}`,
      fixes: setFixes('parallel.expert', neighbours(valid, expert), (value) => `Set EP to ${value}`),
    });
  },
});
