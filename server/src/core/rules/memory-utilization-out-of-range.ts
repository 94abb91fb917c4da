/** The share of GPU memory a server may use lies above 0 and at most at 1. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';

export const memoryUtilizationOutOfRange = defineRule({
  id: 'memory-utilization-out-of-range',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  reads: ['serving.gpuMemoryUtilization'],
  check({ job, report }) {
    const share = job['serving.gpuMemoryUtilization'];
    if (share > 0 && share <= 1) return;
    report({
      at: 'serving.gpuMemoryUtilization',
      what: `GPU memory utilization ${share} is no share between 0 and 1`,
      why: 'vLLM refuses values of 0 and below or above 1',
      advice: share > 1 && share <= 100 ? `for ${share} % write ${share / 100}` : 'use a value such as 0.9',
      fixes: share > 1 && share <= 100 ? setFixes('serving.gpuMemoryUtilization', [share / 100], (value) => `Set it to ${value}`) : [],
    });
  },
});
