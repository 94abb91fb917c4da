/** Two ways of spreading saved activations over the tensor-parallel group exclude each other. */
import { defineRule } from '../finding.ts';
import { removeFix } from './shared/fixes.ts';
import { engineName, megatronCore, option } from './shared/megatron.ts';

export const savedActivationsDistributedWithSequenceParallel = defineRule({
  id: 'saved-activations-distributed-with-sequence-parallel',
  group: 'recompute',
  severity: 'error',
  frameworks: megatronCore,
  reads: ['recompute.distributeSaved', 'parallel.sequence', 'parallel.tensor'],
  mayRead: ['recompute.granularity'],
  check({ job, framework, report }) {
    const flag = option(framework, 'distribute-saved-activations');
    // Megatron Core looks at it only where something is recomputed.
    if (framework === 'megatron-core' && (job['recompute.granularity'] ?? 'none') === 'none') return;
    if (!job['recompute.distributeSaved'] || !job['parallel.sequence'] || !(job['parallel.tensor'] > 1)) return;
    report({
      at: 'recompute.distributeSaved',
      related: ['parallel.sequence'],
      what: 'Saved activations are already split by sequence parallelism',
      why: `${engineName(framework)} refuses ${flag} together with ${option(framework, 'sequence-parallel')}`,
      advice: `take ${flag} out: sequence parallelism saves the same memory`,
      fixes: [removeFix(`Take ${flag} out`, 'recompute.distributeSaved', true)],
    });
  },
});
