/**
 * Which algorithm and protocol NCCL takes for a collective. NCCL compares latency + bytes / bandwidth of each pair by a
 * table of its own (nccl src/graph/tuning.cc, ncclTopoTuneModel and ncclTopoGetAlgoTime). The table is not what the
 * collective then takes: between 1 and 16 MiB NCCL often takes a slower pair. So the choice is made with NCCL's belief,
 * and the time with measured parameters.
 */
import { lowLatency, lowLatency128, type Protocol, simple } from '../calibration/network.ts';
import type { Bytes, BytesPerSecond } from '../units.ts';
import type { Placement } from './network.ts';

export interface Choice {
  readonly algorithm: 'ring' | 'tree' | 'in-switch';
  readonly protocol: Protocol;
}

const rings: readonly [Choice, Choice, Choice] = [
  { algorithm: 'ring', protocol: lowLatency },
  { algorithm: 'ring', protocol: lowLatency128 },
  { algorithm: 'ring', protocol: simple },
];
const trees: readonly [Choice, Choice, Choice] = [
  { algorithm: 'tree', protocol: lowLatency },
  { algorithm: 'tree', protocol: lowLatency128 },
  { algorithm: 'tree', protocol: simple },
];
const inSwitch: Choice = { algorithm: 'in-switch', protocol: simple };

type PerProtocol = readonly [number, number, number];

/** NCCL's believed latencies in seconds, by protocol: fixed, and per step in a node, over PCIe and between nodes. */
const belief = {
  ringStart: [6.6e-6, 14e-6, 8.4e-6] as PerProtocol,
  treeStart: [6.8e-6, 14e-6, 8.4e-6] as PerProtocol,
  ringStep: [0.6e-6, 1.9e-6, 3.4e-6] as PerProtocol,
  ringStepPcie: [1e-6, 2.5e-6, 5.7e-6] as PerProtocol,
  treeStep: [0.6e-6, 1.25e-6, 4e-6] as PerProtocol,
  ringStepNet: [2.7e-6, 4e-6, 14e-6] as PerProtocol,
  treeStepNet: [5e-6, 8.5e-6, 14e-6] as PerProtocol,
  inSwitch: 25e-6,
  inSwitchNet: 18e-6,
  inSwitchShare: 0.85,
  /** Work of the proxy for each step of a ring that leaves the node; three times for Simple. */
  overhead: 1e-6,
  /** Rings of Simple between nodes stall: their latency counts this much more. */
  plateau: 1.4,
  /** Highest bus rate of low latency between nodes. */
  lowLatencyNet: 20e9,
  /** The latency of a network that NCCL's own figures already hold; what a plugin reports beyond it is added. */
  heldLatency: 5e-6,
  treeShare: 0.92,
  treeLowLatency: 1 / 3.8,
  ringShare128: 0.92,
  treeShare128: 120 / 128,
} as const;

/** How far trees fall short of the table at middle sizes: by protocol, for powers of two from 64 B. */
const treeCorrection: readonly (readonly number[])[] = [
  [1, 1, 1, 1, 0.9, 0.8, 0.7, 0.7, 0.7, 0.7, 0.6, 0.5, 0.4, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1, 1, 1],
  [1, 1, 1, 1, 1, 0.9, 0.8, 0.8, 0.8, 0.7, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.8, 0.9, 0.9, 0.9, 0.9, 1, 1],
  [0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.8, 0.7, 0.6, 0.6, 0.5, 0.5, 0.5, 0.5, 0.6, 0.7, 0.8, 0.7, 0.7, 0.8, 0.9, 0.9],
];

/** Bytes per second the slower of the two levels lets one ring through, by the simple protocol. */
export function busRate(placement: Placement, nodes: number): BytesPerSecond {
  if (nodes === 1) return placement.intra.bandwidth;
  const out = placement.level.bandwidth * placement.perNode;
  return placement.perNode > 1 ? Math.min(placement.intra.bandwidth, out) : out;
}

/** Simple waits a second time for the flush of what arrived. */
function reported(placement: Placement, protocol: Protocol): number {
  return Math.max(0, placement.level.hop - belief.heldLatency) * (protocol === simple ? 2 : 1);
}

