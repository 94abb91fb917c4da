/** Tensor parallelism splits attention by whole heads. */
import { defineRule } from '../finding.ts';
import type { PartialJob } from '../job-fields.ts';
import { setFixes } from './shared/fixes.ts';
import { choices, divisors, leavesRemainder, neighbours } from './shared/numbers.ts';
import { fittingTensor, shardFields } from './shared/shards.ts';
import { fitting, splitFields } from './shared/splits.ts';

/** Engines that cut the MLP into equal parts do not start with a TP that divides the heads alone. */
function offered(job: PartialJob, framework: string, heads: number | undefined): readonly number[] {
  const cut = framework === 'vllm' || framework === 'sglang' ? fittingTensor(job, 1) : [];
  return cut.length > 0 || heads === undefined ? cut : divisors(heads);
}

export const headsNotDivisibleByTensorParallel = defineRule({
  id: 'heads-not-divisible-by-tensor-parallel',
  group: 'parallelism',
  severity: 'error',
  kinds: ['training', 'serving'],
  reads: ['model.heads', 'parallel.tensor'],
  mayRead: [...splitFields, ...shardFields],
  check({ job, framework, sources, report }) {
    const heads = job['model.heads'];
    const tensor = job['parallel.tensor'];
    // llama.cpp divides rows, wherever heads begin.
    if (!leavesRemainder(heads, tensor) || framework === 'llama-cpp' || framework === 'ollama') return;
    const valid = fitting({ job, sources, framework }, 'parallel.tensor', offered(job, framework, heads));
    report({
      at: 'parallel.tensor',
      related: ['model.heads'],
      what: `${heads} attention heads cannot be split over TP ${tensor}`,
      why: 'each tensor-parallel rank takes the same whole number of heads, so the start-up check fails',
      advice:
        valid.length > 0
          ? `use TP ${choices(valid, tensor)}`
          : `TP ${choices(divisors(heads), tensor)} divide the heads, but another size must change with TP`,
      fixes: setFixes('parallel.tensor', neighbours(valid, tensor), (value) => `Set TP to ${value}`),
    });
  },
});
