/**
 * The two network levels of a cluster and which of them a group of ranks uses. Ranks are laid out as Megatron-LM's
 * default order tp-cp-ep-dp-pp has it: TP neighbours first, then CP, then DP, then PP, filling a node before the next
 * (Megatron-LM megatron/core/parallel_state.py).
 */
import { networkCalibration } from '../calibration/network.ts';
import type { Cluster } from '../hardware.ts';
import type { BytesPerSecond, Seconds } from '../units.ts';

export interface Level {
  readonly kind: 'intra-node' | 'inter-node';
  /** Bytes per second one GPU can send, after the share a real collective reaches. */
  readonly bandwidth: BytesPerSecond;
  readonly hop: Seconds;
  readonly label: string;
}

/** A group of `size` ranks whose members are `stride` ranks apart. */
export interface Group {
  readonly size: number;
  readonly stride: number;
}

export interface Placement {
  readonly level: Level;
  /** Members of the group that share a node. */
  readonly perNode: number;
  readonly intra: Level;
}

export function intraNodeLevel(cluster: Cluster): Level {
  const up = cluster.accelerator.scaleUp;
  const pcie = cluster.accelerator.pcie;
  if (up) {
    return {
      kind: 'intra-node',
      bandwidth: up.bandwidth.value * networkCalibration.intraNodeShare,
      hop: networkCalibration.intraNodeHop,
      label: up.kind,
    };
  }
  // A card without links talks over PCIe; when even that is not on the data sheet, Gen4 x16 is the usual slot.
  const rate = pcie?.value ?? 32e9;
  return { kind: 'intra-node', bandwidth: rate * networkCalibration.pcieShare, hop: 2 * networkCalibration.intraNodeHop, label: 'PCIe' };
}

export function interNodeLevel(cluster: Cluster): Level {
  const out = cluster.scaleOut;
  return {
    kind: 'inter-node',
    bandwidth: out.bandwidthPerGpu.value * networkCalibration.interNodeShare,
    hop: out.latency.value,
    label: out.label,
  };
}

/** Where a group lies: inside a node, or across nodes with some members sharing one. */
export function place(cluster: Cluster, group: Group): Placement {
  const span = group.size * group.stride;
  const intra = intraNodeLevel(cluster);
  const inside = span <= cluster.gpusPerNode;
  const perNode = inside ? group.size : Math.max(1, Math.min(group.size, Math.floor(cluster.gpusPerNode / group.stride)));
  return { level: inside ? intra : interNodeLevel(cluster), perNode, intra };
}
