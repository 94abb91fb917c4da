/** The compiler does not know how large blocks are unless told, and may use more registers than they have. */
import { defineKernelRule } from '../kernel-rule.ts';
import { onceEach } from './shared/once-each.ts';

const large = 1024;

export const largeBlockWithoutLaunchBounds = defineKernelRule({
  id: 'large-block-without-launch-bounds',
  severity: 'info',
  languages: ['cuda'],
  check({ configurations, devices, report }) {
    for (const { kernel, launch, threads } of onceEach(configurations, ({ kernel }) => kernel)) {
      if (!launch || threads.value !== large || kernel.launchBounds) continue;
      const registers = Math.min(...devices.map(({ architecture }) => architecture.registersPerBlock)) / large;
      // Small kernels stay far below; those that keep arrays or sums of their own may not.
      const { localArrays, loops } = kernel.statements;
      if (localArrays.length === 0 || loops.length === 0) continue;
      report({
        range: launch.blockRange,
        related: [{ range: kernel.nameRange, message: 'has no __launch_bounds__' }],
        what: `Blocks of ${large} threads for a kernel that is not compiled for them`,
        why: `from ${registers + 1} registers per thread on the launch fails with "too many resources requested for launch"`,
        advice: `declare it with __launch_bounds__(${large})`,
      });
    }
  },
});
