/** How findings speak of the devices they hold for. */
import type { KernelDevice } from '../../kernel-rule.ts';

/** The device, or what all of them have in common where none is named. */
export function spokenDevices(devices: readonly KernelDevice[]): string {
  return devices.map(({ label }) => label).join(', ');
}
