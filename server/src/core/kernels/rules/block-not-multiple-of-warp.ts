/** A block that does not fill its last warp leaves lanes idle in every instruction of it. */
import { defineKernelRule } from '../kernel-rule.ts';
import { onceEach } from './shared/once-each.ts';
import { mayRunInWavesOf32 } from './shared/waves-of-32.ts';

export const blockNotMultipleOfWarp = defineKernelRule({
  id: 'block-not-multiple-of-warp',
  severity: 'warning',
  check({ configurations, devices, text, report }) {
    for (const { launch, threads, blocks, kernel } of onceEach(configurations, ({ launch }) => launch?.blockRange.start)) {
      const { value } = threads;
      const warps = [...new Set(devices.map(({ architecture }) => architecture.warpThreads))];
      if (!launch || value === undefined || value < 1 || !warps.every((warp) => value % warp !== 0)) continue;
      // One thread in one block is meant to be alone.
      if (value === 1 && blocks.value === 1) continue;
      if (value % 32 === 0 && mayRunInWavesOf32(text)) continue;
      const warp = Math.min(...warps);
      const full = Math.ceil(value / warp) * warp;
      report({
        range: launch.blockRange,
        related: [{ range: kernel.nameRange, message: 'the kernel it launches' }],
        what: `Blocks of ${value} threads fill ${(value / warp).toFixed(2)} warps of ${warp}`,
        why: `the last warp runs with ${full - value} idle lanes, and occupancy counts it in full`,
        advice: `use ${full} threads, with a check of the index in the kernel`,
      });
    }
  },
});
