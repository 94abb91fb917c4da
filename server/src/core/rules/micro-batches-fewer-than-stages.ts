/** A pipeline with fewer micro batches than stages never fills. */
import { defineRule } from '../finding.ts';
import { bubbleShare } from './shared/bubble.ts';
import { setFixes } from './shared/fixes.ts';
import { percent } from './shared/format.ts';
import { isCount, plural } from './shared/numbers.ts';
import { isDerivedFrom } from './shared/origins.ts';
import { fitting, splitFields } from './shared/splits.ts';

export const microBatchesFewerThanStages = defineRule({
  id: 'micro-batches-fewer-than-stages',
  group: 'batch',
  severity: 'warning',
  reads: ['parallel.pipeline', 'batch.global', 'batch.micro', 'parallel.data'],
  mayRead: splitFields,
  check({ job, framework, sources, report }) {
    const stages = job['parallel.pipeline'];
    const perStep = job['batch.micro'] * job['parallel.data'];
    const microBatches = job['batch.global'] / perStep;
    if (!isCount(stages) || !isCount(microBatches) || microBatches >= stages) return;
    const idle = percent(bubbleShare(stages, microBatches, 1));
    // Where DP or the micro batch follows from the global batch, a larger one does not give more micro batches.
    const follows = (['parallel.data', 'batch.micro'] as const).some((field) => isDerivedFrom(sources, field, 'batch.global'));
    const valid = follows ? [] : fitting({ job, sources, framework }, 'batch.global', [perStep * stages]);
    report({
      at: 'batch.global',
      related: ['parallel.pipeline', 'batch.micro', 'parallel.data'],
      what: `${plural(microBatches, 'micro batch', 'micro batches')} cannot fill a pipeline of ${stages} stages`,
      why: `some stage is always idle: without interleaving the bubble takes ${idle} of the step`,
      advice: `aim for at least ${4 * stages} micro batches, or use fewer stages`,
      fixes: setFixes('batch.global', valid, (value) => `Set the global batch to ${value} (changes the batch trained on)`),
    });
  },
});
