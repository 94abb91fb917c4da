/** Sequence parallelism reuses the tensor-parallel group; with TP 1 there is nothing to split over. */
import { defineRule } from '../finding.ts';
import { removeFix } from './shared/fixes.ts';

export const sequenceParallelWithoutTensorParallel = defineRule({
  id: 'sequence-parallel-without-tensor-parallel',
  group: 'parallelism',
  severity: 'warning',
  // verl switches it on by default and off with TP 1.
  frameworks: ['megatron-lm', 'nemo', 'nemo2', 'megatron-bridge', 'nemo-rl', 'llama-factory'],
  reads: ['parallel.sequence', 'parallel.tensor'],
  check({ job, framework, report }) {
    if (!job['parallel.sequence'] || job['parallel.tensor'] !== 1) return;
    report({
      at: 'parallel.sequence',
      related: ['parallel.tensor'],
      what: 'Sequence parallelism has no effect with TP 1',
      why:
        framework === 'megatron-core'
          ? 'NeMo and Megatron-Bridge switch it off; Megatron Core itself: "Cannot use sequence parallelism without tensor parallelism"'
          : 'Megatron-LM switches it off with a warning on one rank; code that builds the core configuration itself is refused',
      advice: 'take the flag out, or raise TP',
      fixes: [removeFix('Take sequence parallelism out', 'parallel.sequence', true)],
    });
  },
});
