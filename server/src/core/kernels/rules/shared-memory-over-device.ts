/** More shared memory than a block can have on the device: the launch fails. */
import { defineKernelRule } from '../kernel-rule.ts';
import { bytesText } from './shared/bytes-text.ts';
import { spokenDevices } from './shared/devices.ts';
import { onceEach } from './shared/once-each.ts';

export const sharedMemoryOverDevice = defineKernelRule({
  id: 'shared-memory-over-device',
  severity: 'error',
  check({ configurations, devices, report }) {
    for (const { kernel, launch, staticShared, dynamicShared } of onceEach(
      configurations,
      ({ kernel, launch }) => launch?.range.start ?? kernel.range.start,
    )) {
      if (staticShared.value === undefined || dynamicShared.value === undefined) continue;
      const bytes = staticShared.value + dynamicShared.value;
      const most = Math.max(...devices.map(({ architecture }) => architecture.sharedPerBlockOptIn));
      if (bytes <= most) continue;
      const range = dynamicShared.value > 0 ? (launch?.dynamicShared?.range ?? launch?.range) : kernel.shared[0]?.range;
      report({
        range: range ?? kernel.nameRange,
        related: kernel.shared.map(({ range: at, name }) => ({ range: at, message: `${name} is part of it` })),
        what: `A block of ${kernel.name} takes ${bytesText(bytes)} of shared memory, ${bytesText(most)} is the most on ${spokenDevices(devices)}`,
        why: 'the launch fails with "invalid argument", or the linker says "uses too much shared data"',
        advice: 'make the tiles smaller or use fewer stages',
      });
    }
  },
});
