/** FP8 tensor cores came with compute capability 8.9 (Ada and Hopper). */
import { defineRule } from '../finding.ts';

const firstCapability = 8.9;

export const fp8UnsupportedByGpu = defineRule({
  id: 'fp8-unsupported-by-gpu',
  group: 'precision',
  severity: 'error',
  reads: ['precision.fp8'],
  mayRead: ['cluster.gpu'],
  check({ job, cluster, report }) {
    const capability = cluster?.accelerator.computeCapability;
    if (!job['precision.fp8'] || !cluster || capability === undefined || capability >= firstCapability) return;
    report({
      at: 'precision.fp8',
      related: ['cluster.gpu'],
      what: `${cluster.accelerator.label} cannot run FP8 (compute capability ${capability.toFixed(1)})`,
      why: 'Transformer Engine asks for 8.9 or higher before the first FP8 layer runs',
      advice: 'use bf16 on this GPU, or an Ada, Hopper or newer one',
    });
  },
});
