/** Two ways of spreading saved activations over the tensor-parallel group exclude each other. */
import { defineRule } from '../finding.ts';
import { removeFix } from './shared/fixes.ts';

export const savedActivationsDistributedWithSequenceParallel = defineRule({
  id: 'saved-activations-distributed-with-sequence-parallel',
  group: 'recompute',
  severity: 'error',
  frameworks: ['megatron-lm'],
  reads: ['recompute.distributeSaved', 'parallel.sequence', 'parallel.tensor'],
  check({ job, report }) {
    if (!job['recompute.distributeSaved'] || !job['parallel.sequence'] || !(job['parallel.tensor'] > 1)) return;
    report({
      at: 'recompute.distributeSaved',
      related: ['parallel.sequence'],
      what: 'Saved activations are already split by sequence parallelism',
      why: 'Megatron-LM refuses --distribute-saved-activations together with --sequence-parallel',
      advice: 'take --distribute-saved-activations out: sequence parallelism saves the same memory',
      fixes: [removeFix('Take --distribute-saved-activations out', 'recompute.distributeSaved', true)],
    });
  },
});
