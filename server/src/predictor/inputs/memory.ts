/** What must come from device memory whatever the L2 holds. */
import type { DeviceFigures } from '../device.ts';

/** Bytes that come from device memory for sure: all but what the L2 may hold from the run before. */
export function beyondCache(bytes: number, device: DeviceFigures): number {
  return Math.max(0, bytes - device.l2);
}
