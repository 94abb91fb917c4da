/** Megatron-LM's CPU optimizer is built on the precision-aware one. */
import { defineRule } from '../finding.ts';
import { onlyFix } from './shared/fixes.ts';
import { isSpelt } from './shared/origins.ts';

export const optimizerOffloadWithoutPrecisionAware = defineRule({
  id: 'optimizer-offload-without-precision-aware',
  group: 'memory',
  severity: 'error',
  frameworks: ['megatron-lm'],
  reads: ['optimizer.cpuOffload', 'optimizer.precisionAware'],
  check({ job, sources, report }) {
    // Megatron-DeepSpeed's --cpu-optimizer is another thing.
    if (
      !job['optimizer.cpuOffload'] ||
      job['optimizer.precisionAware'] ||
      !isSpelt(sources, 'optimizer.cpuOffload', 'optimizer-cpu-offload')
    )
      return;
    report({
      at: 'optimizer.cpuOffload',
      related: ['optimizer.precisionAware'],
      what: 'Optimizer offload to the CPU needs the precision-aware optimizer',
      why: 'the hybrid CPU and GPU optimizer uses its code, so Megatron-LM asks for both flags',
      advice: 'add --use-precision-aware-optimizer',
      fixes: onlyFix('Add --use-precision-aware-optimizer', 'optimizer.precisionAware', true),
    });
  },
});
