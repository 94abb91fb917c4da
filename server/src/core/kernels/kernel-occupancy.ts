/**
 * Occupancy of a configuration as far as the code tells it. Registers are the compiler's to choose: what is said is the
 * occupancy without them and how many a thread may take before it falls.
 */
import type { Architecture } from './architecture.ts';
import type { KernelConfiguration } from './configuration.ts';
import { type BlockResources, type Occupancy, type OccupancyLimit, occupancyOf } from './occupancy.ts';

export interface KernelOccupancy {
  /** Blocks, share and limits without registers, which can only lower them. */
  readonly most: Occupancy;
  /** Registers per thread up to which it stays so; undefined when even one is too many. */
  readonly registersUpTo: number | undefined;
  /** Blocks of the grid over blocks that run at a time on the whole device; undefined where the grid is not known. */
  readonly waves: number | undefined;
}

/** The most registers per thread that leave so many blocks on a multiprocessor. */
export function registersKeeping(architecture: Architecture, resources: BlockResources, blocks: number): number | undefined {
  const enough = (registersPerThread: number): boolean => occupancyOf(architecture, { ...resources, registersPerThread }).blocks >= blocks;
  for (let registers = architecture.registersPerThread; registers > 0; registers--) if (enough(registers)) return registers;
  return undefined;
}

/** @returns undefined where threads or shared memory of a block are not known. */
export function kernelOccupancy(
  { threads, staticShared, dynamicShared, blocks }: KernelConfiguration,
  architecture: Architecture,
  multiprocessors: number | undefined,
): KernelOccupancy | undefined {
  if (threads.value === undefined || threads.value < 1 || staticShared.value === undefined || dynamicShared.value === undefined)
    return undefined;
  const resources = { threads: threads.value, registersPerThread: 0, staticShared: staticShared.value, dynamicShared: dynamicShared.value };
  const most = occupancyOf(architecture, resources);
  const together = most.blocks * (multiprocessors ?? 0);
  return {
    most,
    registersUpTo: most.blocks === 0 ? undefined : registersKeeping(architecture, resources, most.blocks),
    waves: blocks.value === undefined || together === 0 ? undefined : blocks.value / together,
  };
}

/** Limits other than registers that hold, for words. */
export const namedLimits = ({ limitedBy }: Occupancy): readonly OccupancyLimit[] => limitedBy.filter((limit) => limit !== 'registers');
