/**
 * Time of one collective over a group of n ranks.
 *
 *   all-gather, reduce-scatter of S bytes in all:  floor + (n - 1) hops + (n - 1)/n S / B
 *   all-reduce: both, one after the other
 *
 * (ring: Patarasuk and Yuan 2009; Thakur et al. 2005). Across nodes, the ring passes each node's links once, and all
 * members of a node share their node's links, so B is the per-GPU rate times the members per node, at most the rate
 * inside the node. Latency grows with the number of nodes, not of ranks (NCCL's tree and hierarchical algorithms).
 * Known to be wrong under contention between groups, and where SHARP or NVLS halve the traffic.
 */
import { networkCalibration } from '../calibration.ts';
import type { Seconds } from '../units.ts';
import type { Placement } from './network.ts';

function latency(placement: Placement, size: number): Seconds {
  const nodes = Math.ceil(size / placement.perNode);
  const inside = placement.perNode - 1;
  const across = nodes > 1 ? Math.ceil(Math.log2(nodes)) * 2 : 0;
  return networkCalibration.collectiveFloor + inside * placement.intra.hop + across * placement.level.hop;
}

function bandwidth(placement: Placement): number {
  if (placement.level.kind === 'intra-node') return placement.level.bandwidth;
  return Math.min(placement.level.bandwidth * placement.perNode, placement.intra.bandwidth);
}

/** Seconds to gather `bytes` in all (each rank contributes bytes / size). The same for a reduce-scatter. */
export function allGatherTime(placement: Placement, size: number, bytes: number): Seconds {
  if (size <= 1) return 0;
  return latency(placement, size) + (((size - 1) / size) * bytes) / bandwidth(placement);
}

export const reduceScatterTime = allGatherTime;

export function allReduceTime(placement: Placement, size: number, bytes: number): Seconds {
  if (size <= 1) return 0;
  return latency(placement, size) + (2 * ((size - 1) / size) * bytes) / bandwidth(placement);
}

/** Seconds to hand `bytes` to a neighbour. */
export function sendTime(placement: Placement, bytes: number): Seconds {
  return networkCalibration.collectiveFloor + placement.level.hop + bytes / placement.level.bandwidth;
}
