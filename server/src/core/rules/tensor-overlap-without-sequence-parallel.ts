/** Overlapping tensor-parallel traffic with GEMMs relies on the split that sequence parallelism makes. */
import { defineRule } from '../finding.ts';
import { onlyFix, removeFix } from './shared/fixes.ts';

export const tensorOverlapWithoutSequenceParallel = defineRule({
  id: 'tensor-overlap-without-sequence-parallel',
  group: 'communication',
  severity: 'error',
  frameworks: ['megatron-lm'],
  reads: ['parallel.tpCommOverlap', 'parallel.sequence', 'parallel.tensor'],
  check({ job, report }) {
    const tensor = job['parallel.tensor'];
    // With TP 1 Megatron-LM switches sequence parallelism off first, so the flag does not save it there.
    if (!job['parallel.tpCommOverlap'] || (job['parallel.sequence'] && tensor > 1)) return;
    report({
      at: 'parallel.tpCommOverlap',
      related: ['parallel.sequence', 'parallel.tensor'],
      what: 'Tensor-parallel overlap is on without sequence parallelism',
      why: 'the overlapped kernels work on pieces of the sequence, so the start-up check fails',
      advice: tensor > 1 ? 'switch sequence parallelism on as well' : 'take the overlap out: there is no tensor parallelism to overlap',
      fixes:
        tensor > 1
          ? onlyFix('Switch sequence parallelism on', 'parallel.sequence', true)
          : [removeFix('Take the overlap out', 'parallel.tpCommOverlap', true)],
    });
  },
});
