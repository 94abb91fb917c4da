/** An array of the thread whose index the compiler does not know cannot stay in registers. */
import { evaluate } from '../expression.ts';
import { defineKernelRule } from '../kernel-rule.ts';
import { runtimeName } from '../runtime-index.ts';
import { onceEach } from './shared/once-each.ts';

export const localArrayIndexedDynamically = defineKernelRule({
  id: 'local-array-indexed-dynamically',
  severity: 'warning',
  check({ configurations, report }) {
    for (const { kernel, scope } of onceEach(configurations, (one) => one.kernel)) {
      for (const { name, type, dimensions, range } of kernel.statements.localArrays) {
        // Behind #if the same name may be shared memory.
        if (kernel.shared.some((array) => array.name === name)) continue;
        const access = kernel.statements.accesses.find((one) => one.array === name && runtimeName(one, kernel) !== undefined);
        if (!access) continue;
        const count = dimensions.reduce<number | undefined>((all, dimension) => {
          const size = evaluate(dimension, scope);
          return all === undefined || size === undefined ? undefined : all * size;
        }, 1);
        const size = scope.sizeOf(type);
        const bytes = count === undefined || size === undefined ? '' : `, ${count * size} bytes per thread`;
        report({
          range: access.range,
          related: [{ range, message: `${name} is declared here` }],
          what: `Index ${runtimeName(access, kernel) ?? ''} is known only when the kernel runs, so ${name} is kept in local memory${bytes}`,
          why: 'registers have no index: the array goes to memory, and every access with it',
          advice: 'index it by the counters of unrolled loops only, or keep it in shared memory',
        });
      }
    }
  },
});
