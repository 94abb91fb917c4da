/** Atomics of all threads on one address run one after the other. */
import { defineKernelRule } from '../kernel-rule.ts';
import { isSameForAll } from './shared/varies-by-thread.ts';

export const atomicsOnOneAddress = defineKernelRule({
  id: 'atomics-on-one-address',
  severity: 'warning',
  check({ kernels, report }) {
    for (const kernel of kernels) {
      for (const { array, indexes, kind, conditions, range } of kernel.statements.accesses) {
        if (kind !== 'atomic' || indexes.length === 0) continue;
        // Behind a condition on the thread or on data only few of them get here, and an index from elsewhere may differ.
        const isSame = indexes.every((index) => index.kind === 'number' || (index.kind === 'name' && /^blockIdx\.[xyz]$/.test(index.name)));
        if (!isSame || !conditions.every(({ expression }) => isSameForAll(expression, kernel))) continue;
        report({
          range,
          what: `All threads of a block update one element of ${array}`,
          why: 'atomics on one address run one after the other',
          advice: 'combine within the warp or block first, and let one thread update it',
        });
      }
    }
  },
});
