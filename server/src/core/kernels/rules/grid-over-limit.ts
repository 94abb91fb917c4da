/** Grids have 65,535 blocks in y and z, and none of their factors is zero. */

import { evaluate } from '../expression.ts';
import { defineKernelRule } from '../kernel-rule.ts';

const most = [2 ** 31 - 1, 65_535, 65_535] as const;

export const gridOverLimit = defineKernelRule({
  id: 'grid-over-limit',
  severity: 'error',
  check({ file, report }) {
    for (const launch of file.launches) {
      const scope = {
        lookUp: (name: string) => launch.constants.get(name) ?? file.constants.get(name) ?? file.given.get(name),
        functionOf: (name: string) => file.functions.get(name),
        sizeOf: () => undefined,
      };
      for (const [at, factor] of launch.grid.entries()) {
        const value = evaluate(factor, scope);
        const limit = most[at] ?? 0;
        if (value === undefined || (value >= 1 && value <= limit)) continue;
        report({
          range: launch.gridRange,
          what:
            value < 1 ? `A grid of ${value} blocks in ${'xyz'[at]}` : `A grid of ${value} blocks in ${'xyz'[at]}, ${limit} are the most`,
          why: 'the launch fails with "invalid configuration argument", and without a check of the error nothing runs in silence',
          ...(at > 0 && value > limit ? { advice: 'let the long direction be x' } : {}),
        });
      }
    }
  },
});
