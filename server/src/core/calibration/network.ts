/**
 * Parameters of the network: what the wire and the copies on the GPU cost, by generation of GPU and by protocol.
 *
 * The figures of Ampere, Hopper and Blackwell were fitted to 1,500 NCCL timings on nodes with NVSwitch (2, 4 and 8 GPUs,
 * 512 B to 512 MiB, NCCL 2.23 to 2.29; median error 5 to 7 %, p90 12 to 14 %). Across nodes they are NCCL's own latencies.
 */
import type { Bytes, Seconds } from '../units.ts';
import { MiB, microseconds } from '../units.ts';

/** NCCL's ways of moving data: flags in every 8 bytes, flags in every 128 bytes, chunks with separate flags. */
export const lowLatency = 0;
export const lowLatency128 = 1;
export const simple = 2;
export type Protocol = typeof lowLatency | typeof lowLatency128 | typeof simple;
type PerProtocol = readonly [number, number, number];

/** Seconds a generation of GPU spends around the wire. */
export interface CollectiveTiming {
  /** Launch, first flag and end of a collective kernel. */
  readonly start: Seconds;
  /** What the Simple protocol needs once more: connecting buffers, and a wider kernel. */
  readonly simpleStart: Seconds;
  /** One step of a ring to a neighbour inside the node, by protocol. */
  readonly step: PerProtocol;
  /** Highest bus rate, B/s, NCCL expects of its low-latency protocol inside one node (nccl src/graph/tuning.cc, llMaxBws). */
  readonly lowLatencyLimit: number;
  /** Whether the switch can add up what it forwards (NVLink SHARP, "NVLS"). */
  readonly reducesInSwitch: boolean;
}

const steps = (ll: number, ll128: number, whole: number): PerProtocol => [microseconds(ll), microseconds(ll128), microseconds(whole)];

const ampere: CollectiveTiming = {
  start: microseconds(9),
  simpleStart: microseconds(13),
  step: steps(0.95, 1.9, 7),
  lowLatencyLimit: 87.7e9,
  reducesInSwitch: false,
};
const hopper: CollectiveTiming = {
  start: microseconds(5.2),
  simpleStart: microseconds(10),
  step: steps(0.82, 1.1, 2.3),
  lowLatencyLimit: 141e9,
  reducesInSwitch: true,
};
const blackwell: CollectiveTiming = {
  start: microseconds(7.5),
  simpleStart: microseconds(10),
  step: steps(1.3, 3.5, 4.7),
  lowLatencyLimit: 282e9,
  reducesInSwitch: true,
};
/** Before NVSwitch the links go straight to the neighbour: NCCL's own step latencies. */
const volta: CollectiveTiming = { ...ampere, step: steps(0.95, 1.9, 3.4), lowLatencyLimit: 39e9 };
/** RCCL is NCCL with the same protocols; launches on ROCm were not measured and are taken from Ampere. */
const cdna: CollectiveTiming = { ...ampere, step: steps(1, 2, 5) };
/** Copies by hardware engines, started by the compiled program: no kernel launch. */
const compiled: CollectiveTiming = {
  start: microseconds(3),
  simpleStart: 0,
  step: steps(1, 1, 1),
  lowLatencyLimit: 0,
  reducesInSwitch: false,
};

/** By the first letters of the architecture's name in its data sheet; an unknown one is taken for Ampere. */
export function collectiveTiming(architecture: string): CollectiveTiming {
  if (architecture.startsWith('Hopper')) return hopper;
  if (architecture.startsWith('Blackwell')) return blackwell;
  if (architecture.startsWith('Volta') || architecture.startsWith('Turing')) return volta;
  if (architecture.startsWith('CDNA')) return cdna;
  if (architecture.startsWith('TPU')) return compiled;
  return ampere;
}

export const networkCalibration = {
  /** Share of the line rate inside a node, by protocol, through a switch (NVSwitch). */
  switchShare: [0.3, 0.52, 0.79],
  /** The same on links that go straight to a neighbour, with no switch between (V100 cube mesh, xGMI, bridges). */
  directShare: [0.3, 0.52, 0.89],
  /** The same over PCIe between cards that reach each other's memory. */
  pcieShare: [0.36, 0.36, 0.75],
  /** What is left on PCIe when each byte goes through host memory: once in, once out. */
  stagedShare: 0.5,
  /** What is left on PCIe when the ring crosses the link between the two processors of a host. */
  acrossSocketsShare: 0.7,
  /** Share of the line rate between nodes, by protocol; low latency sends as many flags as data. */
  interNodeShare: [0.46, 0.86, 0.92],
  /** One pair of neighbours alone fills a port less well than a collective on many channels. */
  pointToPointShare: 0.75,
  /** Wires of a torus driven by copy engines, all axes at once. */
  torusShare: 0.85,
  /** Copying a rank's own part to the output: at this many times the scale-up line rate. */
  localCopyRate: 2,
  /** Reduction in the switch: share of the line rate for (1 + 1/n) of the bytes, start, and fill per rank. */
  inSwitchShare: 0.64,
  inSwitchStart: microseconds(12),
  inSwitchFill: microseconds(7),
  inSwitchHalf: MiB(8) as Bytes,
  /** Added to the latency of the network for one step across nodes, by protocol: chunk, flags, proxy thread, flush. */
  interNodeStep: steps(0, 3.5, 9),
  /** The proxy thread's work for a step that stays in the node while others leave it. */
  proxyStep: microseconds(1),
  /** Bytes in flight before the first of them arrives, and the size at which half of that is reached. */
  pipelineChunk: MiB(8) as Bytes,
  pipelineHalf: MiB(40) as Bytes,
  /** Direct exchange fills the links a little less than a ring does. */
  exchangeShare: 0.88,
  /** A rank's port in a direct exchange with many partners across nodes. */
  exchangeNetworkShare: 0.85,
  /** What the Simple protocol adds to a direct exchange, and up to how many bytes a pair does without it (NCCL p2pLLThreshold). */
  exchangeStart: microseconds(6),
  exchangeLowLatency: 16384 as Bytes,
  /** One more partner of a direct exchange inside a node. */
  exchangeStep: microseconds(0.5),
  /** Forwarding from the network to the links of the node: few cores do both, so less of the links is reached. */
  forwardShare: 0.9,
  /** Posting one more partner of an all-to-all across nodes. */
  partnerPost: microseconds(0.5),
  /** Issuing one collective from a Python framework and waiting for it, as benchmarks written in one do. */
  frameworkCall: microseconds(40),
  basis: 'NCCL timings of A100, H100 and B200 nodes; latencies between nodes as NCCL assumes them',
} as const;
