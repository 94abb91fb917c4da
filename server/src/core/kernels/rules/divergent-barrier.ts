/** A barrier that only some threads of a block reach is undefined: it hangs or lets threads through. */
import { defineKernelRule } from '../kernel-rule.ts';
import { variesByThread } from './shared/varies-by-thread.ts';

export const divergentBarrier = defineKernelRule({
  id: 'divergent-barrier',
  severity: 'warning',
  check({ kernels, report }) {
    for (const kernel of kernels) {
      for (const { callee, conditions, range } of kernel.statements.calls) {
        if (callee !== '__syncthreads') continue;
        // From 7.0 on a barrier waits for the threads that have not returned.
        const condition = conditions.find(({ expression, isExit }) => !isExit && variesByThread(expression, kernel));
        if (!condition) continue;
        report({
          range,
          related: [{ range: condition.range, message: 'threads of a block differ here' }],
          what: `A barrier is reached only where ${condition.isNegated ? `!(${condition.expression.text})` : condition.expression.text}`,
          why: 'a barrier that not all threads of the block reach hangs or lets threads through too early',
          advice: 'move it out of the condition; let threads without work go through it as well',
        });
      }
    }
  },
});
