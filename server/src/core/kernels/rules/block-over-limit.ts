/** More threads in a block than the device or the kernel's own bounds allow: the launch fails. */
import { defineKernelRule } from '../kernel-rule.ts';
import { spokenDevices } from './shared/devices.ts';
import { onceEach } from './shared/once-each.ts';

export const blockOverLimit = defineKernelRule({
  id: 'block-over-limit',
  severity: 'error',
  check({ configurations, devices, report }) {
    for (const { kernel, launch, threads, block, mostThreads } of onceEach(configurations, ({ launch }) => launch?.range.start)) {
      if (!launch || threads.value === undefined) continue;
      const most = Math.max(...devices.map(({ architecture }) => architecture.threadsPerBlock));
      const bound = mostThreads?.value;
      const depth = block[2]?.value ?? 1;
      const related = [{ range: kernel.nameRange, message: 'the kernel it launches' }];
      if (threads.value > most) {
        report({
          range: launch.blockRange,
          related,
          what: `Blocks of ${threads.value} threads, ${most} are the most on ${spokenDevices(devices)}`,
          why: 'the launch fails with "invalid configuration argument", and without a check of the error nothing runs in silence',
        });
      } else if (depth > 64) {
        report({
          range: launch.blockRange,
          related,
          what: `A block is ${depth} threads deep in z, 64 are the most`,
          why: 'the launch fails with "invalid configuration argument"',
        });
      } else if (bound !== undefined && threads.value > bound && kernel.launchBounds) {
        report({
          range: launch.blockRange,
          related: [{ range: kernel.launchBounds.range, message: `bounds of ${bound} threads` }],
          what: `Blocks of ${threads.value} threads for ${kernel.name}, which is compiled for ${bound} at most`,
          why: 'the launch fails with "too many resources requested for launch"',
          advice: `launch ${bound} threads or fewer, or raise __launch_bounds__`,
        });
      }
    }
  },
});
