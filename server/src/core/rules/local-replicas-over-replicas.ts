/** A node cannot run more copies of the model than there are. */
import { defineRule } from '../finding.ts';
import { numberIn } from './shared/keys.ts';

const key = 'vllm/data-parallel-size-local';

export const localReplicasOverReplicas = defineRule({
  id: 'local-replicas-over-replicas',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: [key],
  reads: ['serving.dataParallel'],
  check({ job, keys, report }) {
    const local = numberIn(keys, key);
    const all = job['serving.dataParallel'];
    if (local === undefined || local <= all) return;
    report({
      at: key,
      related: ['serving.dataParallel'],
      what: `${local} data-parallel ranks on this node are more than DP ${all}`,
      why: '"data_parallel_size_local ({}) must be <= data_parallel_size ({})"',
      advice: `set --data-parallel-size to all ranks of all nodes, or the local ones to ${all} or less`,
      fixes: [{ title: `Run ${all} on this node`, changes: [{ kind: 'set', field: key, value: all }] }],
    });
  },
});
