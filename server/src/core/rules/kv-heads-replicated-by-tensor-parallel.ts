/** With more ranks than KV heads each rank keeps a whole copy: the KV cache per GPU stops shrinking. */
import { defineRule } from '../finding.ts';
import { isCount, leavesRemainder } from './shared/numbers.ts';

export const kvHeadsReplicatedByTensorParallel = defineRule({
  id: 'kv-heads-replicated-by-tensor-parallel',
  group: 'serving',
  severity: 'warning',
  kinds: ['serving'],
  frameworks: ['vllm'],
  reads: ['model.kvHeads', 'parallel.tensor'],
  mayRead: ['model.attentionKind', 'model.heads', 'serving.decodeContextParallel'],
  check({ job, report }) {
    const kvHeads = job['model.kvHeads'];
    const tensor = job['parallel.tensor'];
    if (!isCount(kvHeads) || !isCount(tensor) || tensor <= kvHeads || tensor % kvHeads !== 0) return;
    if (job['model.attentionKind'] === 'MLA' || (job['serving.decodeContextParallel'] ?? 1) > 1) return;
    // A split of the heads that does not work out is told alone.
    if (leavesRemainder(job['model.heads'] ?? tensor, tensor)) return;
    const copies = tensor / kvHeads;
    report({
      at: 'parallel.tensor',
      related: ['model.kvHeads'],
      what: `TP ${tensor} keeps ${copies} copies of the KV cache: the model has only ${kvHeads} KV heads`,
      why: `vLLM gives every rank at least one KV head, so the cache per GPU is no smaller than with TP ${kvHeads}`,
      advice: `use TP ${kvHeads} with more replicas, or --decode-context-parallel-size to share the copies out`,
    });
  },
});
