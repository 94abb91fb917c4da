/** Balancing experts moves them between the ranks of expert parallelism, so there must be some. */
import { defineRule, type KeyName, type WrittenKeys } from '../finding.ts';
import { isOn, isThere, textIn } from './shared/keys.ts';
import { isWritten } from './shared/origins.ts';

const switches: { readonly [framework: string]: KeyName } = { vllm: 'vllm/enable-eplb', sglang: 'sglang/enable-eplb' };

/** What sends tokens between experts in SGLang makes EP as wide as TP. */
const spreads = (keys: WrittenKeys): boolean => {
  const sender = textIn(keys, 'sglang/moe-a2a-backend') ?? 'none';
  return sender !== 'none' || isThere(keys, 'sglang/enable-ep-moe') || isThere(keys, 'sglang/enable-deepep-moe');
};

export const eplbWithoutExpertParallel = defineRule({
  id: 'eplb-without-expert-parallel',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang'],
  anyKey: ['vllm/enable-eplb', 'sglang/enable-eplb'],
  reads: [],
  mayRead: ['serving.expertParallel', 'parallel.expert', 'parallel.tensor', 'serving.dataParallel'],
  check({ job, framework, keys, sources, report }) {
    const at = switches[framework];
    if (at === undefined || !isOn(keys, at)) return;
    const isVllm = framework === 'vllm';
    if (isVllm ? job['serving.expertParallel'] === false : !spreads(keys) && (job['parallel.expert'] ?? 1) === 1) {
      if (!isVllm && isWritten(sources, 'parallel.expert') && job['parallel.expert'] === undefined) return;
      report({
        at,
        related: isVllm ? ['serving.expertParallel'] : ['parallel.expert'],
        what: 'Experts are to be balanced without expert parallelism',
        why: isVllm ? '"enable_expert_parallel must be True to use EPLB."' : 'SGLang asserts that EP is more than 1',
        advice: isVllm ? 'add --enable-expert-parallel, or leave --enable-eplb out' : 'set --ep-size, or leave --enable-eplb out',
        fixes: isVllm
          ? [
              {
                title: 'Spread whole experts over the GPUs',
                changes: [{ kind: 'set', field: 'serving.expertParallel', value: true }],
                preferred: true,
              },
            ]
          : [],
      });
      return;
    }
    if (!isVllm || isThere(keys, 'vllm/prefill-context-parallel-size')) return;
    if (job['parallel.tensor'] !== 1 || (job['serving.dataParallel'] ?? 1) !== 1) return;
    report({
      at,
      related: ['parallel.tensor', 'serving.dataParallel'],
      what: 'Experts are to be balanced over a single rank',
      why: '"EPLB requires tensor, prefill-context, or data parallelism"',
      advice: 'raise TP or DP, or leave --enable-eplb out',
    });
  },
});
