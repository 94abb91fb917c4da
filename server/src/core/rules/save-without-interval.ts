/** A folder for checkpoints says where, not when. */
import { defineRule } from '../finding.ts';
import { isThere } from './shared/keys.ts';
import { isWhole } from './shared/origins.ts';

const save = 'megatron-lm/save';
const intervals = ['megatron-lm/save-interval', 'megatron-lm/persistent-save-interval'] as const;

export const saveWithoutInterval = defineRule({
  id: 'save-without-interval',
  group: 'batch',
  severity: 'error',
  frameworks: ['megatron-lm'],
  anyKey: [save],
  reads: [],
  mayRead: ['zero.implementation'],
  check({ job, keys, sources, report }) {
    // Megatron has no such flag: a trainer of its own that only names its arguments alike.
    if (isThere(keys, 'megatron-lm/gradient-accumulation-steps')) return;
    if (intervals.some((name) => isThere(keys, name)) || !isWhole(sources) || job['zero.implementation'] === 'deepspeed') return;
    report({
      at: save,
      what: 'Checkpoints have a folder but no interval',
      why: 'Megatron-LM stops at "assert args.save_interval is not None", without a word about it',
      advice: 'add --save-interval',
    });
  },
});
