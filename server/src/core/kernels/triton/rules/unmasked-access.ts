/** A grid that is rounded up runs programs past the end; without a mask they read and write there. */
import type { Expression } from '../../expression.ts';
import { partsOf } from '../../expression.ts';
import { defineTritonRule } from '../triton-rule.ts';

const roundsUp = (expression: Expression): boolean =>
  (expression.kind === 'call' && /(?:^|[._])(?:cdiv|ceil_?div)$/i.test(expression.callee)) || partsOf(expression).some(roundsUp);

export const unmaskedAccess = defineTritonRule({
  id: 'unmasked-access',
  severity: 'warning',
  check({ file, report }) {
    for (const kernel of file.kernels) {
      const launch = file.launches.find((one) => one.kernel === kernel.name && one.grid?.some(roundsUp));
      const blocks = kernel.memory.filter(({ tile, isBlock }) => !isBlock && tile && tile.length > 0);
      // A kernel that masks nothing relies on sizes that divide; one that masks its stores or loads forgot the others.
      if (!launch || !blocks.some(({ hasMask }) => hasMask)) continue;
      for (const { kind, range } of blocks.filter(({ kind: what, hasMask }) => what === 'store' && !hasMask)) {
        report({
          range,
          related: [{ range: launch.range, message: 'the grid is rounded up' }],
          what: `A ${kind} of a block without a mask, in a kernel whose grid is rounded up`,
          why: 'the last program writes past the end where the size is no multiple of the block',
          advice: 'give it the mask of the other accesses',
        });
      }
    }
  },
});
