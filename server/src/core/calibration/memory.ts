/** Fitted parameters of memory outside the tensors. */
import type { Bytes } from '../units.ts';
import { GiB, MiB } from '../units.ts';

/** Memory outside the tensors. */
export const memoryCalibration = {
  /** Allocator slack: reserved over allocated for a run with steady shapes. */
  reservedOverAllocated: 1.04,
  /** CUDA context, cuBLAS workspaces and kernel images of one process. */
  context: GiB(0.9) as Bytes,
  /** NCCL buffers per communicator a rank takes part in. */
  perCommunicator: MiB(180) as Bytes,
  /** cuBLAS and Transformer Engine workspaces allocated through the framework. */
  workspace: MiB(64) as Bytes,
} as const;
