/** Few warps on a multiprocessor have little to hide memory latency with. */
import { kernelOccupancy, namedLimits } from '../kernel-occupancy.ts';
import { defineKernelRule } from '../kernel-rule.ts';
import { occupancyOf } from '../occupancy.ts';
import { onceEach } from './shared/once-each.ts';

/** Kernels on tensor cores run well with little; half of this would be low for any other. */
const low = 0.25;
const tensorCores = /\b(?:wmma|mma\.sync|wgmma|tcgen05|mma_sync)\b/;

export const occupancyLimited = defineKernelRule({
  id: 'occupancy-limited',
  severity: 'info',
  check({ configurations, devices, text, report }) {
    for (const configuration of onceEach(configurations, ({ launch }) => launch?.range.start)) {
      const { kernel, launch, threads, staticShared, dynamicShared } = configuration;
      if (!launch || threads.value === undefined || tensorCores.test(text.slice(kernel.range.start, kernel.range.end))) continue;
      const found = devices.map((device) => ({ device, occupancy: kernelOccupancy(configuration, device.architecture, undefined)?.most }));
      const [first] = found;
      if (!first?.occupancy || !found.every(({ occupancy }) => occupancy && occupancy.blocks > 0 && occupancy.share < low)) continue;
      const limits = namedLimits(first.occupancy);
      const shared = (staticShared.value ?? 0) + (dynamicShared.value ?? 0);
      const block = { registersPerThread: 0, staticShared: shared, dynamicShared: 0 };
      // The nearest change: the next block size that lets more warps in.
      const better = [64, 128, 256, 512, 1024].find(
        (size) =>
          size > (threads.value ?? 0) &&
          occupancyOf(first.device.architecture, { ...block, threads: size }).share > (first.occupancy?.share ?? 1) * 1.5,
      );
      report({
        range: launch.blockRange,
        related: [{ range: kernel.nameRange, message: 'the kernel it launches' }],
        what: `Occupancy of ${Math.round(first.occupancy.share * 100)} % on ${first.device.label}, limited by ${limits.join(' and ')}`,
        why: 'with so few warps the multiprocessor waits for memory unless each has much work of its own',
        advice:
          better === undefined
            ? 'use less shared memory per block'
            : `blocks of ${better} threads would take it to ${Math.round(occupancyOf(first.device.architecture, { ...block, threads: better }).share * 100)} %`,
      });
    }
  },
});
