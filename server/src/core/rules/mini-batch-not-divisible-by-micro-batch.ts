/** The part of a mini batch that a rank gets is cut into whole micro batches. */
import { defineRule } from '../finding.ts';
import { isOn, isThere, numberIn, textIn } from './shared/keys.ts';
import { isCount, leavesRemainder } from './shared/numbers.ts';
import { isGrounded, restsOnSettings } from './shared/origins.ts';

const actor = 'verl/actor_rollout_ref.actor.';
const mini = `${actor}ppo_mini_batch_size` as const;
const micro = `${actor}ppo_micro_batch_size_per_gpu` as const;
const ulysses = `${actor}ulysses_sequence_parallel_size` as const;
const dynamic = `${actor}use_dynamic_bsz` as const;
const answers = 'verl/actor_rollout_ref.rollout.n';

export const miniBatchNotDivisibleByMicroBatch = defineRule({
  id: 'mini-batch-not-divisible-by-micro-batch',
  group: 'batch',
  severity: 'error',
  frameworks: ['verl'],
  anyKey: [mini],
  reads: ['cluster.gpus'],
  check({ job, framework, keys, sources, report }) {
    // Sizes that follow from tokens are not checked, nor are those of the Megatron back end.
    if (isOn(keys, dynamic) || (isThere(keys, dynamic) && keys[dynamic]?.value === undefined)) return;
    if (framework === 'megatron-core' || textIn(keys, `${actor}strategy`) === 'megatron') return;
    const each = isThere(keys, answers) ? numberIn(keys, answers) : 1;
    const split = isThere(keys, ulysses) ? numberIn(keys, ulysses) : 1;
    const [prompts, size, gpus] = [numberIn(keys, mini), numberIn(keys, micro), job['cluster.gpus']];
    if (!isCount(prompts) || !isCount(size) || !isCount(each) || !isCount(split) || !isCount(gpus)) return;
    if (!isGrounded(sources, 'cluster.gpus') || leavesRemainder(gpus, split)) return;
    const ranks = gpus / split;
    const part = Math.floor((prompts * each) / ranks);
    if (part > 0 && !leavesRemainder(part, size)) return;
    report({
      at: mini,
      related: [micro, answers, 'cluster.gpus'],
      severity: restsOnSettings(sources, 'cluster.gpus') ? 'warning' : 'error',
      what:
        part === 0
          ? `A mini batch of ${prompts} x ${each} leaves nothing for each of ${ranks} ranks`
          : `${prompts} x ${each} sequences over ${ranks} ranks are ${part} each, no multiple of the micro batch ${size}`,
      why:
        part === 0
          ? '"ppo_mini_batch_size ... should be larger than 0 after normalization"'
          : '"normalized ppo_mini_batch_size ... should be divisible by ppo_micro_batch_size_per_gpu ..."',
      advice: `use a mini batch that gives each rank a multiple of ${size}, or use_dynamic_bsz`,
    });
  },
});
