/** Tensor-parallel groups that leave the node pay the slower network in every layer. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { fasterBy } from './shared/gains.ts';
import { divisors, isCount, plural } from './shared/numbers.ts';
import { fitting, splitFields } from './shared/splits.ts';

export const tensorParallelCrossesNode = defineRule({
  id: 'tensor-parallel-crosses-node',
  group: 'communication',
  severity: 'warning',
  kinds: ['training', 'serving'],
  reads: ['parallel.tensor', 'cluster.gpusPerNode'],
  mayRead: [...splitFields, 'cluster.gpu'],
  check({ job, framework, sources, estimate, tryChange, report }) {
    const tensor = job['parallel.tensor'];
    const gpusPerNode = job['cluster.gpusPerNode'];
    if (!isCount(tensor) || !isCount(gpusPerNode) || tensor <= gpusPerNode) return;
    // Chips of a TPU slice are wired to each other whatever host they hang on.
    if (/\btpu\b/i.test(job['cluster.gpu'] ?? '')) return;
    const inside = divisors(tensor).filter((part) => part <= gpusPerNode && gpusPerNode % part === 0);
    const offered = fitting({ job, sources, framework }, 'parallel.tensor', inside).slice(-1);
    const widest = offered[0] ?? inside.at(-1) ?? 1;
    const deeper = Math.ceil(tensor / widest);
    const change = { 'parallel.tensor': widest, 'parallel.pipeline': (job['parallel.pipeline'] ?? 1) * deeper };
    const gain = fasterBy(estimate, tryChange, change);
    report({
      at: 'parallel.tensor',
      related: ['cluster.gpusPerNode'],
      what: `TP ${tensor} spans more than one node of ${plural(gpusPerNode, 'GPU')}`,
      why: 'every layer waits for collectives over the network between nodes; no framework warns about it',
      advice: `use TP ${widest} or less and raise PP ${deeper} times${gain ? `, which ${gain.inTime}` : ''}`,
      fixes: setFixes('parallel.tensor', offered, (value) => `Set TP to ${value}`),
    });
  },
});
