import { servingEstimate } from '../support.ts';
import { missing, type RuleCases } from './case.ts';

export const serving: Readonly<Record<string, RuleCases>> = {
  'kv-heads-replicated-by-tensor-parallel': {
    flagged: [
      {
        framework: 'vllm',
        job: { 'model.kvHeads': 4, 'parallel.tensor': 8 },
        at: 'parallel.tensor',
        severity: 'warning',
        says: 'TP 8 keeps 2 copies of the KV cache',
      },
    ],
    clean: [
      { job: { 'model.kvHeads': 8, 'parallel.tensor': 8 } },
      { job: { 'model.kvHeads': 4, 'parallel.tensor': 8, 'serving.decodeContextParallel': 2 } },
      { job: { 'model.kvHeads': 1, 'parallel.tensor': 8, 'model.attentionKind': 'MLA' } },
    ],
  },
  'kv-cache-below-context': {
    flagged: [
      {
        job: { 'serving.maxModelLen': 32768 },
        estimate: servingEstimate({ weights: 1, overhead: 1, usable: 10, kvTokens: 20_001, context: 32_768, band: 0.1 }),
        at: 'serving.maxModelLen',
        severity: 'error',
        says: 'holds about 20001 tokens, one request may need 32768',
        fixes: ['serving.maxModelLen=18000'],
      },
      {
        job: { 'serving.maxModelLen': 32768, 'serving.blockSize': 128 },
        estimate: servingEstimate({ weights: 1, overhead: 1, usable: 10, kvTokens: 33_000, context: 32_768, band: 0.1 }),
        at: 'serving.maxModelLen',
        severity: 'warning',
        says: 'may hold as few as 29700 tokens',
        fixes: ['serving.maxModelLen=29696'],
      },
    ],
    clean: [
      {
        job: { 'serving.maxModelLen': 8192 },
        estimate: servingEstimate({ weights: 1, overhead: 1, usable: 10, kvTokens: 10_000, context: 8192, band: 0.1 }),
      },
      { job: { 'serving.maxModelLen': 8192 } },
    ],
  },
  'kv-cache-over-capacity': {
    flagged: [
      {
        job: { 'serving.kvCacheBytes': 50 * 2 ** 30 },
        estimate: servingEstimate({ weights: 30 * 2 ** 30, overhead: 2 * 2 ** 30, usable: 79 * 2 ** 30, kvTokens: 1 }),
        at: 'serving.kvCacheBytes',
        severity: 'error',
        says: 'does not fit beside 30.0 GiB',
        fixes: [`serving.kvCacheBytes=${47 * 2 ** 30}`],
      },
    ],
    clean: [
      {
        job: { 'serving.kvCacheBytes': 40 * 2 ** 30 },
        estimate: servingEstimate({ weights: 30 * 2 ** 30, overhead: 2 * 2 ** 30, usable: 79 * 2 ** 30, kvTokens: 1 }),
      },
    ],
  },
  'context-over-model-limit': {
    flagged: [
      {
        job: { 'serving.maxModelLen': 65536, 'model.maxPositions': 32768 },
        at: 'serving.maxModelLen',
        severity: 'error',
        says: "65536 tokens exceeds the model's own limit of 32768",
        fixes: ['serving.maxModelLen=32768'],
      },
      {
        job: { 'serving.maxModelLen': 65536, 'model.maxPositions': 32768, 'environment.allowLongMaxModelLen': true },
        at: 'serving.maxModelLen',
        severity: 'warning',
        says: 'limit of 32768',
      },
      {
        job: {
          'serving.maxModelLen': 200_000,
          'model.maxPositions': 40_960,
          'model.ropeScalingType': 'yarn',
          'model.ropeScalingFactor': 4,
          'model.ropeOriginalPositions': 32_768,
        },
        at: 'serving.maxModelLen',
        severity: 'error',
        says: 'limit of 131072',
      },
    ],
    clean: [
      { job: { 'serving.maxModelLen': 32768, 'model.maxPositions': 32768 } },
      {
        job: {
          'serving.maxModelLen': 131_072,
          'model.maxPositions': 40_960,
          'model.ropeScalingType': 'yarn',
          'model.ropeScalingFactor': 4,
          'model.ropeOriginalPositions': 32_768,
        },
      },
      { job: { 'serving.maxModelLen': 8192, 'model.maxPositions': 4096, 'model.ropeScalingType': 'linear', 'model.ropeScalingFactor': 2 } },
      { job: { 'serving.maxModelLen': 8192, 'model.maxPositions': 4096, 'model.ropeScalingType': 'dynamic' } },
    ],
  },
  'batched-tokens-below-context': {
    flagged: [
      {
        job: { 'serving.maxBatchedTokens': 2048, 'serving.maxModelLen': 8192, 'serving.chunkedPrefill': false },
        at: 'serving.maxBatchedTokens',
        severity: 'error',
        says: '2048 batched tokens are fewer than the context of 8192',
        fixes: ['serving.maxBatchedTokens=8192', 'serving.maxModelLen=2048'],
      },
    ],
    clean: [
      { job: { 'serving.maxBatchedTokens': 2048, 'serving.maxModelLen': 8192, 'serving.chunkedPrefill': true } },
      { job: { 'serving.maxBatchedTokens': 8192, 'serving.maxModelLen': 8192, 'serving.chunkedPrefill': false } },
    ],
  },
  'batched-tokens-below-sequences': {
    flagged: [
      {
        job: { 'serving.maxBatchedTokens': 256, 'serving.maxSequences': 512 },
        at: 'serving.maxBatchedTokens',
        severity: 'error',
        says: '256 batched tokens are fewer than 512 sequences',
        fixes: ['serving.maxSequences=256', 'serving.maxBatchedTokens=512'],
      },
    ],
    clean: [
      { job: { 'serving.maxBatchedTokens': 512, 'serving.maxSequences': 512 } },
      { job: { 'serving.maxBatchedTokens': 256, 'serving.maxSequences': 512 }, sources: { 'serving.maxSequences': missing } },
    ],
  },
  'batched-tokens-over-sequences': {
    flagged: [
      {
        job: { 'serving.maxBatchedTokens': 65536, 'serving.maxSequences': 4, 'serving.maxModelLen': 4096 },
        at: 'serving.maxBatchedTokens',
        severity: 'warning',
        says: '4 sequences x 4096 tokens = 16384',
        fixes: ['serving.maxBatchedTokens=16384'],
      },
    ],
    clean: [{ job: { 'serving.maxBatchedTokens': 8192, 'serving.maxSequences': 4, 'serving.maxModelLen': 4096 } }],
  },
  'memory-utilization-left-at-default': {
    flagged: [
      {
        job: { 'serving.gpuMemoryUtilization': 0.92 },
        sources: { 'serving.gpuMemoryUtilization': missing },
        at: 'serving.gpuMemoryUtilization',
        severity: 'info',
        says: 'default, 0.92',
      },
    ],
    clean: [
      { job: { 'serving.gpuMemoryUtilization': 0.92 } },
      {
        job: { 'serving.gpuMemoryUtilization': 0.92, 'serving.kvCacheBytes': 1 },
        sources: { 'serving.gpuMemoryUtilization': missing },
      },
    ],
  },
  'decode-context-parallel-unsupported': {
    flagged: [
      {
        job: { 'serving.decodeContextParallel': 2, 'parallel.tensor': 8, 'model.kvHeads': 8, 'model.heads': 64 },
        at: 'serving.decodeContextParallel',
        severity: 'error',
        says: '2 does not work with TP 8 and 8 KV heads',
        fixes: ['serving.decodeContextParallel=1'],
      },
      {
        job: { 'serving.decodeContextParallel': 3, 'parallel.tensor': 8, 'model.attentionKind': 'MLA' },
        at: 'serving.decodeContextParallel',
        severity: 'error',
        says: '3 does not work with TP 8',
        fixes: ['serving.decodeContextParallel=8'],
      },
    ],
    clean: [
      { job: { 'serving.decodeContextParallel': 2, 'parallel.tensor': 8, 'model.kvHeads': 4, 'model.heads': 32 } },
      { job: { 'serving.decodeContextParallel': 8, 'parallel.tensor': 8, 'model.attentionKind': 'MLA' } },
      { job: { 'serving.decodeContextParallel': 1, 'parallel.tensor': 8, 'model.kvHeads': 8 } },
    ],
  },
  'more-ranks-than-gpus': {
    flagged: [
      {
        framework: 'vllm',
        job: { 'cluster.gpus': 4, 'parallel.tensor': 4, 'parallel.pipeline': 2 },
        at: 'parallel.tensor',
        severity: 'error',
        says: 'needs 8 GPUs, there are 4',
      },
    ],
    clean: [{ job: { 'cluster.gpus': 8, 'parallel.tensor': 4, 'parallel.pipeline': 2 } }],
  },
};
