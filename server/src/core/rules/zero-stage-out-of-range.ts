/** ZeRO has four stages. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';

export const zeroStageOutOfRange = defineRule({
  id: 'zero-stage-out-of-range',
  group: 'sharding',
  severity: 'error',
  reads: ['zero.stage'],
  check({ job, report }) {
    const stage: number = job['zero.stage'];
    if (stage === 0 || stage === 1 || stage === 2 || stage === 3) return;
    report({
      at: 'zero.stage',
      what: `There is no ZeRO stage ${stage}`,
      why: 'stage 1 shards optimizer states, 2 gradients as well, 3 parameters as well; 0 is off',
      advice: 'use 0, 1, 2 or 3',
      fixes: stage > 3 ? setFixes('zero.stage', [3], () => 'Set the ZeRO stage to 3') : [],
    });
  },
});
