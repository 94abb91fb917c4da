/** Parameters can only be moved off the GPU when they are sharded. */
import { defineRule } from '../finding.ts';
import { isDeepSpeed } from './shared/deepspeed.ts';
import { removeFix, setFixes } from './shared/fixes.ts';

export const offloadParamWithoutStage3 = defineRule({
  id: 'offload-param-without-stage-3',
  group: 'sharding',
  severity: 'warning',
  frameworks: ['deepspeed', 'megatron-lm'],
  reads: ['zero.offloadParam', 'zero.stage'],
  mayRead: ['zero.implementation'],
  check({ job, framework, report }) {
    if (!isDeepSpeed(framework, job['zero.implementation'])) return;
    if (job['zero.offloadParam'] === 'none' || job['zero.stage'] === 3) return;
    report({
      at: 'zero.offloadParam',
      related: ['zero.stage'],
      what: `Parameter offload has no effect with ZeRO stage ${job['zero.stage']}`,
      why: 'DeepSpeed reads offload_param only in stage 3, so the parameters stay on the GPU in silence',
      advice: 'use ZeRO stage 3, or take offload_param out',
      fixes: [
        ...setFixes('zero.stage', [3], () => 'Set the ZeRO stage to 3 (more communication)'),
        removeFix('Take offload_param out', 'zero.offloadParam'),
      ],
    });
  },
});
