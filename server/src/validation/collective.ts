/**
 * A row of a collective benchmark: its time and bandwidths by the model's own network formulas. Sizes and bandwidths are
 * those of nccl-tests: `bytes` is the whole buffer, algorithm bandwidth = bytes / time, bus bandwidth = algorithm
 * bandwidth x 2 (n - 1) / n for an all-reduce, x (n - 1) / n for a gather, scatter or all-to-all, x 1 for the others
 * (nccl-tests, doc/PERFORMANCE.md).
 */
import { wires } from '../core/calibration/network.ts';
import { allToAllTime, placesReached } from '../core/comms/all-to-all.ts';
import { allGatherTime, allReduceTime, broadcastTime, reduceScatterTime, sendTime } from '../core/comms/collectives.ts';
import { type Placement, place } from '../core/comms/network.ts';
import type { Assumption } from '../core/estimate.ts';
import { MiB } from '../core/units.ts';
import type { Catalog } from './catalog.ts';
import { clusterOf, type MappedHardware } from './hardware.ts';
import type { Predicted } from './predict-training.ts';
import type { CaseInput } from './row.ts';

interface Operation {
  readonly time: (placement: Placement, size: number, bytes: number) => number;
  /** Bus bandwidth over algorithm bandwidth, for n ranks. */
  readonly bus: (size: number) => number;
}

const share = (size: number): number => (size - 1) / size;
const one = (): number => 1;
const allReduce: Operation = { time: allReduceTime, bus: (size) => 2 * share(size) };
const allGather: Operation = { time: allGatherTime, bus: share };
const reduceScatter: Operation = { time: reduceScatterTime, bus: share };
const allToAll: Operation = { time: (placement, size, bytes) => allToAllTime(placement, size, bytes), bus: share };
const broadcast: Operation = { time: broadcastTime, bus: one };
const send: Operation = { time: (placement, _size, bytes) => sendTime(placement, bytes), bus: one };

const operations: Readonly<Record<string, Operation>> = {
  allreduce: allReduce,
  allgather: allGather,
  reducescatter: reduceScatter,
  alltoall: allToAll,
  alltoallv: allToAll,
  alltoallsingle: allToAll,
  broadcast,
  bcast: broadcast,
  reduce: broadcast,
  gather: allGather,
  scatter: allGather,
  sendrecv: send,
  send,
  ptop: send,
  pointtopoint: send,
};

/** "All-to-All", "all2all", "p2p" and "ncclAllReduce" without what differs between their writers. */
function operationName(written: string): string {
  return written
    .toLowerCase()
    .replace(/(?<=[a-z])2(?=[a-z])/g, 'to')
    .replace(/[^a-z]/g, '')
    .replace(/^nccl|intotensor$|tensor$|base$/g, '');
}

export type CollectivePrediction =
  | { readonly predicted: Predicted; readonly assumptions: readonly Assumption[] }
  | { readonly refused: string };

/** Benchmarks that print one bandwidth and no size print the one of large messages. */
const large = MiB(256);

/** Predicts a row of kind `comm`, or says why not. */
export function predictCollective(input: CaseInput, catalog: Catalog): CollectivePrediction {
  const ranks = ranksOf(input);
  if (ranks === undefined || ranks < 2) return { refused: 'the number of ranks of the collective is not stated' };
  const mapped = clusterOf({ ...input, hardware: { ...input.hardware, gpus: ranks } }, catalog);
  if ('refused' in mapped) return mapped;
  const assumptions = [...assumed(mapped)];
  const placement = place(mapped.cluster, { size: ranks, stride: 1 });
  const name = operationName(input.comm?.op ?? '');
  if (/dispatch|combine/.test(name)) {
    const predicted = tokenExchange(input, placement, ranks, name.includes('combine'));
    return predicted ? { predicted, assumptions } : { refused: 'the tokens of the exchange are not stated' };
  }
  const operation = operations[name];
  if (!operation) return { refused: `the collective "${input.comm?.op ?? ''}" is not modelled` };
  const stated = input.comm?.bytes;
  if (stated === undefined) assumptions.push({ value: '256 MiB', why: 'the size is not stated; a large message is assumed' });
  const bytes = stated ?? large;
  const seconds = operation.time(placement, ranks, bytes) + (timedByLibrary(input) ? 0 : wires.frameworkCall);
  const algorithm = bytes / seconds / 1e9;
  const bus = algorithm * operation.bus(ranks);
  const bandwidths = { algbw_gb_s: algorithm, busbw_gb_s: bus, bandwidth_gb_s: bus };
  return { predicted: stated === undefined ? bandwidths : { ...timeFields(seconds), ...bandwidths }, assumptions };
}

function timeFields(seconds: number): Predicted {
  return { time_us: seconds * 1e6, latency_us: seconds * 1e6, time_ms: seconds * 1e3 };
}

/** nccl-tests and its like queue many collectives and divide; scripts in a framework wait for each. */
function timedByLibrary(input: CaseInput): boolean {
  const { where = '' } = input as Record<string, unknown>;
  return /nccl|rccl|\bmpi\b|osu/i.test(`${input.source ?? ''} ${String(where)} ${input.engine?.name ?? ''}`);
}

/** The stated ranks, those of the hardware, those a remark of the row names ("n=32 ranks"), or one whole node. */
function ranksOf(input: CaseInput): number | undefined {
  const stated = input.comm?.ranks ?? input.hardware?.gpus;
  if (stated !== undefined) return stated;
  const remark = /\bn\s*=\s*(\d+)\s*ranks\b|\b(\d+)\s*(?:ranks|gpus)\b/i.exec(input.note ?? '');
  return remark ? Number(remark[1] ?? remark[2]) : input.hardware?.gpus_per_node;
}

function assumed(mapped: MappedHardware): readonly Assumption[] {
  if (mapped.gpuKnown) return mapped.assumptions;
  const { label } = mapped.cluster.accelerator;
  return mapped.assumptions.map((entry) =>
    entry.field === 'cluster.gpu' ? { ...entry, why: `the GPU is not stated; nodes of ${label} are assumed` } : entry,
  );
}

/**
 * Handing tokens to experts and back. DeepEP prints the bytes of all copies that arrive, those from a rank's own node
 * included, per second: copies per node where the network is crossed, copies per rank inside one node, all copies with the
 * kernels of low latency (deepseek-ai/DeepEP tests/test_internode.py, test_intranode.py, test_low_latency.py).
 */
function tokenExchange(input: CaseInput, placement: Placement, ranks: number, combine: boolean): Predicted | undefined {
  const { tokens_per_rank: tokens, hidden, topk, dtype } = (input.comm ?? {}) as Record<string, unknown>;
  if (typeof tokens !== 'number' || typeof hidden !== 'number') return undefined;
  const copies = typeof topk === 'number' ? topk : 1;
  const byte = !combine && /fp8|e4m3/i.test(String(dtype ?? '')) ? 1 : 2;
  const bytes = tokens * hidden * byte;
  const direct = /low.?latency/i.test(`${input.comm?.op ?? ''} ${input.source ?? ''} ${input.kernels ?? ''}`);
  const seconds = allToAllTime(placement, ranks, bytes * copies, direct ? 'low-latency' : 'deepep', copies);
  const nodes = Math.ceil(ranks / placement.perNode);
  const arriving = bytes * (direct ? copies : placesReached(nodes > 1 ? nodes : ranks, copies));
  return { ...timeFields(seconds), bottleneck_bw_gb_s: arriving / seconds / 1e9 };
}
