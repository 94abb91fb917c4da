/** Atomics of all threads on one address run one after the other. */
import { defineKernelRule } from '../kernel-rule.ts';
import { variesByThread } from './shared/varies-by-thread.ts';

export const atomicsOnOneAddress = defineKernelRule({
  id: 'atomics-on-one-address',
  severity: 'warning',
  check({ kernels, report }) {
    for (const kernel of kernels) {
      for (const { array, indexes, kind, conditions, range } of kernel.statements.accesses) {
        if (kind !== 'atomic' || indexes.length === 0) continue;
        // Behind a condition on the thread only few of them get here, and an index from elsewhere may differ.
        const isSame = indexes.every((index) => index.kind === 'number' || (index.kind === 'name' && /^blockIdx\.[xyz]$/.test(index.name)));
        if (!isSame || conditions.some(({ expression }) => variesByThread(expression, kernel))) continue;
        report({
          range,
          what: `All threads of a block add to one element of ${array}`,
          why: 'atomics on one address run one after the other',
          advice: 'sum within the warp or block first, and let one thread add the sum',
        });
      }
    }
  },
});
