/** Inputs of the model of collectives between the GPUs of a node. */
import { chips, type DeviceFigures } from '../device.ts';
import { type Family, type InputWriter, writeChip } from './inputs.ts';

export const collectives = ['all_gather', 'all_reduce', 'alltoall', 'reduce_scatter'] as const;
export type Collective = (typeof collectives)[number];
/** Libraries: NCCL and its like, and the all-reduce kernels of serving engines, alone or inside a CUDA graph. */
export const libraries = ['nccl', 'oneccl', 'vllm', 'sglang', 'trtllm'] as const;
export type Library = (typeof libraries)[number];

export interface CollectiveCase {
  readonly collective: Collective;
  readonly library: Library;
  readonly graph: boolean;
  readonly gpus: number;
  /** Bytes in all, as NCCL's tests count them. */
  readonly bytes: number;
}

/** Bytes that pass one GPU's link in one direction. */
function onWire({ collective, gpus, bytes }: CollectiveCase): number {
  const share = (gpus - 1) / gpus;
  // Switches that add up on the way halve what an all-reduce sends.
  return bytes * (collective === 'all_reduce' ? 2 * share : share);
}

export const collective: Family<CollectiveCase> = {
  grow: ['bytes on the wire', 'bytes over the link', 'bytes over memory', 'size', 'bytes with a start', 'bytes of each', 'GPUs'],
  free: [...chips, ...collectives.slice(1), ...libraries.slice(1), 'graph', 'over PCIe', 'two GPUs', 'eight GPUs'],
  dimensions: ['bytes'],
  group: ({ collective: name, library }) => `${name} ${library}`,
  /** Links are busy, hardly anything else: what passes the memory draws the power. */
  parts: (shape, device) => ({ work: 0, memory: shape.bytes / device.bandwidth }),
  write(into: InputWriter, shape: CollectiveCase, device: DeviceFigures): void {
    const wire = onWire(shape) / device.link;
    into.time(wire);
    into.time(shape.bytes / device.link);
    into.time(shape.bytes / device.bandwidth);
    into.add(Math.log(shape.bytes));
    into.time(wire + 1e-5);
    into.add(Math.log1p(shape.bytes / shape.gpus / 2 ** 17));
    into.add(Math.log(shape.gpus));
    writeChip(into, device);
    into.choice(collectives.slice(1), shape.collective);
    into.choice(libraries.slice(1), shape.library);
    into.flag(shape.graph);
    into.flag(!device.linked);
    into.flag(shape.gpus === 2);
    into.flag(shape.gpus >= 8);
  },
  /** What one GPU must at least take in: half of it with sums made in the switch. */
  bound: (shape, device) => onWire(shape) / (shape.collective === 'all_reduce' ? 2 : 1) / device.link,
};
