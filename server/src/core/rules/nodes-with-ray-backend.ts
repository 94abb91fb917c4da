/** Several nodes are either vLLM's own or Ray's business. */
import { defineRule } from '../finding.ts';
import { textIn } from './shared/keys.ts';
import { isWritten } from './shared/origins.ts';

const key = 'vllm/distributed-executor-backend';
const allowed: readonly string[] = ['mp', 'uni', 'external_launcher'];

export const nodesWithRayBackend = defineRule({
  id: 'nodes-with-ray-backend',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: ['vllm/nnodes'],
  reads: ['cluster.nodes'],
  check({ job, keys, sources, report }) {
    const backend = textIn(keys, key);
    const nodes = job['cluster.nodes'];
    if (backend === undefined || allowed.includes(backend) || !(nodes > 1) || !isWritten(sources, 'cluster.nodes')) return;
    report({
      at: key,
      related: ['cluster.nodes'],
      what: `--nnodes ${nodes} does not work with the executor ${backend}`,
      why: '"nnodes > 1 can only be set when distributed executor backend is mp, uni or external_launcher."',
      advice: 'use the executor mp with --nnodes, or leave --nnodes out and let Ray place the ranks',
      fixes: [{ title: 'Use the executor mp', changes: [{ kind: 'set', field: key, value: 'mp' }] }],
    });
  },
});
