/** Optimizers that compress gradients need them whole on every rank. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';

const compressed: Readonly<Record<string, string>> = {
  onebitadam: '1-bit Adam',
  zerooneadam: '0/1 Adam',
  onebitlamb: '1-bit LAMB',
};

export const compressedOptimizerWithZero = defineRule({
  id: 'compressed-optimizer-with-zero',
  group: 'sharding',
  severity: 'error',
  frameworks: ['deepspeed'],
  reads: ['optimizer.name', 'zero.stage'],
  check({ job, report }) {
    const name = Object.hasOwn(compressed, job['optimizer.name'].toLowerCase())
      ? compressed[job['optimizer.name'].toLowerCase()]
      : undefined;
    if (name === undefined || !(job['zero.stage'] > 0)) return;
    report({
      at: 'optimizer.name',
      related: ['zero.stage'],
      what: `${name} does not work with ZeRO stage ${job['zero.stage']}`,
      why: 'it compresses whole gradients on every rank, so DeepSpeed refuses to shard anything',
      advice: 'set the ZeRO stage to 0, or use Adam',
      fixes: setFixes('zero.stage', [0], () => 'Set the ZeRO stage to 0 (needs more memory per GPU)'),
    });
  },
});
