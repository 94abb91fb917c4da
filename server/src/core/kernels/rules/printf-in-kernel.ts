/** Output from a kernel costs registers, stack and a buffer that all threads share. */
import { defineKernelRule } from '../kernel-rule.ts';

export const printfInKernel = defineKernelRule({
  id: 'printf-in-kernel',
  severity: 'info',
  check({ kernels, report }) {
    for (const kernel of kernels) {
      for (const { callee, conditions, range } of kernel.statements.calls) {
        if (callee !== 'printf' || conditions.length > 0) continue;
        report({
          range,
          what: 'Every thread prints',
          why: 'the call takes stack and registers even where it prints little, and the buffer of 1 MB overwrites itself',
          advice: 'let one thread print, or take it out of code that is timed',
        });
      }
    }
  },
});
