/**
 * Memory outside the tensors. Each figure is physical: what a library allocates by default, or a share of a kind of memory.
 * The shares were fitted on reserved and nvidia-smi figures beside allocated ones of published runs.
 */
import type { Bytes } from '../units.ts';
import { GiB, MiB } from '../units.ts';

export const memoryCalibration = {
  /**
   * Share of the memory that comes and goes which the caching allocator holds beyond it: rounding to 2 MiB and blocks too
   * small for the next request.
   */
  fragmentation: 0.08,
  /** The same with expandable segments, which torchtitan turns on. */
  expandable: 0.03,
  /** Share of the logits' memory that stays cached in pieces: layers split its huge blocks, and the next loss takes new ones. */
  lossBlocks: 0.8,
  /** MiB of small tensors in Megatron-LM, fitted on what its test models hold between steps. */
  smallTensors: 45,
  /** NCCL buffers per communicator a rank takes part in. */
  perCommunicator: MiB(180) as Bytes,
} as const;

/** What reserved memory grows by when activations grow by one byte. */
export function activationSlack(framework: string): number {
  return 1 + (framework === 'torchtitan' ? memoryCalibration.expandable : memoryCalibration.fragmentation);
}

const isAtLeastHopper = (architecture: string): boolean => /hopper|blackwell|rubin/i.test(architecture);

/** CUDA context with the kernel images that PyTorch and its libraries load lazily; AMD's runtime holds more. */
export function contextBytes(architecture: string): Bytes {
  if (/cdna/i.test(architecture)) return GiB(1.5);
  return isAtLeastHopper(architecture) ? GiB(0.95) : GiB(0.8);
}

/**
 * cuBLAS workspaces that the framework allocates: 32 MiB from Hopper on, 8.1 MiB before (PyTorch
 * aten/src/ATen/cuda/CublasHandlePool.cpp), and as much again from Transformer Engine (32 and 4 MiB). Megatron-LM keeps
 * small tensors beside: random states, masks, the batch, sums for the log.
 */
export function workspaceBytes(architecture: string, transformerEngine: boolean): Bytes {
  const hopper = isAtLeastHopper(architecture);
  return MiB((hopper ? 32 : 8.125) + (transformerEngine ? (hopper ? 32 : 4) + memoryCalibration.smallTensors : 0));
}
