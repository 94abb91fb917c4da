/** Keeping a share of the optimizer states on the GPU is a ZeRO-3 feature. */
import { defineRule } from '../finding.ts';
import { isDeepSpeed } from './shared/deepspeed.ts';
import { setFixes } from './shared/fixes.ts';

export const partialOffloadWithoutStage3 = defineRule({
  id: 'partial-offload-without-stage-3',
  group: 'sharding',
  severity: 'error',
  frameworks: ['deepspeed', 'megatron-lm'],
  reads: ['zero.offloadOptimizerRatio', 'zero.stage'],
  mayRead: ['zero.implementation'],
  check({ job, framework, report }) {
    if (!isDeepSpeed(framework, job['zero.implementation'])) return;
    if (!(job['zero.offloadOptimizerRatio'] < 1) || job['zero.stage'] === 3) return;
    report({
      at: 'zero.offloadOptimizerRatio',
      related: ['zero.stage'],
      what: `Offloading part of the optimizer (${job['zero.offloadOptimizerRatio']}) needs ZeRO stage 3`,
      why: 'DeepSpeed checks it when it reads the configuration and stops',
      advice: 'set the ratio to 1, or use stage 3',
      fixes: [
        ...setFixes('zero.offloadOptimizerRatio', [1], () => 'Offload the whole optimizer'),
        ...setFixes('zero.stage', [3], () => 'Set the ZeRO stage to 3 (more communication)'),
      ],
    });
  },
});
