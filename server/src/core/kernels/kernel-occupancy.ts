/**
 * Occupancy of a configuration as far as it is known. Registers are the compiler's to choose: without its word there is the occupancy
 * they leave at best, with how many a thread may take before it falls, and what the estimate of them makes of it.
 */
import type { Architecture } from './architecture.ts';
import type { KernelConfiguration } from './configuration.ts';
import { type BlockResources, type Occupancy, type OccupancyLimit, occupancyOf } from './occupancy.ts';
import { type RegisterRange, registersOn } from './registers.ts';

export interface KernelOccupancy {
  /** Blocks, share and limits without registers, which can only lower them. */
  readonly most: Occupancy;
  /** Registers per thread up to which it stays so; undefined when even one is too many. */
  readonly registersUpTo: number | undefined;
  /** Registers as they are known for this architecture, with the occupancy at the most and at the fewest of them. */
  readonly withRegisters: { readonly registers: RegisterRange; readonly least: Occupancy; readonly most: Occupancy } | undefined;
  /** Blocks of the grid over blocks that run at a time on the whole device, at best; undefined where the grid is not known. */
  readonly waves: number | undefined;
  /** The same with the most registers that a thread may take; undefined also where no block fits with so many. */
  readonly wavesUpTo: number | undefined;
}

/** The most registers per thread that leave so many blocks on a multiprocessor. */
export function registersKeeping(architecture: Architecture, resources: BlockResources, blocks: number): number | undefined {
  const enough = (registersPerThread: number): boolean => occupancyOf(architecture, { ...resources, registersPerThread }).blocks >= blocks;
  // More registers never let more blocks in, so the place where it falls is found by halving.
  let [low, high] = [0, architecture.registersPerThread];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (enough(middle)) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? undefined : low;
}

/** @returns undefined where threads or shared memory of a block are not known. */
export function kernelOccupancy(
  configuration: KernelConfiguration,
  architecture: Architecture,
  multiprocessors: number | undefined,
): KernelOccupancy | undefined {
  const { threads, staticShared, dynamicShared, blocks } = configuration;
  if (threads.value === undefined || threads.value < 1 || staticShared.value === undefined || dynamicShared.value === undefined)
    return undefined;
  const resources = { threads: threads.value, registersPerThread: 0, staticShared: staticShared.value, dynamicShared: dynamicShared.value };
  const most = occupancyOf(architecture, resources);
  const registers = registersOn(configuration, architecture);
  const at = (registersPerThread: number): Occupancy => occupancyOf(architecture, { ...resources, registersPerThread });
  const withRegisters = registers && { registers, least: at(registers.high), most: at(registers.low) };
  const wavesOf = (running: Occupancy): number | undefined => {
    const together = running.blocks * (multiprocessors ?? 0);
    return blocks.value === undefined || together === 0 ? undefined : blocks.value / together;
  };
  return {
    most,
    registersUpTo: most.blocks === 0 ? undefined : registersKeeping(architecture, resources, most.blocks),
    withRegisters,
    // Instances that differ in registers: the most of them are counted, as they run for certain.
    waves: wavesOf(withRegisters?.registers.isExact ? withRegisters.least : (withRegisters?.most ?? most)),
    wavesUpTo: wavesOf(withRegisters?.least ?? most),
  };
}

/** Limits other than registers that hold, for words. */
export const namedLimits = ({ limitedBy }: Occupancy): readonly OccupancyLimit[] => limitedBy.filter((limit) => limit !== 'registers');
