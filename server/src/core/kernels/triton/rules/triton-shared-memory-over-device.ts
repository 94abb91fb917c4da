/** Stages times tiles beyond the shared memory of the device: Triton stops with "out of resource". */
import { bytesText } from '../../rules/shared/bytes-text.ts';
import { spokenDevices } from '../../rules/shared/devices.ts';
import { sharedOn } from '../resources.ts';
import { defineTritonRule } from '../triton-rule.ts';

const halfBytes = 2;

export const tritonSharedMemoryOverDevice = defineTritonRule({
  id: 'triton-shared-memory-over-device',
  severity: 'warning',
  check({ configurations, devices, report }) {
    for (const configuration of configurations) {
      // What is tried only where the machine allows it was thought of.
      if (configuration.condition !== undefined) continue;
      const each = devices.map(({ architecture }) => ({
        most: architecture.sharedPerBlockOptIn,
        shared: sharedOn(configuration, architecture),
      }));
      const [largest] = each.toSorted((a, b) => b.most - a.most);
      if (!largest?.shared || each.some(({ most, shared }) => !shared || shared.least <= most)) continue;
      const { most, shared } = largest;
      const { numStages, kernel, range, compiled } = configuration;
      const fits = Math.floor(most / (shared.least / Math.max(1, numStages)));
      // Types are known at the launch only, or by the build: beyond the limit even in 8 bits there is no doubt.
      const isSure = shared.isExact || each.every((one) => (one.shared?.least ?? 0) / halfBytes > one.most);
      const what = shared.isExact ? `of shared memory (${compiled?.compiler})` : 'of 16-bit tiles in shared memory';
      report({
        range,
        related: kernel.dots.map((dot) => ({ range: dot.range, message: 'its operands are loaded ahead' })),
        ...(isSure ? { severity: 'error' } : {}),
        what: `${bytesText(shared.least)} ${what} at ${numStages} stages, ${bytesText(most)} is the most on ${spokenDevices(devices)}`,
        why: 'Triton refuses with "out of resource: shared memory"; an autotuner drops the configuration after compiling it',
        advice: fits >= 1 && fits < numStages ? `use num_stages ${fits} or smaller tiles` : 'use smaller tiles',
      });
    }
  },
});
