/**
 * Time of one collective over a group of n ranks.
 *
 *   all-gather, reduce-scatter of S bytes in all:  floor + (n - 1) hops + (n - 1)/n S / B
 *   all-reduce:                                     floor + tree hops + 2 (n - 1)/n S / B
 *
 * (ring: Patarasuk and Yuan 2009; Thakur et al. 2005). Across nodes, the ring passes each node's links once, and all
 * members of a node share their node's links, so B is the per-GPU rate times the members per node, at most the rate
 * inside the node. NCCL gathers and scatters round a ring of all ranks and reduces small messages up and down a tree.
 * Known to be wrong under contention between groups, and where SHARP or NVLS halve the traffic.
 */
import { networkCalibration } from '../calibration/network.ts';
import type { Seconds } from '../units.ts';
import type { Placement } from './network.ts';

/** A ring passes every rank: all hops between nodes and all inside them. */
function ringLatency(placement: Placement, size: number): Seconds {
  const nodes = Math.ceil(size / placement.perNode);
  return networkCalibration.collectiveFloor + (nodes - 1) * placement.level.hop + (size - nodes) * placement.intra.hop;
}

/** A tree goes up and down: twice the logarithm of the nodes, and a chain inside a node. */
function treeLatency(placement: Placement, size: number): Seconds {
  const nodes = Math.ceil(size / placement.perNode);
  const across = nodes > 1 ? Math.ceil(Math.log2(nodes)) * 2 : 0;
  return networkCalibration.collectiveFloor + (placement.perNode - 1) * placement.intra.hop + across * placement.level.hop;
}

function bandwidth(placement: Placement): number {
  if (placement.level.kind === 'intra-node') return placement.level.bandwidth;
  return Math.min(placement.level.bandwidth * placement.perNode, placement.intra.bandwidth);
}

/** Seconds to gather `bytes` in all (each rank contributes bytes / size). The same for a reduce-scatter. */
export function allGatherTime(placement: Placement, size: number, bytes: number): Seconds {
  if (size <= 1) return 0;
  return ringLatency(placement, size) + (((size - 1) / size) * bytes) / bandwidth(placement);
}

export const reduceScatterTime = allGatherTime;

export function allReduceTime(placement: Placement, size: number, bytes: number): Seconds {
  if (size <= 1) return 0;
  return treeLatency(placement, size) + (2 * ((size - 1) / size) * bytes) / bandwidth(placement);
}

/** Seconds to hand `bytes` to a neighbour. */
export function sendTime(placement: Placement, bytes: number): Seconds {
  return networkCalibration.collectiveFloor + placement.level.hop + bytes / placement.level.bandwidth;
}
