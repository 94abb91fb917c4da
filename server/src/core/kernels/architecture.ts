/** What a multiprocessor (a compute unit on AMD) offers the blocks that run on it. Values live in `data/architectures`. */
import type { Bytes } from '../units.ts';

export interface Architecture {
  /** `sm_90`, `gfx942`. */
  readonly id: string;
  readonly label: string;
  readonly vendor: 'NVIDIA' | 'AMD';
  /** Threads that step together: a warp, a wavefront on AMD. */
  readonly warpThreads: number;
  readonly threadsPerBlock: number;
  readonly warpsPerMultiprocessor: number;
  readonly blocksPerMultiprocessor: number;
  /** The same for blocks of a single warp, which need no barrier; absent where that makes no difference. */
  readonly blocksOfOneWarp?: number;
  /** Registers of 32 bits. */
  readonly registersPerMultiprocessor: number;
  readonly registersPerBlock: number;
  readonly registersPerThread: number;
  /** A warp's registers are rounded up to a multiple of this. */
  readonly registerUnit: number;
  /** Parts with a register file of their own; a warp stays in one of them. */
  readonly partitions: number;
  /** Lanes whose addresses the load/store units take in one clock. */
  readonly loadLanes: number;
  /** Multiply-adds in fp32 of one clock. */
  readonly vectorLanes: number;
  readonly sharedPerMultiprocessor: Bytes;
  /** What a block gets without asking. */
  readonly sharedPerBlock: Bytes;
  /** What a block gets when the kernel's attribute for dynamic shared memory is raised. */
  readonly sharedPerBlockOptIn: Bytes;
  /** What the driver takes of every block's share. */
  readonly sharedReservedPerBlock: Bytes;
  /** A block's shared memory is rounded up to a multiple of this. */
  readonly sharedUnit: Bytes;
  /** The sizes the shared part of the combined cache can be set to, smallest first. */
  readonly sharedSizes: readonly Bytes[];
  /** Where the limits were read. */
  readonly source: string;
}
