/** Tensor parallelism cuts the MLP into equal parts. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { choices, isCount, leavesRemainder, neighbours } from './shared/numbers.ts';
import { cutWidths, fittingTensor, shardFields } from './shared/shards.ts';
import { fitting, splitFields } from './shared/splits.ts';

export const mlpNotDivisibleByTensorParallel = defineRule({
  id: 'mlp-not-divisible-by-tensor-parallel',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang'],
  reads: ['parallel.tensor'],
  mayRead: [...shardFields, ...splitFields],
  check({ job, framework, sources, report }) {
    const tensor = job['parallel.tensor'];
    const uneven = cutWidths(job).find(({ width }) => leavesRemainder(width, tensor));
    // Heads that do not fit are told first.
    if (!uneven || !isCount(tensor) || leavesRemainder(job['model.heads'] ?? tensor, tensor)) return;
    const valid = fitting({ job, sources, framework }, 'parallel.tensor', fittingTensor(job, 1));
    report({
      at: 'parallel.tensor',
      related: [uneven.field],
      what: `The ${uneven.label} ${uneven.width} cannot be cut over TP ${tensor}`,
      why: '"{} is not divisible by {}", says the layer while it is built',
      advice: valid.length > 0 ? `use TP ${choices(valid, tensor)}` : 'use pipeline parallelism instead',
      fixes: setFixes('parallel.tensor', neighbours(valid, tensor), (value) => `Set TP to ${value}`),
    });
  },
});
