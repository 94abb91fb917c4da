/** Tiles times stages beyond the shared memory of a block: the kernel does not launch. */
import { bytesText } from '../../rules/shared/bytes-text.ts';
import { spokenDevices } from '../../rules/shared/devices.ts';
import { defineTileRule } from '../tile-rule.ts';

export const tileSharedMemoryOverDevice = defineTileRule({
  id: 'tile-shared-memory-over-device',
  severity: 'error',
  languages: ['tilelang', 'cutlass2', 'cutlass3'],
  check({ configurations, devices, isDeviceNamed, report }) {
    const most = Math.max(...devices.map(({ architecture }) => architecture.sharedPerBlockOptIn));
    for (const { kernel, shared, sharedPerStage, stages } of configurations) {
      if (shared.value === undefined || shared.value <= most) continue;
      const count = stages?.value;
      const rest = shared.value - (sharedPerStage.value ?? 0) * Math.max(1, count ?? 1);
      const fits = sharedPerStage.value ? Math.floor((most - rest) / sharedPerStage.value) : 0;
      const range = kernel.stages === undefined || kernel.stages === 'auto' ? undefined : kernel.stages.range;
      const isPerStage = (sharedPerStage.value ?? 0) > 0 && count !== undefined && count > 1;
      report({
        range: range ?? kernel.buffers.find(({ memory }) => memory === 'shared')?.range ?? kernel.nameRange,
        related: kernel.buffers
          .filter(({ memory }) => memory === 'shared')
          .map(({ range: at, name }) => ({ range: at, message: `${name} is part of it` })),
        what: `${bytesText(shared.value)} of tiles in shared memory${isPerStage ? ` at ${count} stages` : ''}, ${bytesText(most)} is the most on ${isDeviceNamed ? spokenDevices(devices) : 'any usual GPU'}`,
        why: 'the kernel does not compile or its launch fails',
        advice: isPerStage && fits >= 1 ? `use ${fits} stage${fits === 1 ? '' : 's'} or smaller tiles` : 'use smaller tiles',
      });
    }
  },
});
