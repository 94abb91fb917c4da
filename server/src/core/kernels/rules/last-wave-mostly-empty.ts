/** A grid a little larger than what runs at a time needs another wave for the rest. */
import { kernelOccupancy } from '../kernel-occupancy.ts';
import { defineKernelRule } from '../kernel-rule.ts';

/** With more waves than this the last one does not matter. */
const few = 6;
const wasted = 0.25;

export const lastWaveMostlyEmpty = defineKernelRule({
  id: 'last-wave-mostly-empty',
  severity: 'info',
  check({ configurations, devices, isDeviceNamed, report }) {
    const [device] = devices;
    if (!isDeviceNamed || !device) return;
    for (const configuration of configurations) {
      const { launch, blocks } = configuration;
      const found = kernelOccupancy(configuration, device.architecture, device.accelerator.smCount?.value);
      if (!launch || blocks.value === undefined || found?.waves === undefined) continue;
      // Registers that may let fewer blocks run make waves nobody can count.
      if (found.waves !== found.wavesUpTo) continue;
      const waves = Math.ceil(found.waves);
      const idle = 1 - found.waves / waves;
      if (waves < 2 || waves > few || idle < wasted) continue;
      const perWave = blocks.value / found.waves;
      report({
        range: launch.gridRange,
        related: [{ range: configuration.kernel.nameRange, message: 'the kernel it launches' }],
        what: `${blocks.value} blocks in ${found.waves.toFixed(2)} waves of ${perWave} on ${device.label}, if registers allow them`,
        why: `the last wave leaves ${Math.round((waves - found.waves) * 100)} % of the places empty, ${Math.round(idle * 100)} % of the whole time`,
        advice: 'let each block do more or less, so that the waves come out even, or let as many blocks as fit loop over the work',
      });
    }
  },
});
