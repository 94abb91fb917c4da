/** FlashAttention 2 needs compute capability 8.0 (Ampere). */
import { defineRule } from '../finding.ts';
import { isWritten } from './shared/origins.ts';

const firstCapability = 8;

export const flashAttentionUnsupportedByGpu = defineRule({
  id: 'flash-attention-unsupported-by-gpu',
  group: 'precision',
  severity: 'error',
  reads: ['attention.kernel'],
  mayRead: ['cluster.gpu'],
  check({ job, sources, cluster, report }) {
    const capability = cluster?.accelerator.computeCapability;
    if (job['attention.kernel'] !== 'flash' || !isWritten(sources, 'attention.kernel')) return;
    if (!cluster || capability === undefined || capability >= firstCapability) return;
    report({
      at: 'attention.kernel',
      related: ['cluster.gpu'],
      what: `FlashAttention 2 does not run on ${cluster.accelerator.label} (compute capability ${capability.toFixed(1)})`,
      why: 'its kernels are written for Ampere and newer',
      advice: 'leave it out on this GPU: attention then runs unfused and keeps its scores in memory',
    });
  },
});
