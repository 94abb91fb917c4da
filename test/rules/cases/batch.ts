import { type RuleCases, setting } from './case.ts';

export const batch: Readonly<Record<string, RuleCases>> = {
  'micro-batches-not-multiple-of-stages': {
    flagged: [
      {
        job: { 'parallel.pipeline': 4, 'parallel.virtualStages': 2, 'batch.global': 36, 'batch.micro': 1, 'parallel.data': 2 },
        at: 'batch.global',
        severity: 'error',
        says: 'a multiple of 4 micro batches, this batch gives 18',
        fixes: ['batch.global=32', 'batch.global=40'],
      },
    ],
    clean: [
      { job: { 'parallel.pipeline': 4, 'parallel.virtualStages': 2, 'batch.global': 40, 'batch.micro': 1, 'parallel.data': 2 } },
      { job: { 'parallel.pipeline': 4, 'parallel.virtualStages': 1, 'batch.global': 36, 'batch.micro': 1, 'parallel.data': 2 } },
      { job: { 'parallel.pipeline': 4, 'parallel.virtualStages': 2, 'batch.global': 37, 'batch.micro': 1, 'parallel.data': 2 } },
    ],
  },
  'micro-batches-fewer-than-stages': {
    flagged: [
      {
        job: { 'parallel.pipeline': 8, 'batch.global': 8, 'batch.micro': 1, 'parallel.data': 2 },
        at: 'batch.global',
        severity: 'warning',
        says: '4 micro batches cannot fill a pipeline of 8 stages',
        fixes: ['batch.global=16'],
      },
    ],
    clean: [
      { job: { 'parallel.pipeline': 8, 'batch.global': 16, 'batch.micro': 1, 'parallel.data': 2 } },
      { job: { 'parallel.pipeline': 1, 'batch.global': 2, 'batch.micro': 1, 'parallel.data': 2 } },
    ],
  },
  'positions-shorter-than-sequence': {
    flagged: [
      {
        job: { 'model.maxPositions': 2048, 'sequence.length': 4096, 'model.positionEmbedding': 'learned' },
        at: 'model.maxPositions',
        severity: 'error',
        says: '4096 tokens exceed the 2048 positions',
        fixes: ['model.maxPositions=4096'],
      },
    ],
    clean: [{ job: { 'model.maxPositions': 4096, 'sequence.length': 4096 } }],
  },
  'global-batch-not-divisible': {
    flagged: [
      {
        job: { 'batch.global': 100, 'batch.micro': 2, 'parallel.data': 8 },
        at: 'batch.global',
        severity: 'error',
        says: 'Global batch 100 is no multiple of micro batch 2 x DP 8 = 16',
        fixes: ['batch.global=96', 'batch.global=112'],
      },
    ],
    clean: [{ job: { 'batch.global': 96, 'batch.micro': 2, 'parallel.data': 8 } }],
  },
  'batch-triple-mismatch': {
    flagged: [
      {
        job: { 'batch.global': 256, 'batch.micro': 4, 'batch.accumulation': 2, 'parallel.data': 8 },
        at: 'batch.global',
        severity: 'error',
        says: 'Batch 256 is not micro batch 4 x accumulation 2 x 8 ranks = 64',
        fixes: ['batch.accumulation=8', 'batch.global=64'],
      },
      {
        job: { 'batch.global': 100, 'batch.micro': 4, 'batch.accumulation': 2 },
        at: 'batch.global',
        severity: 'error',
        says: 'no multiple of micro batch 4 x accumulation 2 = 8',
        fixes: ['batch.global=104'],
      },
      {
        job: { 'batch.global': 256, 'batch.micro': 4, 'batch.accumulation': 2, 'parallel.data': 8 },
        sources: { 'parallel.data': { kind: 'derived', from: ['cluster.gpus'], how: 'test' }, 'cluster.gpus': setting },
        at: 'batch.global',
        severity: 'warning',
        says: '= 64',
      },
    ],
    clean: [
      { job: { 'batch.global': 64, 'batch.micro': 4, 'batch.accumulation': 2, 'parallel.data': 8 } },
      { job: { 'batch.global': 64, 'batch.micro': 4, 'batch.accumulation': 2 } },
      {
        job: { 'batch.global': 256, 'batch.micro': 4, 'batch.accumulation': 2, 'parallel.data': 8 },
        sources: { 'batch.accumulation': { kind: 'derived', from: ['batch.global'], how: 'test' } },
      },
    ],
  },
  'batch-size-missing': {
    flagged: [
      {
        job: { 'zero.stage': 2, 'batch.accumulation': 4 },
        at: 'batch.accumulation',
        severity: 'info',
        says: 'Neither train_batch_size',
      },
      { job: { 'zero.stage': 2 }, at: 'zero.stage', severity: 'info', says: 'Neither train_batch_size' },
    ],
    clean: [
      { job: { 'zero.stage': 2, 'batch.micro': 4 } },
      {
        job: { 'zero.stage': 2 },
        sources: {
          'batch.global': {
            kind: 'auto',
            uri: 'file:///job',
            key: { start: 0, end: 1 },
            value: { start: 0, end: 1 },
            spelling: 'train_batch_size',
            filledBy: 'test',
          },
        },
      },
    ],
  },
};
