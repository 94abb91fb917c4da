/**
 * How many blocks of a kernel run on a multiprocessor at a time, and what limits them.
 *
 *   warps per block   = ceil(threads / warp)
 *   by warps          = floor(warps of the multiprocessor / warps per block)
 *   by registers      = floor(floor(registers of a partition / registers of a warp) x partitions / warps per block),
 *                       registers of a warp = registers per thread x warp, rounded up to the unit
 *   by shared memory  = floor(shared memory of the multiprocessor / (static + dynamic + reserved, rounded up to the unit))
 *   blocks            = the least of these and the limit of blocks;  occupancy = blocks x warps per block / warps
 *
 * Source: cuda_occupancy.h of NVIDIA's CUDA toolkit (limits by warps, registers, shared memory; the check of the whole
 * block's registers rounds its warps up to the number of partitions); for AMD AMDGPUBaseInfo.cpp of LLVM.
 * Assumes the cache is split in favour of shared memory unless a size is given, as the driver does when it must.
 */
import type { Bytes } from '../units.ts';
import type { Architecture } from './architecture.ts';

export interface BlockResources {
  /** Threads of a block. */
  readonly threads: number;
  readonly registersPerThread: number;
  readonly staticShared: Bytes;
  readonly dynamicShared: Bytes;
  /** What the shared part of the cache is set to, where that is known. */
  readonly sharedConfigured?: Bytes;
}

export type OccupancyLimit = 'warps' | 'blocks' | 'registers' | 'shared memory';

export interface Occupancy {
  /** Blocks each limit allows; Infinity where a block uses nothing of it, 0 where not even one fits. */
  readonly limits: { readonly [limit in OccupancyLimit]: number };
  readonly blocks: number;
  readonly warpsPerBlock: number;
  /** Share of the multiprocessor's warps, 0 to 1. */
  readonly share: number;
  /** Those of the limits that hold. */
  readonly limitedBy: readonly OccupancyLimit[];
}

const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

/** Blocks that the register files hold; 0 when a single block is too large or a thread wants more than it may have. */
function byRegisters(architecture: Architecture, registers: number, warpsPerBlock: number): number {
  if (registers <= 0) return Number.POSITIVE_INFINITY;
  const { warpThreads, registerUnit, partitions, registersPerMultiprocessor, registersPerBlock, registersPerThread } = architecture;
  const perWarp = roundUp(registers * warpThreads, registerUnit);
  const checked = perWarp * roundUp(warpsPerBlock, partitions);
  if (registers > registersPerThread || checked > registersPerBlock) return 0;
  const warps = Math.floor(registersPerMultiprocessor / partitions / perWarp) * partitions;
  return Math.floor(warps / warpsPerBlock);
}

/** Bytes of shared memory a block really takes. */
function sharedOfBlock(architecture: Architecture, { staticShared, dynamicShared }: BlockResources): Bytes {
  return roundUp(staticShared + dynamicShared + architecture.sharedReservedPerBlock, architecture.sharedUnit);
}

function byShared(architecture: Architecture, resources: BlockResources): number {
  const perBlock = sharedOfBlock(architecture, resources);
  if (perBlock === 0) return Number.POSITIVE_INFINITY;
  if (resources.staticShared + resources.dynamicShared > architecture.sharedPerBlockOptIn) return 0;
  const configured = resources.sharedConfigured ?? architecture.sharedPerMultiprocessor;
  // A size too small for one block gives way to the next one that holds it.
  const size = configured >= perBlock ? configured : (architecture.sharedSizes.find((known) => known >= perBlock) ?? 0);
  return Math.floor(size / perBlock);
}

/** @returns the occupancy of blocks with these resources; threads must be at least 1. */
export function occupancyOf(architecture: Architecture, resources: BlockResources): Occupancy {
  const { warpThreads, warpsPerMultiprocessor, threadsPerBlock, blocksPerMultiprocessor, blocksOfOneWarp } = architecture;
  const warpsPerBlock = Math.max(1, Math.ceil(resources.threads / warpThreads));
  const limits = {
    warps: resources.threads > threadsPerBlock ? 0 : Math.floor(warpsPerMultiprocessor / warpsPerBlock),
    blocks: warpsPerBlock === 1 ? (blocksOfOneWarp ?? blocksPerMultiprocessor) : blocksPerMultiprocessor,
    registers: byRegisters(architecture, resources.registersPerThread, warpsPerBlock),
    'shared memory': byShared(architecture, resources),
  };
  const blocks = Math.min(...Object.values(limits));
  const limitedBy = (Object.keys(limits) as OccupancyLimit[]).filter((limit) => limits[limit] === blocks);
  return { limits, blocks, warpsPerBlock, share: (blocks * warpsPerBlock) / warpsPerMultiprocessor, limitedBy };
}
