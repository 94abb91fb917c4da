/** bf16 arithmetic came with compute capability 8.0 (Ampere). */
import { defineRule } from '../finding.ts';
import { isWritten } from './shared/origins.ts';

const firstCapability = 8;

export const bf16UnsupportedByGpu = defineRule({
  id: 'bf16-unsupported-by-gpu',
  group: 'precision',
  severity: 'error',
  kinds: ['training', 'serving'],
  reads: ['precision.compute'],
  mayRead: ['cluster.gpu'],
  check({ job, framework, sources, cluster, report }) {
    const capability = cluster?.accelerator.computeCapability;
    // A format taken from the model is replaced by vLLM; only one that is asked for is refused.
    if (job['precision.compute'] !== 'bf16' || !isWritten(sources, 'precision.compute')) return;
    if (!cluster || capability === undefined || capability >= firstCapability) return;
    report({
      at: 'precision.compute',
      related: ['cluster.gpu'],
      severity: framework === 'vllm' ? 'error' : 'warning',
      what: `${cluster.accelerator.label} has no bf16 arithmetic (compute capability ${capability.toFixed(1)})`,
      why: framework === 'vllm' ? 'vLLM refuses bfloat16 below 8.0' : 'it is emulated at a fraction of the speed, or refused',
      advice: 'use fp16 on this GPU',
    });
  },
});
