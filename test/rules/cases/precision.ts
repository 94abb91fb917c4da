import { clusterOf } from '../support.ts';
import { missing, type RuleCases } from './case.ts';

export const precision: Readonly<Record<string, RuleCases>> = {
  'fp16-and-bf16-together': {
    flagged: [
      {
        framework: 'deepspeed',
        job: { 'precision.fp16': true, 'precision.bf16': true },
        at: 'precision.fp16',
        severity: 'error',
        says: 'both on',
        fixes: ['precision.fp16=false', 'precision.bf16=false'],
      },
      {
        job: { 'precision.fp16': true, 'precision.bf16': true },
        at: 'precision.fp16',
        severity: 'error',
        says: 'both on',
        fixes: ['-precision.fp16', '-precision.bf16'],
      },
    ],
    clean: [{ job: { 'precision.fp16': false, 'precision.bf16': true } }],
  },
  'max-grad-norm-in-optimizer': {
    flagged: [
      {
        job: { 'optimizer.maxGradNorm': 1 },
        at: 'optimizer.maxGradNorm',
        severity: 'error',
        says: 'no parameter of the optimizer',
        fixes: ['-optimizer.maxGradNorm'],
      },
    ],
    clean: [{ job: {} }],
  },
  'bf16-unsupported-by-gpu': {
    flagged: [
      {
        framework: 'vllm',
        job: { 'precision.compute': 'bf16' },
        cluster: clusterOf(7),
        at: 'precision.compute',
        severity: 'error',
        says: 'Test GPU has no bf16 arithmetic (compute capability 7.0)',
      },
      { job: { 'precision.compute': 'bf16' }, cluster: clusterOf(7.5), at: 'precision.compute', severity: 'warning', says: 'no bf16' },
    ],
    clean: [
      { job: { 'precision.compute': 'bf16' }, cluster: clusterOf(8) },
      { job: { 'precision.compute': 'bf16' } },
      { job: { 'precision.compute': 'bf16' }, cluster: clusterOf(7), sources: { 'precision.compute': missing } },
    ],
  },
  'fp8-unsupported-by-gpu': {
    flagged: [{ job: { 'precision.fp8': true }, cluster: clusterOf(8), at: 'precision.fp8', severity: 'error', says: 'cannot run FP8' }],
    clean: [{ job: { 'precision.fp8': true }, cluster: clusterOf(8.9) }, { job: { 'precision.fp8': true } }],
  },
  'flash-attention-unsupported-by-gpu': {
    flagged: [
      {
        job: { 'attention.kernel': 'flash' },
        cluster: clusterOf(7.5),
        at: 'attention.kernel',
        severity: 'error',
        says: 'does not run on Test GPU',
      },
    ],
    clean: [
      { job: { 'attention.kernel': 'flash' }, cluster: clusterOf(8) },
      { job: { 'attention.kernel': 'unfused' }, cluster: clusterOf(7) },
    ],
  },
};
