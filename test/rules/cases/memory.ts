import { servingEstimate, trainingEstimate, writtenAs } from '../support.ts';
import { cpuOffload, type RuleCases } from './case.ts';

export const memory: Readonly<Record<string, RuleCases>> = {
  'optimizer-offload-without-precision-aware': {
    flagged: [
      {
        job: { 'optimizer.cpuOffload': true, 'optimizer.precisionAware': false },
        sources: cpuOffload,
        at: 'optimizer.cpuOffload',
        severity: 'error',
        says: 'precision-aware',
        fixes: ['optimizer.precisionAware=true'],
      },
    ],
    clean: [
      { job: { 'optimizer.cpuOffload': true, 'optimizer.precisionAware': true }, sources: cpuOffload },
      {
        job: { 'optimizer.cpuOffload': true, 'optimizer.precisionAware': false },
        sources: { 'optimizer.cpuOffload': writtenAs('--cpu-optimizer') },
      },
    ],
  },
  'vocabulary-padded': {
    flagged: [
      {
        job: { 'model.vocab': 50257, 'model.vocabDivisor': 128, 'parallel.tensor': 8 },
        at: 'model.vocab',
        severity: 'info',
        says: 'from 50257 to 51200',
      },
    ],
    clean: [{ job: { 'model.vocab': 51200, 'model.vocabDivisor': 128, 'parallel.tensor': 8 } }],
  },
  'memory-over-capacity': {
    flagged: [
      {
        job: { 'parallel.tensor': 1, 'batch.micro': 4 },
        estimate: trainingEstimate({ device: 100 * 2 ** 30, usable: 79 * 2 ** 30, band: 0.1 }),
        at: 'batch.micro',
        severity: 'error',
        says: 'Needs 100 GiB (90.0 to 110), 79.0 GiB are usable',
      },
      {
        job: { 'parallel.tensor': 1, 'batch.micro': 4 },
        estimate: trainingEstimate({ device: 78 * 2 ** 30, usable: 79 * 2 ** 30, band: 0.1 }),
        at: 'batch.micro',
        severity: 'warning',
        says: 'May need',
      },
      {
        framework: 'vllm',
        job: { 'parallel.tensor': 4 },
        estimate: servingEstimate({ weights: 140 * 2 ** 30, overhead: 2 * 2 ** 30, usable: 70 * 2 ** 30, kvTokens: 0 }),
        at: 'parallel.tensor',
        severity: 'error',
        says: 'no room for a KV cache',
      },
    ],
    clean: [
      { job: { 'parallel.tensor': 1 }, estimate: trainingEstimate({ device: 60 * 2 ** 30, usable: 79 * 2 ** 30, band: 0.1 }) },
      { job: { 'parallel.tensor': 1 } },
    ],
  },
};
