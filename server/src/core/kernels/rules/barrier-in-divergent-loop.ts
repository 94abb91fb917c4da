/** A barrier in a loop that some threads leave earlier than others. */
import { defineKernelRule } from '../kernel-rule.ts';
import { variesByThread } from './shared/varies-by-thread.ts';

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
            (limit && variesByThread(limit, kernel)) || (start && variesByThread(start, kernel) && step !== undefined),
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
