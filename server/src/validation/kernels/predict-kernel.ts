/** Rows about single kernels: time, occupancy, and what a compiler printed. */
import type { Assumption } from '../../core/estimate.ts';
import type { Catalog } from '../catalog.ts';
import { clusterOf } from '../hardware.ts';
import type { Predicted } from '../predict-training.ts';
import type { CaseInput } from '../row.ts';
import { kernelRowOf } from './kernel-row.ts';
import { predictOccupancy } from './occupancy-row.ts';
import { predictKernelTime } from './time-row.ts';

export type KernelRowResult =
  | { readonly predicted: Predicted; readonly assumptions: readonly Assumption[]; readonly gpu: string }
  | { readonly refused: string };

/** Predicts a row of kind `throughput` (of a kernel), `occupancy` or `resources`, or says why not. */
export function predictKernel(input: CaseInput, catalog: Catalog): KernelRowResult {
  const { row, refused: unreadable } = kernelRowOf(input);
  if (!row) return { refused: unreadable };
  if (input.kind === 'resources') return { refused: 'what a compiler makes of a kernel needs its source, which the row does not hold' };
  if (input.kind === 'occupancy') {
    const id = /\b(?:sm_\d+|gfx\w+)/i.exec(row.arch)?.[0];
    const architecture = id === undefined ? undefined : catalog.findArchitecture(id);
    if (!architecture) return { refused: 'the architecture is not stated or not known' };
    const { predicted, refused } = predictOccupancy(row, architecture);
    return predicted ? { predicted, assumptions: [], gpu: architecture.label } : { refused };
  }
  const mapped = clusterOf({ ...input, hardware: { ...input.hardware, gpus: 1 } }, catalog);
  if ('refused' in mapped) return mapped;
  if (!mapped.gpuKnown) return { refused: 'the GPU is not stated' };
  const { accelerator } = mapped.cluster;
  const architecture = catalog.architectureOf(accelerator);
  if (!architecture) return { refused: `the limits of ${accelerator.label} are not known` };
  const result = predictKernelTime(row, accelerator, architecture, catalog.findAccelerator(accelerator.id)?.tdpWatts?.value);
  return 'refused' in result ? result : { ...result, gpu: accelerator.label };
}
