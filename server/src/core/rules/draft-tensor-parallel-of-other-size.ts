/** A draft model runs on one GPU or on all of the model's. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { numberIn } from './shared/keys.ts';
import { isCount } from './shared/numbers.ts';
import { spellingOf } from './shared/serving.ts';

const spellings = ['vllm/speculative-config.draft_tensor_parallel_size', 'vllm/speculative-draft-tensor-parallel-size'] as const;

export const draftTensorParallelOfOtherSize = defineRule({
  id: 'draft-tensor-parallel-of-other-size',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: spellings,
  reads: ['parallel.tensor'],
  check({ job, keys, report }) {
    const at = spellingOf(keys, spellings);
    const draft = at && numberIn(keys, at);
    const tensor = job['parallel.tensor'];
    if (at === undefined || !isCount(draft) || draft === 1 || draft === tensor) return;
    report({
      at,
      related: ['parallel.tensor'],
      what: `The draft model's TP ${draft} is neither 1 nor the model's TP ${tensor}`,
      why: '"speculative_draft_tensor_parallel_size={} cannot be other value than 1 or target model tensor_parallel_size"',
      advice: `use ${tensor === 1 ? '1' : `1 or ${tensor}`}`,
      fixes: setFixes(at, [...new Set([1, tensor])], (value) => `Set the draft's TP to ${value}`),
    });
  },
});
