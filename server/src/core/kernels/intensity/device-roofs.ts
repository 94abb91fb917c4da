/**
 * The time of a counted kernel on each device, with the registers that are known of it: a compiler's figures, or the estimate,
 * whose ends widen the band.
 */
import type { KernelConfiguration } from '../configuration.ts';
import type { KernelDevice } from '../kernel-rule.ts';
import { type Occupancy, occupancyOf } from '../occupancy.ts';
import { type RegisterRange, registersOn } from '../registers.ts';
import type { KernelIntensity } from './kernel-intensity.ts';
import { type CountedWork, type Roofline, roofline } from './roofline.ts';
import { type LaunchCounts, launchCounts, runningOn } from './running.ts';

export interface DeviceRoof {
  readonly device: KernelDevice;
  readonly roof: Roofline;
  /** Blocks together and registers that the time rests on; absent where threads or shared memory are not known. */
  readonly running?: { readonly occupancy: Occupancy; readonly registers: RegisterRange | undefined };
}

/** Occupancy with so many registers; undefined where threads or shared memory are not known. */
function occupancyWith(
  registersPerThread: number,
  { staticShared, dynamicShared }: KernelConfiguration,
  threads: number,
  { architecture }: KernelDevice,
) {
  if (staticShared.value === undefined || dynamicShared.value === undefined) return undefined;
  return occupancyOf(architecture, { threads, registersPerThread, staticShared: staticShared.value, dynamicShared: dynamicShared.value });
}

function roofOn(
  counted: CountedWork,
  intensity: KernelIntensity,
  counts: LaunchCounts | undefined,
  device: KernelDevice,
): DeviceRoof | undefined {
  const { accelerator, architecture } = device;
  const plain = (): DeviceRoof | undefined => {
    const roof = roofline(counted, accelerator, architecture);
    return roof && { device, roof };
  };
  const multiprocessors = accelerator.smCount?.value;
  if (!counts || multiprocessors === undefined) return plain();
  const { configuration } = intensity.counting;
  const registers = registersOn(configuration, architecture);
  const at = (count: number): { readonly roof: Roofline; readonly occupancy: Occupancy } | undefined => {
    const occupancy = occupancyWith(count, configuration, counts.threads, device);
    if (!occupancy || occupancy.blocks === 0) return undefined;
    const roof = roofline(runningOn(counted, counts, occupancy.blocks, multiprocessors), accelerator, architecture);
    return roof && { roof, occupancy };
  };
  const middle = at(registers ? Math.round((registers.low + registers.high) / 2) : 0) ?? at(0);
  if (!middle) return plain();
  const ends = registers ? [at(registers.low), at(registers.high)].flatMap((one) => one ?? []) : [];
  const all = [middle, ...ends].map(({ roof }) => roof);
  const roof = { ...middle.roof, low: Math.min(...all.map(({ low }) => low)), high: Math.max(...all.map(({ high }) => high)) };
  return { device, roof, running: { occupancy: middle.occupancy, registers } };
}

/** What is assumed may be less: a type of half the size, statements that only values decide on and that never run. */
function widened(found: DeviceRoof, least: DeviceRoof | undefined): DeviceRoof {
  return least ? { ...found, roof: { ...found.roof, low: Math.min(found.roof.low, least.roof.low) } } : found;
}

/** @param least the work at its least, where some of it rests on assumptions. */
export function roofsOf(
  counted: CountedWork,
  least: CountedWork | undefined,
  intensity: KernelIntensity,
  devices: readonly KernelDevice[],
): readonly DeviceRoof[] {
  const counts = launchCounts(intensity);
  return devices.flatMap((device) => {
    const found = roofOn(counted, intensity, counts, device);
    return found ? [widened(found, least && roofOn(least, intensity, counts, device))] : [];
  });
}
