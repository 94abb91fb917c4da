/** A barrier that only some threads of a block reach is undefined: it hangs or lets threads through. */
import { type Expression, partsOf } from '../expression.ts';
import type { Kernel } from '../facts.ts';
import { defineKernelRule } from '../kernel-rule.ts';

/** Whether an expression differs from thread to thread; followed through constants of the kernel. */
function variesByThread(expression: Expression, kernel: Kernel, depth = 0): boolean {
  if (depth > 20) return false;
  if (expression.kind === 'name') {
    if (/^(?:threadIdx|hipThreadIdx_?)\.?[xyz]$/.test(expression.name)) return true;
    const meant = kernel.constants.get(expression.name);
    return meant !== undefined && meant !== expression && variesByThread(meant, kernel, depth + 1);
  }
  return partsOf(expression).some((part) => variesByThread(part, kernel, depth + 1));
}

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
