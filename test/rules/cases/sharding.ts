import { writtenAs } from '../support.ts';
import { granularity, missing, type RuleCases, torchFsdp2 } from './case.ts';

export const sharding: Readonly<Record<string, RuleCases>> = {
  'fsdp2-with-unsupported-option': {
    flagged: [
      {
        job: { 'zero.implementation': 'fsdp2', 'parallel.pipeline': 2 },
        sources: torchFsdp2,
        at: 'parallel.pipeline',
        severity: 'error',
        says: 'PP 2',
      },
      {
        job: { 'zero.implementation': 'fsdp2', 'model.tiedEmbeddings': true },
        sources: torchFsdp2,
        at: 'model.tiedEmbeddings',
        severity: 'error',
        says: 'tied',
      },
    ],
    clean: [
      {
        job: { 'zero.implementation': 'fsdp2', 'parallel.pipeline': 1, 'model.tiedEmbeddings': false, 'precision.fp16': false },
        sources: torchFsdp2,
      },
      { job: { 'zero.implementation': 'fsdp2', 'parallel.pipeline': 2 } },
      { job: { 'zero.implementation': 'megatron-distributed-optimizer', 'parallel.pipeline': 2 } },
    ],
  },
  'recompute-method-with-selective': {
    flagged: [
      {
        job: { 'recompute.granularity': 'selective', 'recompute.method': 'uniform' },
        at: 'recompute.method',
        severity: 'error',
        says: 'takes no recompute method',
        fixes: ['-recompute.method'],
      },
    ],
    clean: [
      { job: { 'recompute.granularity': 'full', 'recompute.method': 'uniform', 'recompute.layers': 1 } },
      { job: { 'recompute.granularity': 'selective' } },
    ],
  },
  'full-recompute-without-method': {
    flagged: [
      {
        job: { 'recompute.granularity': 'full' },
        sources: granularity,
        at: 'recompute.granularity',
        severity: 'error',
        says: 'without a method and a number of layers',
        fixes: ['recompute.method=uniform,recompute.layers=1'],
      },
      {
        job: { 'recompute.granularity': 'full', 'recompute.method': 'block' },
        sources: granularity,
        at: 'recompute.granularity',
        severity: 'error',
        says: 'without a number of layers',
        fixes: ['recompute.layers=1'],
      },
    ],
    clean: [
      { job: { 'recompute.granularity': 'full', 'recompute.method': 'block', 'recompute.layers': 2 } },
      { job: { 'recompute.granularity': 'selective' } },
      {
        job: { 'recompute.granularity': 'full', 'recompute.method': 'uniform', 'recompute.layers': 1 },
        sources: { ...granularity, 'recompute.layers': missing },
      },
      { job: { 'recompute.granularity': 'full' }, sources: { 'recompute.granularity': writtenAs('--checkpoint-activations') } },
    ],
  },
  'saved-activations-distributed-with-sequence-parallel': {
    flagged: [
      {
        job: { 'recompute.distributeSaved': true, 'parallel.sequence': true, 'parallel.tensor': 2 },
        at: 'recompute.distributeSaved',
        severity: 'error',
        says: 'already split',
        fixes: ['-recompute.distributeSaved'],
      },
    ],
    clean: [{ job: { 'recompute.distributeSaved': true, 'parallel.sequence': false, 'parallel.tensor': 2 } }],
  },
  'zero-stage-with-pipeline': {
    flagged: [
      {
        job: { 'zero.stage': 2, 'zero.implementation': 'deepspeed', 'parallel.pipeline': 4 },
        at: 'zero.stage',
        severity: 'error',
        says: 'ZeRO stage 2 does not work with PP 4',
        fixes: ['zero.stage=1'],
      },
    ],
    clean: [
      { job: { 'zero.stage': 1, 'zero.implementation': 'deepspeed', 'parallel.pipeline': 4 } },
      { job: { 'zero.stage': 3, 'zero.implementation': 'deepspeed', 'parallel.pipeline': 1 } },
      { job: { 'zero.stage': 3, 'zero.implementation': 'fsdp2', 'parallel.pipeline': 2 } },
    ],
  },
  'offload-param-without-stage-3': {
    flagged: [
      {
        job: { 'zero.offloadParam': 'cpu', 'zero.stage': 2 },
        at: 'zero.offloadParam',
        severity: 'warning',
        says: 'no effect with ZeRO stage 2',
        fixes: ['zero.stage=3', '-zero.offloadParam'],
      },
    ],
    clean: [
      { job: { 'zero.offloadParam': 'cpu', 'zero.stage': 3 } },
      { job: { 'zero.offloadParam': 'none', 'zero.stage': 2 } },
      { framework: 'megatron-lm', job: { 'zero.offloadParam': 'cpu', 'zero.stage': 2, 'zero.implementation': 'fsdp2' } },
    ],
  },
  'partial-offload-without-stage-3': {
    flagged: [
      {
        job: { 'zero.offloadOptimizerRatio': 0.4, 'zero.stage': 2 },
        at: 'zero.offloadOptimizerRatio',
        severity: 'error',
        says: 'needs ZeRO stage 3',
        fixes: ['zero.offloadOptimizerRatio=1', 'zero.stage=3'],
      },
      {
        framework: 'megatron-lm',
        job: { 'zero.offloadOptimizerRatio': 0.4, 'zero.stage': 2, 'zero.implementation': 'deepspeed' },
        at: 'zero.offloadOptimizerRatio',
        severity: 'error',
        says: 'needs ZeRO stage 3',
      },
    ],
    clean: [
      { job: { 'zero.offloadOptimizerRatio': 0.4, 'zero.stage': 3 } },
      { job: { 'zero.offloadOptimizerRatio': 1, 'zero.stage': 2 } },
      {
        framework: 'megatron-lm',
        job: { 'zero.offloadOptimizerRatio': 0.5, 'zero.stage': 1, 'zero.implementation': 'megatron-distributed-optimizer' },
      },
    ],
  },
  'compressed-optimizer-with-zero': {
    flagged: [
      {
        job: { 'optimizer.name': 'OneBitAdam', 'zero.stage': 1 },
        at: 'optimizer.name',
        severity: 'error',
        says: '1-bit Adam does not work with ZeRO stage 1',
        fixes: ['zero.stage=0'],
      },
    ],
    clean: [{ job: { 'optimizer.name': 'OneBitAdam', 'zero.stage': 0 } }, { job: { 'optimizer.name': 'constructor', 'zero.stage': 1 } }],
  },
};
