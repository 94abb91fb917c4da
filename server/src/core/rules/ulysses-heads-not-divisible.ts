/** Ulysses swaps sequence for heads: every rank of the group takes the same whole number of them. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { choices, divisors, neighbours, plural } from './shared/numbers.ts';
import { fitting, splitFields } from './shared/splits.ts';
import { unfitHeads } from './shared/ulysses-heads.ts';

export const ulyssesHeadsNotDivisible = defineRule({
  id: 'ulysses-heads-not-divisible',
  group: 'parallelism',
  severity: 'error',
  frameworks: ['megatron-lm', 'deepspeed'],
  reads: ['model.heads', 'parallel.tensor', 'parallel.context', 'parallel.contextKind'],
  mayRead: splitFields,
  check({ job, framework, sources, report }) {
    const context = job['parallel.context'];
    const tensor = job['parallel.tensor'];
    const unfit = unfitHeads(job, framework);
    if (unfit === undefined) return;
    const possible = divisors(job['model.heads']).filter((value) => !unfitHeads({ ...job, 'parallel.context': value }, framework));
    const valid = fitting({ job, sources, framework }, 'parallel.context', possible);
    const heads = plural(unfit.heads, `${unfit.what} head`);
    report({
      at: 'parallel.context',
      related: unfit.what === 'KV' && job['model.kvHeads'] !== undefined ? ['model.kvHeads'] : ['model.heads'],
      what: `${heads}${tensor > 1 ? ' per TP rank' : ''} cannot be dealt out over CP ${context} by an all-to-all`,
      why: 'the all-to-all gives each rank of the group the same whole number of heads, and the framework checks that they divide',
      advice:
        valid.length > 0
          ? `use CP ${choices(valid, context)}, or another kind of context parallelism`
          : `CP ${choices(possible, context)} divide the heads, but another size must change with CP`,
      fixes: setFixes('parallel.context', neighbours(valid, context), (value) => `Set CP to ${value}`),
    });
  },
});
