/** With balancing, every rank holds the same number of experts and copies. */
import { defineRule } from '../finding.ts';
import { isOn, isThere, numberIn } from './shared/keys.ts';
import { isCount } from './shared/numbers.ts';
import { spellingOf } from './shared/serving.ts';

const spellings = ['vllm/eplb-config.num_redundant_experts', 'vllm/num-redundant-experts'] as const;

export const redundantExpertsNotDivisible = defineRule({
  id: 'redundant-experts-not-divisible',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: ['vllm/enable-eplb'],
  reads: ['model.experts', 'parallel.tensor', 'serving.expertParallel'],
  mayRead: ['serving.dataParallel'],
  check({ job, keys, report }) {
    if (!isOn(keys, 'vllm/enable-eplb') || !job['serving.expertParallel'] || isThere(keys, 'vllm/prefill-context-parallel-size')) return;
    const at = spellingOf(keys, spellings);
    const copies = at === undefined ? 0 : numberIn(keys, at);
    const experts = job['model.experts'];
    const ranks = job['parallel.tensor'] * (job['serving.dataParallel'] ?? 1);
    if (copies === undefined || !isCount(experts) || !isCount(ranks) || (experts + copies) % ranks === 0) return;
    const needed = Math.ceil((experts + copies) / ranks) * ranks - experts;
    report({
      at: at ?? 'vllm/enable-eplb',
      related: ['model.experts', 'parallel.tensor', 'serving.dataParallel'],
      what: `${experts} experts and ${copies} copies cannot be shared out over EP ${ranks}`,
      why: '"n_physical_experts={} must be divisible by ep_size={}. Adjust num_redundant_experts."',
      advice: `use ${needed} redundant experts`,
      fixes:
        at === undefined
          ? []
          : [{ title: `Use ${needed} redundant experts`, changes: [{ kind: 'set', field: at, value: needed }], preferred: true }],
    });
  },
});
