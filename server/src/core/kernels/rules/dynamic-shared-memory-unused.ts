/** Shared memory that is given at the launch and used by nobody lowers occupancy. */
import { defineKernelRule } from '../kernel-rule.ts';

export const dynamicSharedMemoryUnused = defineKernelRule({
  id: 'dynamic-shared-memory-unused',
  severity: 'warning',
  check({ file, configurations, text, report }) {
    // A macro or a function of another file may declare the array.
    if (file.includes.length > 0) return;
    for (const { kernel, launch, dynamicShared } of configurations) {
      const inKernel = text.slice(kernel.range.start, kernel.range.end);
      const isUsed =
        kernel.shared.some(({ isDynamic }) => isDynamic) ||
        file.deviceFunctions.some(({ shared }) => shared.some(({ isDynamic }) => isDynamic));
      if (!launch?.dynamicShared || !dynamicShared.value || isUsed || /dynamic_smem|extern\s+__shared__|SharedMemory/.test(inKernel))
        continue;
      if (/extern\s+(?:__shared__|HIP_DYNAMIC)|HIP_DYNAMIC_SHARED/.test(text)) continue;
      report({
        range: launch.dynamicShared.range,
        related: [{ range: kernel.nameRange, message: 'declares no extern __shared__ array' }],
        what: `Shared memory of ${dynamicShared.value} bytes that ${kernel.name} does not use`,
        why: 'fewer blocks fit on a multiprocessor for nothing',
        advice: 'leave the argument out',
      });
    }
  },
});