function ringBelief(placement: Placement, size: number, nodes: number, rounds: number, bytes: Bytes, protocol: Protocol): number {
  const bus = busRate(placement, nodes);
  const limit = nodes === 1 ? placement.timing.lowLatencyLimit : belief.lowLatencyNet;
  const rate = protocol === lowLatency ? Math.min(limit, bus / 2) : protocol === lowLatency128 ? bus * belief.ringShare128 : bus;
  const steps = rounds * (size - 1);
  const local = placement.intra.wiring === 'pcie' ? belief.ringStepPcie[protocol] : belief.ringStep[protocol];
  let latency = steps * local;
  if (nodes > 1) {
    const across = rounds * (nodes - 1);
    const step = (placement.perNode === 1 ? belief.treeStepNet : belief.ringStepNet)[protocol] + reported(placement, protocol);
    const proxy = belief.overhead * (protocol === simple ? 3 : 1);
    latency = (steps - across) * Math.max(local, proxy) + across * step;
  }
  latency += belief.ringStart[protocol];
  if (nodes > 1 && protocol === simple && rounds === 2) latency *= belief.plateau;
  return latency + (bytes * steps) / size / rate;
}

function treeBelief(placement: Placement, nodes: number, bytes: Bytes, protocol: Protocol): number {
  const bus = busRate(placement, nodes) * belief.treeShare;
  const rate =
    protocol === lowLatency
      ? Math.min(bus * belief.treeLowLatency, belief.lowLatencyNet)
      : protocol === lowLatency128
        ? bus * belief.treeShare128
        : bus;
  const power = Math.min(22, 31 - Math.clz32(Math.min(bytes, 2 ** 31) / 64 || 1));
  const deep = Math.ceil(Math.log2(nodes));
  const step = belief.treeStepNet[protocol] + reported(placement, protocol);
  const latency = belief.treeStart[protocol] + 2 * ((placement.perNode - 1) * belief.treeStep[protocol] + deep * step);
  return latency + (2 * bytes) / (rate * (treeCorrection[protocol]?.[power] ?? 1));
}

/** Low latency 128 needs stores of 128 bytes that stay whole, which PCIe between GPUs does not promise. */
function allowed(placement: Placement, protocol: Protocol): boolean {
  return protocol !== lowLatency128 || placement.intra.wiring !== 'pcie';
}

const protocols = [lowLatency, lowLatency128, simple] as const;

/** The protocol of a gather or scatter: those go round a ring. */
export function chooseForGather(placement: Placement, size: number, nodes: number, bytes: Bytes): Choice {
  let best = rings[simple];
  let least = Number.POSITIVE_INFINITY;
  for (const protocol of protocols) {
    if (!allowed(placement, protocol)) continue;
    const time = ringBelief(placement, size, nodes, 1, bytes, protocol);
    if (time >= least) continue;
    least = time;
    best = rings[protocol];
  }
  return best;
}

/** An all-reduce goes round a ring, up and down a tree, or through adding switches. */
export function chooseForAllReduce(placement: Placement, size: number, nodes: number, bytes: Bytes): Choice {
  let best = rings[simple];
  let least = Number.POSITIVE_INFINITY;
  for (const protocol of protocols) {
    if (!allowed(placement, protocol)) continue;
    const ring = ringBelief(placement, size, nodes, 2, bytes, protocol);
    if (ring < least) {
      least = ring;
      best = rings[protocol];
    }
    // Within one node NCCL's tree is a chain, which its table never prefers.
    const tree = nodes > 1 ? treeBelief(placement, nodes, bytes, protocol) : Number.POSITIVE_INFINITY;
    if (tree < least) {
      least = tree;
      best = trees[protocol];
    }
  }
  return inSwitchBelief(placement, size, nodes, bytes) < least ? inSwitch : best;
}

/** NVLS in a node, NVLSTree across nodes. The links of two ranks alone gain nothing by it. */
function inSwitchBelief(placement: Placement, size: number, nodes: number, bytes: Bytes): number {
  if (!placement.timing.reducesInSwitch || placement.intra.wiring !== 'switch' || placement.perNode < 3) return Number.POSITIVE_INFINITY;
  const inside = 2 * placement.intra.bandwidth * belief.inSwitchShare;
  const latency = belief.inSwitch + (nodes > 1 ? 2 * Math.ceil(Math.log2(nodes)) * (belief.inSwitchNet + reported(placement, simple)) : 0);
  const out = nodes === 1 ? inside : placement.level.bandwidth * placement.perNode * (nodes === 2 ? 2 : 1);
  return latency + (bytes * 2 * (size - 1)) / size / Math.min(inside, out);
}
