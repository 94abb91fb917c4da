/**
 * The network levels of a cluster and which of them a group of ranks uses: the links of the GPUs (NVLink, xGMI, ICI), PCIe
 * inside a node without them, and the network between nodes. Ranks are laid out as the framework numbers them: TP
 * neighbours first, then CP, DP and PP, filling a node before the next (Megatron-LM megatron/core/parallel_state.py). A
 * group that spans two levels is held back by the slower one.
 */

import type { MeasuredCollective } from '../calibration/measured-speeds.ts';
import {
  type CollectiveTiming,
  collectiveTiming,
  interNodeShare,
  lowLatency,
  type PerProtocol,
  pcieShare,
  simple,
  wires,
} from '../calibration/network.ts';
import type { Accelerator, Cluster } from '../hardware.ts';
import type { BytesPerSecond, Seconds } from '../units.ts';

export interface Level {
  readonly kind: 'intra-node' | 'inter-node';
  /** Line rate of one GPU, one direction. */
  readonly line: BytesPerSecond;
  /** What of it a protocol reaches: low latency, low latency 128, simple. */
  readonly share: PerProtocol;
  /** Bytes per second one GPU can send in a large collective. */
  readonly bandwidth: BytesPerSecond;
  /** Latency of one message between nodes; inside a node the steps of `timing` count. */
  readonly hop: Seconds;
  readonly label: string;
  readonly wiring: 'switch' | 'direct' | 'mesh' | 'torus' | 'pcie' | 'network';
  /** Axes of a torus; 1 elsewhere. */
  readonly axes: number;
}

/** A group of `size` ranks whose members are `stride` ranks apart. */
export interface Group {
  readonly size: number;
  readonly stride: number;
}

export interface Placement {
  readonly level: Level;
  /** Members of the group that share a node (or the domain of the links, e.g. a rack). */
  readonly perNode: number;
  readonly intra: Level;
  readonly timing: CollectiveTiming;
  /** Line rate of all links of one GPU: what bounds its copies. */
  readonly local: BytesPerSecond;
  /** Collectives that a run measured on this cluster. */
  readonly measured?: readonly MeasuredCollective[];
}

/** A card whose slot is not on its data sheet: Gen4 x16 is the usual one. */
const usualSlot: BytesPerSecond = 32e9;

/** GPUs that the fastest links join: a node, a rack, a pod, or a pair with a bridge. */
function domain(cluster: Cluster): number {
  const up = cluster.accelerator.scaleUp;
  if (!up) return 0;
  const all = cluster.gpusPerNode * cluster.nodes;
  return up.domainGpus === undefined ? cluster.gpusPerNode : Math.min(up.domainGpus, Math.max(all, cluster.gpusPerNode));
}

/** The links among `span` neighbouring ranks. Without a switch a small group can use only the links inside it. */
function linkLevel(up: NonNullable<Accelerator['scaleUp']>, span: number, { share, step }: CollectiveTiming): Level {
  const wiring = up.wiring ?? 'switch';
  let line = up.bandwidth.value;
  if (up.within) line = up.within.find((part) => span <= part.gpus)?.bandwidth.value ?? line;
  const axes = up.axes ?? 1;
  return { kind: 'intra-node', line, share, bandwidth: line * share[simple], hop: step[lowLatency], label: up.kind, wiring, axes };
}

function pcieLevel(cluster: Cluster, span: number, hop: Seconds): Level {
  const { accelerator } = cluster;
  const rate = accelerator.pcie?.value ?? usualSlot;
  const staged = accelerator.peerAccess === false ? wires.staged : 1;
  // Hosts have two processors: a group wider than half a node crosses the link between them.
  const across = span > 4 ? wires.acrossSockets : 1;
  const line = rate * staged * across;
  return { kind: 'intra-node', line, share: pcieShare, bandwidth: line * pcieShare[simple], hop, label: 'PCIe', wiring: 'pcie', axes: 1 };
}

/** The level inside a node (or a scale-up domain) that `span` neighbouring ranks use. */
function intraNodeLevel(cluster: Cluster, span: number, linked: number, timing: CollectiveTiming): Level {
  const up = cluster.accelerator.scaleUp;
  return up && span <= linked ? linkLevel(up, span, timing) : pcieLevel(cluster, span, timing.step[lowLatency]);
}

function interNodeLevel(cluster: Cluster): Level {
  const out = cluster.scaleOut;
  const line = out.bandwidthPerGpu.value;
  return {
    kind: 'inter-node',
    line,
    share: interNodeShare,
    bandwidth: line * interNodeShare[simple],
    hop: out.latency.value,
    label: out.label,
    wiring: 'network',
    axes: 1,
  };
}

/** Where a group lies: inside a node or domain of links, or across them with some members sharing one. */
export function place(cluster: Cluster, group: Group): Placement {
  const span = group.size * group.stride;
  const linked = domain(cluster);
  const width = Math.max(linked, cluster.gpusPerNode);
  const inside = span <= width;
  const timing = collectiveTiming(cluster.accelerator.architecture);
  const intra = intraNodeLevel(cluster, inside ? span : width, linked, timing);
  return {
    level: inside ? intra : interNodeLevel(cluster),
    perNode: inside ? group.size : Math.max(1, Math.min(group.size, Math.floor(width / group.stride))),
    intra,
    timing,
    local: cluster.accelerator.scaleUp?.bandwidth.value ?? 4 * intra.line,
    ...(cluster.measured ? { measured: cluster.measured.collectives } : {}),
  };
}
