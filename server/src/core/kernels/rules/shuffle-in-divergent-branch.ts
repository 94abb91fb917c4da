/** A shuffle whose mask names lanes that do not take part. */
import { defineKernelRule } from '../kernel-rule.ts';
import { lanesDiffer } from './shared/lanes-differ.ts';
import { onceEach } from './shared/once-each.ts';

const fullMask = /^(?:0[xX][fF]{8}(?:[uU]?[lL]{0,2})?|0[xX][fF]{16}(?:[uU]?[lL]{0,2})?|-1|~0[uU]?|FULL_MASK|full_mask)$/;

export const shuffleInDivergentBranch = defineKernelRule({
  id: 'shuffle-in-divergent-branch',
  severity: 'warning',
  languages: ['cuda'],
  check({ kernels, configurations, report }) {
    for (const configuration of onceEach(configurations, ({ kernel }) => kernel.range.start)) {
      const { kernel } = configuration;
      if (!kernels.includes(kernel)) continue;
      for (const { callee, values, conditions, range } of kernel.statements.calls) {
        const [mask] = values;
        if (!/^__(?:shfl(?:_up|_down|_xor)?|reduce_\w+|ballot|any|all)_sync$/.test(callee) || !mask || !fullMask.test(mask.text)) continue;
        // Lanes that have returned are not waited for.
        const condition = conditions.find((one) => !one.isExit && lanesDiffer(configuration, one));
        if (!condition) continue;
        report({
          range,
          related: [{ range: condition.range, message: 'lanes of a warp may differ here' }],
          what: `A shuffle over all lanes, reached only where ${condition.isNegated ? `!(${condition.expression.text})` : condition.expression.text}`,
          why: 'the mask names lanes that may not be there: what they give is left open, and it may hang',
          advice: 'move it out of the condition, or take the mask from __activemask() or __ballot_sync before it',
        });
      }
    }
  },
});
