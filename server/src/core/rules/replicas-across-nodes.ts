/** SGLang's copies of a model stay on one node. */
import { defineRule } from '../finding.ts';
import { isThere, numberIn } from './shared/keys.ts';
import { isWritten } from './shared/origins.ts';
import { spellingOf } from './shared/serving.ts';

const copies = ['sglang/dp-size', 'sglang/data-parallel-size', 'sglang/dp'] as const;

export const replicasAcrossNodes = defineRule({
  id: 'replicas-across-nodes',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['sglang'],
  anyKey: copies,
  reads: ['cluster.nodes'],
  check({ job, keys, sources, report }) {
    const at = spellingOf(keys, copies);
    const number = at && numberIn(keys, at);
    const nodes = job['cluster.nodes'];
    if (at === undefined || number === undefined || number <= 1 || !(nodes > 1) || !isWritten(sources, 'cluster.nodes')) return;
    if (isThere(keys, 'sglang/enable-dp-attention') || isThere(keys, 'sglang/attn-dp-size')) return;
    report({
      at,
      related: ['cluster.nodes'],
      what: `DP ${number} spreads copies of the model over ${nodes} nodes`,
      why: '"multi-node data parallel is not supported unless dp attention!"',
      advice: 'add --enable-dp-attention, or start a server on each node behind a router',
    });
  },
});
