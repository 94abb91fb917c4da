/**
 * A row of a collective benchmark: its time and bandwidths by the model's own network formulas. Sizes and bandwidths are
 * those of nccl-tests: `bytes` is the whole buffer, algorithm bandwidth = bytes / time, bus bandwidth = algorithm
 * bandwidth x 2 (n - 1) / n for an all-reduce and x (n - 1) / n for a gather or scatter (nccl-tests, doc/PERFORMANCE.md).
 */
import { allGatherTime, allReduceTime, reduceScatterTime } from '../core/comms/collectives.ts';
import { place } from '../core/comms/network.ts';
import type { Assumption } from '../core/estimate.ts';
import type { Catalog } from './catalog.ts';
import { clusterOf } from './hardware.ts';
import type { Predicted } from './predict-training.ts';
import type { CaseInput } from './row.ts';

const operations = {
  allreduce: { time: allReduceTime, busFactor: 2 },
  allgather: { time: allGatherTime, busFactor: 1 },
  reducescatter: { time: reduceScatterTime, busFactor: 1 },
} as const;

export type CollectivePrediction =
  | { readonly predicted: Predicted; readonly assumptions: readonly Assumption[] }
  | { readonly refused: string };

/** Predicts a row of kind `comm`, or says why not. */
export function predictCollective(input: CaseInput, catalog: Catalog): CollectivePrediction {
  const { op = '', bytes } = input.comm ?? {};
  const ranks = input.comm?.ranks ?? input.hardware?.gpus;
  const operation = operations[op.toLowerCase().replace(/[^a-z]/g, '') as keyof typeof operations];
  if (!operation) return { refused: `the collective "${op}" is not modelled yet` };
  if (bytes === undefined || ranks === undefined || ranks < 2)
    return { refused: 'the size or the number of ranks of the collective is not stated' };
  const hardware = clusterOf({ ...input, hardware: { ...input.hardware, gpus: ranks } }, catalog);
  if ('refused' in hardware) return hardware;
  if (!hardware.gpuKnown) return { refused: 'the GPU is not stated, and a collective has nothing but time' };
  const seconds = operation.time(place(hardware.cluster, { size: ranks, stride: 1 }), ranks, bytes);
  const algorithm = bytes / seconds / 1e9;
  return {
    predicted: {
      time_us: seconds * 1e6,
      time_ms: seconds * 1e3,
      algbw_gb_s: algorithm,
      busbw_gb_s: (algorithm * operation.busFactor * (ranks - 1)) / ranks,
    },
    assumptions: hardware.assumptions,
  };
}
