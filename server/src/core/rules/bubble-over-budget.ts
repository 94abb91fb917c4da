/** Too much of the step is spent waiting for the pipeline to fill and drain. */

import type { Fix } from '../finding.ts';
import { defineRule } from '../finding.ts';
import { microBatchesForBubble } from './shared/bubble.ts';
import { percent } from './shared/format.ts';
import { divisors, isCount, plural } from './shared/numbers.ts';

/** Four micro batches per stage, the common rule of thumb, give about a fifth. */
const budget = 0.2;

/** Share left of a bubble when each rank holds `chunks` stages: waiting shrinks by that factor, work stays. A tenth is kept in hand. */
const interleaved = (share: number, chunks: number): number => (1.1 * share) / (chunks * (1 - share) + share);

export const bubbleOverBudget = defineRule({
  id: 'bubble-over-budget',
  group: 'parallelism',
  severity: 'warning',
  reads: ['parallel.pipeline', 'model.layers'],
  mayRead: ['batch.global', 'batch.micro', 'parallel.virtualStages'],
  needsEstimate: true,
  check({ job, framework, estimate, report }) {
    if (estimate?.kind !== 'training' || !(estimate.time.shares.bubble > budget)) return;
    const { stages, microBatches, virtualStages } = estimate.schedule;
    // A pipeline that cannot even fill has a rule of its own.
    if (stages < 2 || microBatches < stages) return;
    const enough = microBatchesForBubble(stages, virtualStages, budget);
    const perStage = job['model.layers'] / stages;
    const interleaves = framework === 'megatron-lm' && virtualStages === 1 && isCount(perStage) && microBatches % stages === 0;
    const chunks = interleaves
      ? divisors(perStage).find((value) => value > 1 && interleaved(estimate.time.shares.bubble, value) <= budget)
      : undefined;
    const fixes: readonly Fix[] =
      chunks === undefined
        ? []
        : [
            {
              title: `Interleave with ${chunks} virtual stages (same results, more traffic between stages)`,
              changes: [{ kind: 'set', field: 'parallel.virtualStages', value: chunks }],
            },
          ];
    report({
      at: 'parallel.pipeline',
      related: ['batch.global', 'batch.micro', 'parallel.virtualStages'],
      what: `The pipeline bubble takes ${percent(estimate.time.shares.bubble)} of the step`,
      why: `${stages} stages fill and drain around only ${plural(microBatches, 'micro batch', 'micro batches')}`,
      advice: `${chunks === undefined ? '' : `VPP ${chunks} or `}about ${enough} micro batches per step would bring it under ${percent(budget)}`,
      fixes,
    });
  },
});
