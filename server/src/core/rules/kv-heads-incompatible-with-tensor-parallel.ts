/** KV heads are either split evenly over TP or copied evenly; anything between cannot be laid out. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { choices, divisors, isCount, neighbours } from './shared/numbers.ts';
import { fitting, splitFields } from './shared/splits.ts';

export const kvHeadsIncompatibleWithTensorParallel = defineRule({
  id: 'kv-heads-incompatible-with-tensor-parallel',
  group: 'parallelism',
  severity: 'error',
  kinds: ['training', 'serving'],
  frameworks: ['megatron-lm', 'megatron-core', 'vllm'],
  reads: ['model.heads', 'model.kvHeads', 'parallel.tensor'],
  mayRead: splitFields,
  check({ job, framework, sources, report }) {
    const heads = job['model.heads'];
    const kvHeads = job['model.kvHeads'];
    const tensor = job['parallel.tensor'];
    // When the heads do not fit TP the rule about them says it already; MLA keeps one latent instead of heads.
    if (!isCount(kvHeads) || !isCount(tensor) || kvHeads === heads || job['model.attentionKind'] === 'MLA') return;
    if (kvHeads % tensor === 0 || tensor % kvHeads === 0 || heads % tensor !== 0) return;
    const possible = divisors(heads).filter((value) => kvHeads % value === 0 || value % kvHeads === 0);
    const valid = fitting({ job, sources, framework }, 'parallel.tensor', possible);
    report({
      at: 'parallel.tensor',
      related: ['model.kvHeads'],
      what: `${kvHeads} KV heads can be neither split nor copied evenly over TP ${tensor}`,
      why: 'TP must divide the number of KV heads or be a multiple of it',
      advice:
        valid.length > 0
          ? `use TP ${choices(valid, tensor)}`
          : `TP ${choices(possible, tensor)} would do, but another size must change with TP`,
      fixes: setFixes('parallel.tensor', neighbours(valid, tensor), (value) => `Set TP to ${value}`),
    });
  },
});
