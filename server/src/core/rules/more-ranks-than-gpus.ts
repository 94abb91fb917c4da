/** A server needs a GPU for each of its TP x PP x DP ranks. */
import { defineRule } from '../finding.ts';
import { isCount, plural } from './shared/numbers.ts';
import { restsOnSettings } from './shared/origins.ts';

export const moreRanksThanGpus = defineRule({
  id: 'more-ranks-than-gpus',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  reads: ['cluster.gpus', 'parallel.tensor'],
  mayRead: ['parallel.pipeline', 'serving.dataParallel'],
  check({ job, sources, report }) {
    const parts = [job['parallel.tensor'], job['parallel.pipeline'] ?? 1, job['serving.dataParallel'] ?? 1];
    const ranks = parts.reduce((product, part) => product * part, 1);
    if (!isCount(job['cluster.gpus']) || !parts.every(isCount) || ranks <= job['cluster.gpus']) return;
    report({
      at: 'parallel.tensor',
      related: ['parallel.pipeline', 'serving.dataParallel', 'cluster.gpus'],
      severity: restsOnSettings(sources, 'cluster.gpus') ? 'warning' : 'error',
      what: `TP x PP x DP needs ${ranks} GPUs, there ${job['cluster.gpus'] === 1 ? 'is' : 'are'} ${plural(job['cluster.gpus'], 'GPU').replace(/ GPUs?$/, '')}`,
      why: 'each rank takes a GPU of its own, so the server waits for GPUs that never come',
      advice: `use TP ${Math.max(1, Math.floor((job['parallel.tensor'] * job['cluster.gpus']) / ranks))} or less, or more GPUs`,
    });
  },
});
