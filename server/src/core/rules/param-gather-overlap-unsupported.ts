/** Gathering parameters beside computation needs them sharded, and gradients reduced the same way. */
import { defineRule } from '../finding.ts';
import { onlyFix, removeFix } from './shared/fixes.ts';

export const paramGatherOverlapUnsupported = defineRule({
  id: 'param-gather-overlap-unsupported',
  group: 'communication',
  severity: 'error',
  frameworks: ['megatron-lm'],
  reads: ['overlap.paramGather'],
  mayRead: ['overlap.gradReduce', 'zero.stage', 'zero.implementation', 'optimizer.name'],
  check({ job, report }) {
    if (!job['overlap.paramGather']) return;
    const sharded = job['zero.stage'] !== 0 || job['zero.implementation'] !== undefined || (job['optimizer.name'] ?? '').includes('muon');
    if (!sharded) {
      report({
        at: 'overlap.paramGather',
        related: ['zero.stage'],
        what: 'Parameter gathers are to be overlapped, but parameters are not sharded',
        why: '--overlap-param-gather works with the distributed optimizer or Megatron FSDP only',
        advice: 'add --use-distributed-optimizer, or take the overlap out',
        fixes: [removeFix('Take --overlap-param-gather out', 'overlap.paramGather', true)],
      });
    }
    if (job['overlap.gradReduce'] === false) {
      report({
        at: 'overlap.paramGather',
        related: ['overlap.gradReduce'],
        what: 'Overlapped parameter gathers need overlapped gradient reduction',
        why: 'Megatron-LM refuses --overlap-param-gather without --overlap-grad-reduce',
        advice: 'add --overlap-grad-reduce',
        fixes: onlyFix('Add --overlap-grad-reduce', 'overlap.gradReduce', true),
      });
    }
  },
});
