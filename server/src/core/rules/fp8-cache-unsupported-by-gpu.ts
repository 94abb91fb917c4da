/** Attention kernels read e4m3 numbers with instructions that came with Ada and Hopper. */
import { defineRule } from '../finding.ts';
import { textIn } from './shared/keys.ts';
import { isWritten } from './shared/origins.ts';
import { sm } from './shared/serving.ts';

const firstCapability = 8.9;

export const fp8CacheUnsupportedByGpu = defineRule({
  id: 'fp8-cache-unsupported-by-gpu',
  group: 'serving',
  severity: 'warning',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang'],
  reads: ['serving.kvCacheDtype', 'cluster.gpu'],
  check({ job, framework, keys, sources, cluster, report }) {
    const capability = cluster?.accelerator.computeCapability;
    if (job['serving.kvCacheDtype'] !== 'fp8' || !isWritten(sources, 'serving.kvCacheDtype')) return;
    if (!cluster || capability === undefined || capability >= firstCapability) return;
    // The other 8-bit format is one that Ampere's kernels read.
    if (/e5m2/.test(textIn(keys, `${framework}/kv-cache-dtype`) ?? '')) return;
    report({
      at: 'serving.kvCacheDtype',
      related: ['cluster.gpu'],
      what: `${cluster.accelerator.label} (${sm(capability)}) has no FP8 for the KV cache`,
      why: 'Triton kernels stop with "type fp8e4nv not supported in this architecture"; others read it slowly',
      advice: framework === 'sglang' ? 'use fp8_e5m2, or leave the cache in 16 bits' : 'leave the cache in 16 bits, or use fp8_e5m2',
      fixes: [{ title: 'Keep the cache in 16 bits', changes: [{ kind: 'remove', field: 'serving.kvCacheDtype' }] }],
    });
  },
});
