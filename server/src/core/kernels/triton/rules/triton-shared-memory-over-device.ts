/** Stages times tiles beyond the shared memory of the device: Triton stops with "out of resource". */
import { bytesText } from '../../rules/shared/bytes-text.ts';
import { spokenDevices } from '../../rules/shared/devices.ts';
import { pipelinedShared } from '../shared-memory.ts';
import { defineTritonRule } from '../triton-rule.ts';

const halfBytes = 2;

export const tritonSharedMemoryOverDevice = defineTritonRule({
  id: 'triton-shared-memory-over-device',
  severity: 'warning',
  check({ configurations, devices, report }) {
    for (const configuration of configurations) {
      // What is tried only where the machine allows it was thought of.
      if (configuration.condition !== undefined) continue;
      const most = Math.max(...devices.map(({ architecture }) => architecture.sharedPerBlockOptIn));
      const shared = pipelinedShared(configuration, halfBytes);
      if (!shared || shared.least <= most) continue;
      const { numStages, kernel, range } = configuration;
      const fits = Math.floor(most / (shared.most / Math.max(1, numStages)));
      report({
        range,
        related: kernel.dots.map((dot) => ({ range: dot.range, message: 'its operands are loaded ahead' })),
        // Types are known at the launch only: beyond the limit even in 8 bits there is no doubt.
        ...(shared.least / halfBytes > most ? { severity: 'error' } : {}),
        what: `${bytesText(shared.least)} of 16-bit tiles in shared memory at ${numStages} stages, ${bytesText(most)} is the most on ${spokenDevices(devices)}`,
        why: 'Triton refuses with "out of resource: shared memory"; an autotuner drops the configuration after compiling it',
        advice: fits >= 1 ? `use num_stages ${fits} or smaller tiles` : 'use smaller tiles',
      });
    }
  },
});
