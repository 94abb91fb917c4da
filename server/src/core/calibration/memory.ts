/**
 * Memory outside the tensors: what a library allocates by default, and fitted shares and sizes whose meaning, ranges and
 * rows stand in `fits/memory.json`.
 */
import type { Bytes } from '../units.ts';
import { MiB } from '../units.ts';
import memoryFits from './fits/memory.json' with { type: 'json' };
import { fitted } from './fitted.ts';

const sets = { ampere: fitted(memoryFits, 'ampere'), hopper: fitted(memoryFits, 'hopper'), cdna: fitted(memoryFits, 'cdna') };

/** The figures that hold for every device. */
export const memoryCalibration = sets.ampere;

/** What reserved memory grows by when activations grow by one byte. */
export function activationSlack(framework: string, implementation: string): number {
  const { expandable, sideStreams, fragmentation } = memoryCalibration;
  if (framework === 'torchtitan') return 1 + expandable;
  return 1 + (implementation === 'fsdp1' ? sideStreams : fragmentation);
}

const isAtLeastHopper = (architecture: string): boolean => /hopper|blackwell|rubin/i.test(architecture);

/** CUDA context with the kernel images that PyTorch and its libraries load lazily; AMD's runtime holds more. */
export function contextBytes(architecture: string, eagerKernels: boolean): Bytes {
  if (/cdna/i.test(architecture)) return sets.cdna.context;
  const lazy = isAtLeastHopper(architecture) ? sets.hopper.context : sets.ampere.context;
  return eagerKernels ? lazy + memoryCalibration.allKernels : lazy;
}

/**
 * cuBLAS workspaces that the framework allocates: 32 MiB from Hopper on, 8.1 MiB before (PyTorch
 * aten/src/ATen/cuda/CublasHandlePool.cpp), and as much again from Transformer Engine (32 and 4 MiB). Megatron-LM keeps
 * small tensors beside.
 */
export function workspaceBytes(architecture: string, transformerEngine: boolean): Bytes {
  const hopper = isAtLeastHopper(architecture);
  const own = MiB(hopper ? 32 : 8.125);
  return transformerEngine ? own + MiB(hopper ? 32 : 4) + memoryCalibration.smallTensors : own;
}
