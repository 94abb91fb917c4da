/** Interleaved 1F1B hands micro batches round in groups of PP. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { isCount, multiplesAround } from './shared/numbers.ts';
import { isDerivedFrom } from './shared/origins.ts';
import { fitting, splitFields } from './shared/splits.ts';

export const microBatchesNotMultipleOfStages = defineRule({
  id: 'micro-batches-not-multiple-of-stages',
  group: 'batch',
  severity: 'error',
  frameworks: ['megatron-lm'],
  reads: ['parallel.pipeline', 'parallel.virtualStages', 'batch.global', 'batch.micro', 'parallel.data'],
  mayRead: splitFields,
  check({ job, framework, sources, report }) {
    const stages = job['parallel.pipeline'];
    const virtual = job['parallel.virtualStages'];
    const perStep = job['batch.micro'] * job['parallel.data'];
    const microBatches = job['batch.global'] / perStep;
    if (!isCount(stages) || !isCount(virtual) || !isCount(microBatches) || virtual < 2 || stages < 2) return;
    if (microBatches % stages === 0) return;
    // Where DP or the micro batch follows from the global batch, a larger one does not give more micro batches.
    const follows = (['parallel.data', 'batch.micro'] as const).some((field) => isDerivedFrom(sources, field, 'batch.global'));
    const valid = follows
      ? []
      : fitting({ job, sources, framework }, 'batch.global', multiplesAround(job['batch.global'], perStep * stages));
    report({
      at: 'batch.global',
      related: ['parallel.pipeline', 'batch.micro', 'parallel.data'],
      what: `Interleaved 1F1B needs a multiple of ${stages} micro batches, this batch gives ${microBatches}`,
      why: 'micro batches run in groups as large as the pipeline, and Megatron-LM refuses a shorter last group',
      advice: `use a global batch that is a multiple of ${perStep * stages}`,
      fixes: setFixes('batch.global', valid, (value) => `Set the global batch to ${value} (changes the batch trained on)`),
    });
  },
});
