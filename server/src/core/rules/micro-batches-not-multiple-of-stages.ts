/** Interleaved 1F1B hands micro batches round in groups of PP, or of a size that is set. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { engineName, megatronCore } from './shared/megatron.ts';
import { isCount, multiplesAround } from './shared/numbers.ts';
import { isDerivedFrom } from './shared/origins.ts';
import { fitting, splitFields } from './shared/splits.ts';

function describe(stages: number, microBatches: number, group: number | undefined): string {
  if (group === undefined) return `Interleaved 1F1B needs a multiple of ${stages} micro batches, this batch gives ${microBatches}`;
  if (group < stages || group > microBatches) {
    return `Groups of ${group} micro batches do not lie between PP ${stages} and the ${microBatches} micro batches`;
  }
  return `${microBatches} micro batches in groups of ${group} leave a last group of ${microBatches % group}, less than PP ${stages}`;
}

export const microBatchesNotMultipleOfStages = defineRule({
  id: 'micro-batches-not-multiple-of-stages',
  group: 'batch',
  severity: 'error',
  frameworks: megatronCore,
  reads: ['parallel.pipeline', 'parallel.virtualStages', 'batch.global', 'batch.micro', 'parallel.data'],
  mayRead: [...splitFields, 'parallel.microBatchGroup'],
  check({ job, framework, sources, report }) {
    const stages = job['parallel.pipeline'];
    const virtual = job['parallel.virtualStages'];
    const perStep = job['batch.micro'] * job['parallel.data'];
    const microBatches = job['batch.global'] / perStep;
    if (!isCount(stages) || !isCount(virtual) || !isCount(microBatches) || virtual < 2 || stages < 2) return;
    const group = job['parallel.microBatchGroup'] ?? stages;
    const left = microBatches % group;
    if (group >= stages && group <= microBatches && (left === 0 || left >= stages)) return;
    const whole = perStep * Math.max(group, stages);
    // Where DP or the micro batch follows from the global batch, a larger one does not give more micro batches.
    const follows = (['parallel.data', 'batch.micro'] as const).some((field) => isDerivedFrom(sources, field, 'batch.global'));
    const valid = follows ? [] : fitting({ job, sources, framework }, 'batch.global', multiplesAround(job['batch.global'], whole));
    report({
      at: 'batch.global',
      related: ['parallel.pipeline', 'batch.micro', 'parallel.data'],
      what: describe(stages, microBatches, job['parallel.microBatchGroup']),
      why: `micro batches run in groups at least as large as the pipeline, and ${engineName(framework)} refuses a shorter last group`,
      advice: `use a global batch that is a multiple of ${whole}`,
      fixes: setFixes('batch.global', valid, (value) => `Set the global batch to ${value} (changes the batch trained on)`),
    });
  },
});
