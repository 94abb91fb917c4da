/** Sharding takes several GPUs, and a format that can be cut. */
import { defineRule } from '../finding.ts';
import { isOn, numberIn, textIn } from './shared/keys.ts';

const sharded = 'tgi/sharded';
const shards = 'tgi/num-shard';
const format = 'tgi/quantize';

export const shardsContradictory = defineRule({
  id: 'shards-contradictory',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['tgi'],
  anyKey: [shards],
  reads: [],
  check({ keys, report }) {
    const number = numberIn(keys, shards);
    if (number === undefined) return;
    if (number <= 1 && isOn(keys, sharded)) {
      report({
        at: sharded,
        related: [shards],
        what: `The model is to be sharded over ${number}`,
        why: '"`sharded` is true but `num_shard` <= 1"',
        advice: 'raise --num-shard to the number of GPUs, or leave --sharded out',
        fixes: [{ title: 'Do not shard', changes: [{ kind: 'remove', field: sharded }] }],
      });
    } else if (number > 1 && textIn(keys, format) === 'exl2') {
      report({
        at: format,
        related: [shards],
        what: `Weights in exl2 cannot be sharded over ${number} GPUs`,
        why: '"Sharding is currently not supported with `exl2` quantization"',
        advice: 'use one GPU, or weights in awq or gptq',
      });
    }
  },
});
