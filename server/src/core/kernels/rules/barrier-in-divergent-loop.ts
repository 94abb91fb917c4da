/** A barrier in a loop that some threads leave earlier than others. */

import type { Expression } from '../expression.ts';
import type { Kernel } from '../facts.ts';
import { defineKernelRule } from '../kernel-rule.ts';
import { variesByThread } from './shared/varies-by-thread.ts';

/** What of a sum differs by thread, as written. */
function varyingTerms(sum: Expression, kernel: Kernel): readonly string[] {
  if (sum.kind === 'binary' && sum.operator === '+') return [...varyingTerms(sum.left, kernel), ...varyingTerms(sum.right, kernel)];
  return variesByThread(sum, kernel) ? [sum.text.replace(/\s+/g, '')] : [];
}

/** A loop from `x + tid` to `y + tid` goes round as often for every thread. */
function isShifted(start: Expression, limit: Expression, kernel: Kernel): boolean {
  const [from, to] = [start, limit].map((one) => varyingTerms(one, kernel).toSorted().join());
  return from === to;
}

export const barrierInDivergentLoop = defineKernelRule({
  id: 'barrier-in-divergent-loop',
  severity: 'warning',
  check({ kernels, report }) {
    for (const kernel of kernels) {
      for (const { callee, loops, range } of kernel.statements.calls) {
        if (callee !== '__syncthreads') continue;
        // A step that differs changes how often a thread goes round; a start does so too, unless the step spans the block.
        const loop = loops.find(
          ({ start, limit, step }) =>
            !(start && limit && isShifted(start, limit, kernel)) &&
            ((limit && variesByThread(limit, kernel)) || (start && variesByThread(start, kernel) && step !== undefined)),
        );
        if (!loop) continue;
        report({
          range,
          related: [{ range: loop.range, message: 'threads of a block go round it a different number of times' }],
          what: `A barrier in a loop from ${loop.start?.text ?? '?'} to ${loop.limit?.text ?? '?'}, which differs by thread`,
          why: 'threads that leave the loop early never reach the barrier that the others wait at',
          advice: 'let all threads go round equally often, and put the check inside',
        });
      }
    }
  },
});
