/** verl counts a micro batch on each GPU; the old key counts over all of them. */
import { defineRule } from '../finding.ts';
import { isOn, isThere, numberIn } from './shared/keys.ts';

const blocks = [
  { name: 'actor', block: 'verl/actor_rollout_ref.actor.', micro: 'ppo_micro_batch_size', dynamic: 'use_dynamic_bsz' },
  { name: 'critic', block: 'verl/critic.', micro: 'ppo_micro_batch_size', dynamic: 'use_dynamic_bsz' },
  {
    name: 'actor_rollout_ref.rollout',
    block: 'verl/actor_rollout_ref.rollout.',
    micro: 'log_prob_micro_batch_size',
    dynamic: 'log_prob_use_dynamic_bsz',
  },
] as const;

export const microBatchGivenTwice = defineRule({
  id: 'micro-batch-given-twice',
  group: 'batch',
  severity: 'error',
  frameworks: ['verl'],
  anyKey: blocks.map(({ block, micro }) => `${block}${micro}` as const),
  reads: [],
  check({ keys, report }) {
    for (const { name, block, micro, dynamic } of blocks) {
      const [old, perGpu, tokens] = [`${block}${micro}`, `${block}${micro}_per_gpu`, `${block}${dynamic}`] as const;
      const isHidden = isThere(keys, tokens) && keys[tokens]?.value === undefined;
      if (isHidden || isOn(keys, tokens) || isOn(keys, 'verl/actor_rollout_ref.actor.use_dynamic_bsz')) continue;
      if (numberIn(keys, old) === undefined || numberIn(keys, perGpu) === undefined) continue;
      report({
        at: old,
        related: [perGpu],
        what: `The micro batch of ${name} is given for all GPUs and for each`,
        why: `"You have set both '...${micro}' AND '...${micro}_per_gpu'"`,
        advice: `keep ${micro}_per_gpu: the other is deprecated`,
        fixes: [{ title: `Take ${micro} out`, changes: [{ kind: 'remove', field: old }], preferred: true }],
      });
    }
  },
});
