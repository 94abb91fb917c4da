/** Each node runs the same number of SGLang's ranks. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { choices, divisors, isCount, multiplesAround, neighbours, plural } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';
import { fitting, splitFields } from './shared/splits.ts';

export const tensorParallelNotDivisibleByNodes = defineRule({
  id: 'tensor-parallel-not-divisible-by-nodes',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['sglang'],
  reads: ['parallel.tensor', 'cluster.nodes'],
  mayRead: splitFields,
  check({ job, framework, sources, report }) {
    const { 'parallel.tensor': tensor, 'cluster.nodes': nodes } = job;
    const pipeline = job['parallel.pipeline'] ?? 1;
    if (!isCount(tensor) || !isCount(nodes) || !isCount(pipeline) || (tensor * pipeline) % nodes === 0) return;
    // A deployment may leave all options of its server to a file that is not here.
    if (!isWritten(sources, 'cluster.nodes') || !isWritten(sources, 'parallel.tensor')) return;
    const valid = fitting({ job, sources, framework }, 'parallel.tensor', multiplesAround(tensor, nodes));
    const places = divisors(tensor * pipeline);
    report({
      at: 'parallel.tensor',
      related: ['cluster.nodes', 'parallel.pipeline'],
      what: `TP ${tensor}${pipeline > 1 ? ` x PP ${pipeline}` : ''} cannot be shared out over ${nodes} nodes`,
      why: '"tp_size must be divisible by number of nodes"',
      advice: `use ${valid.length > 0 ? `TP ${choices(valid, tensor)}, or ` : ''}${choices(places, nodes, 4)} nodes`,
      fixes: [
        ...setFixes('parallel.tensor', valid, (value) => `Set TP to ${value}`),
        ...setFixes('cluster.nodes', neighbours(places, nodes), (value) => `Use ${plural(value, 'node')}`),
      ],
    });
  },
});
