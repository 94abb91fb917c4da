/** What must come from device memory whatever the L2 holds. */
import type { DeviceFigures } from '../device.ts';

/** Bytes that come from device memory for sure: all but what the L2 may hold from the run before. */
export function beyondCache(bytes: number, device: DeviceFigures): number {
  return Math.max(0, bytes - device.l2);
}

/**
 * Share of operands that a cache of the device's L2 misses when a footprint is walked through again and again: nothing while it
 * fits into half of the cache (the rest holds what else is running), everything once it is as large as the cache.
 */
export function missedShare(footprint: number, device: DeviceFigures): number {
  return Math.min(1, Math.max(0, (2 * footprint) / device.l2 - 1));
}
