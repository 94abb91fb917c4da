/** A block whose threads want more registers together than a block may have does not start, by the compiler's own count. */
import { defineKernelRule } from '../kernel-rule.ts';
import { occupancyOf } from '../occupancy.ts';
import { registersOn } from '../registers.ts';
import { onceEach } from './shared/once-each.ts';

export const registersOverBlock = defineKernelRule({
  id: 'registers-over-block',
  severity: 'error',
  needsCompiler: true,
  check({ configurations, devices, report }) {
    for (const configuration of onceEach(configurations, ({ launch }) => launch?.range.start)) {
      const { kernel, launch, threads, compiled } = configuration;
      if (!launch || !compiled || threads.value === undefined || threads.value < 1) continue;
      for (const { label, architecture } of devices) {
        const registers = registersOn(configuration, architecture);
        if (!registers?.isExact || threads.value > architecture.threadsPerBlock) continue;
        // Of several instances it may be, the smallest must be too large.
        const block = { threads: threads.value, registersPerThread: registers.low, staticShared: 0, dynamicShared: 0 };
        if (occupancyOf(architecture, block).limits.registers > 0) continue;
        report({
          range: launch.blockRange,
          related: [{ range: kernel.nameRange, message: 'the kernel it launches' }],
          what: `${threads.value} threads of ${registers.low} registers are more than the ${architecture.registersPerBlock} a block may have on ${label}`,
          why: 'the launch fails with "too many resources requested for launch"',
          advice: `declare the kernel with __launch_bounds__(${threads.value}), or launch smaller blocks`,
        });
        break;
      }
    }
  },
});
