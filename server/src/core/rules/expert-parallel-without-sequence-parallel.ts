/** Tokens routed to experts are split along the sequence when both TP and EP are in use. */
import { defineRule } from '../finding.ts';
import { onlyFix } from './shared/fixes.ts';
import { engineName, megatronCore } from './shared/megatron.ts';
import { isSpelt } from './shared/origins.ts';

export const expertParallelWithoutSequenceParallel = defineRule({
  id: 'expert-parallel-without-sequence-parallel',
  group: 'parallelism',
  severity: 'warning',
  frameworks: megatronCore,
  reads: ['parallel.expert', 'parallel.tensor', 'parallel.sequence'],
  check({ job, framework, sources, report }) {
    // The DeepSpeed fork spells EP differently and routes its tokens itself.
    if (!isSpelt(sources, 'parallel.expert', 'expert-model-parallel-size')) return;
    if (job['parallel.sequence'] || !(job['parallel.expert'] > 1) || !(job['parallel.tensor'] > 1)) return;
    report({
      at: 'parallel.expert',
      related: ['parallel.tensor', 'parallel.sequence'],
      what: `EP ${job['parallel.expert']} with TP ${job['parallel.tensor']} needs sequence parallelism for training`,
      why: `${engineName(framework)} only prints a Python warning at the start`,
      advice: 'switch sequence parallelism on',
      fixes: onlyFix('Switch sequence parallelism on', 'parallel.sequence', true),
    });
  },
});
