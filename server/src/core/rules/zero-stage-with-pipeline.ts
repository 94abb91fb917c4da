/** DeepSpeed's pipeline engine accumulates gradients of many micro batches, which ZeRO 2 would scatter each time. */
import { defineRule } from '../finding.ts';
import { onlyFix } from './shared/fixes.ts';

export const zeroStageWithPipeline = defineRule({
  id: 'zero-stage-with-pipeline',
  group: 'sharding',
  severity: 'error',
  frameworks: ['deepspeed', 'megatron-lm'],
  reads: ['zero.stage', 'parallel.pipeline', 'zero.implementation'],
  check({ job, report }) {
    if (job['zero.implementation'] !== 'deepspeed' || job['zero.stage'] < 2 || !(job['parallel.pipeline'] > 1)) return;
    report({
      at: 'zero.stage',
      related: ['parallel.pipeline'],
      what: `ZeRO stage ${job['zero.stage']} does not work with PP ${job['parallel.pipeline']}`,
      why: "DeepSpeed's pipeline engine refuses to shard gradients or parameters",
      advice: 'use ZeRO stage 1, or leave pipeline parallelism out',
      fixes: onlyFix('Set the ZeRO stage to 1 (needs more memory per GPU)', 'zero.stage', 1),
    });
  },
});
