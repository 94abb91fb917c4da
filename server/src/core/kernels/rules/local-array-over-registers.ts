/** An array of the thread larger than its registers is spilled. */
import { evaluate } from '../expression.ts';
import { defineKernelRule } from '../kernel-rule.ts';

const registerBytes = 4;

export const localArrayOverRegisters = defineKernelRule({
  id: 'local-array-over-registers',
  severity: 'warning',
  check({ configurations, devices, report }) {
    const most = Math.max(...devices.map(({ architecture }) => architecture.registersPerThread));
    const told = new Set<number>();
    for (const { kernel, scope } of configurations) {
      for (const { name, type, dimensions, range } of kernel.statements.localArrays) {
        const sizes = dimensions.flatMap((dimension) => evaluate(dimension, scope) ?? []);
        const size = scope.sizeOf(type);
        if (size === undefined || sizes.length !== dimensions.length || told.has(range.start)) continue;
        const registers = Math.ceil((sizes.reduce((all, one) => all * one, 1) * size) / registerBytes);
        if (registers <= most) continue;
        told.add(range.start);
        report({
          range,
          what: `Array ${name} needs ${registers} registers per thread, ${most} is the most`,
          why: 'what does not fit is kept in local memory, and every access goes there',
          advice: 'give each thread a smaller part, or keep it in shared memory',
        });
      }
    }
  },
});
