/** The job needs more memory on its fullest GPU than the GPU has. */
import type { ServingEstimate, TrainingEstimate } from '../estimate.ts';
import type { Report } from '../finding.ts';
import { defineRule } from '../finding.ts';
import { gib } from './shared/format.ts';
import { high, largestParts, low, overCapacity, withBand } from './shared/memory.ts';

export const memoryOverCapacity = defineRule({
  id: 'memory-over-capacity',
  group: 'memory',
  severity: 'error',
  kinds: ['training', 'serving'],
  reads: ['parallel.tensor'],
  mayRead: ['batch.micro', 'parallel.pipeline', 'recompute.granularity', 'zero.stage'],
  needsEstimate: true,
  check({ job, estimate, report }) {
    if (estimate?.kind === 'training') training(estimate, job['batch.micro'] === undefined ? 'parallel.tensor' : 'batch.micro', report);
    if (estimate?.kind === 'serving') serving(estimate, report);
  },
});

function training(estimate: TrainingEstimate, at: 'batch.micro' | 'parallel.tensor', report: Report): void {
  const { stages, worstStage, usable } = estimate.memory;
  const stage = stages[worstStage];
  const severity = stage && overCapacity(stage.device, usable);
  if (!stage || !severity) return;
  const where = stages.length > 1 ? ` on pipeline stage ${stage.stage}` : '';
  const parts = largestParts(stage.allocated);
  report({
    at,
    related: ['parallel.tensor', 'parallel.pipeline', 'zero.stage', 'recompute.granularity'],
    severity,
    what: `${severity === 'error' ? 'Needs' : 'May need'} ${withBand(stage.device)}${where}, ${gib(usable.value)} are usable`,
    why: severity === 'error' ? 'training runs out of GPU memory in the first steps' : 'the upper end of the estimate does not fit',
    advice: `${parts ? `largest: ${parts}; ` : ''}lower the micro batch, recompute more, shard more (ZeRO, distributed optimizer), or raise TP or PP`,
  });
}

function serving(estimate: ServingEstimate, report: Report): void {
  const { weights, overhead, usable } = estimate.memory;
  const least = low(weights) + low(overhead);
  const severity = least > usable.value ? 'error' : high(weights) + high(overhead) > usable.value ? 'warning' : undefined;
  if (!severity) return;
  report({
    at: 'parallel.tensor',
    severity,
    what: `The weights leave no room for a KV cache: ${gib(weights.value)} and ${gib(overhead.value)} of overhead in ${gib(usable.value)}`,
    why: 'the server runs out of GPU memory while it loads or finds no memory for cache blocks',
    advice: 'raise TP, use a smaller number format, or a larger GPU',
  });
}
