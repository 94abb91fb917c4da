/** The default share of GPU memory is not the same in every release. */
import { defineRule } from '../finding.ts';
import { onlyFix } from './shared/fixes.ts';
import { isLeftOut } from './shared/origins.ts';

export const memoryUtilizationLeftAtDefault = defineRule({
  id: 'memory-utilization-left-at-default',
  group: 'serving',
  severity: 'info',
  kinds: ['serving'],
  frameworks: ['vllm'],
  reads: ['serving.gpuMemoryUtilization'],
  mayRead: ['serving.kvCacheBytes', 'model.name', 'parallel.tensor'],
  check({ job, sources, report }) {
    if (!isLeftOut(sources, 'serving.gpuMemoryUtilization') || job['serving.kvCacheBytes'] !== undefined) return;
    report({
      at: 'serving.gpuMemoryUtilization',
      // Nothing is written that could be marked: the model's name stands for the launch.
      related: ['model.name', 'parallel.tensor'],
      what: `GPU memory utilization is left at vLLM's default, ${job['serving.gpuMemoryUtilization']}`,
      why: 'the default was 0.9 and is 0.92 in newer releases, so the same command gives another KV cache after an upgrade',
      advice: 'write the value to keep the KV cache the same',
      fixes: onlyFix(
        `Write --gpu-memory-utilization ${job['serving.gpuMemoryUtilization']}`,
        'serving.gpuMemoryUtilization',
        job['serving.gpuMemoryUtilization'],
      ),
    });
  },
});
