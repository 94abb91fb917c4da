/**
 * Time of one collective over a group of n ranks: fixed start + steps x latency + bytes / bandwidth.
 *
 *   all-gather, reduce-scatter of S bytes in all:  n - 1 steps,      (n - 1)/n S / B
 *   all-reduce round a ring:                       2 (n - 1) steps,  2 (n - 1)/n S / B
 *   all-reduce over a tree:                        2 log2(nodes) steps between nodes, 2 S / B
 *   all-reduce in the switch (NVLS):               (1 + 1/n) S / B
 *
 * (ring: Patarasuk and Yuan 2009; Thakur et al. 2005; double tree: Sanders et al. 2009, as NCCL builds it). Steps and B
 * depend on the protocol, which NCCL chooses by size (`protocol-choice.ts`). A ring passes each node's links once and the
 * members of a node share them, so between nodes B is the per-GPU rate times the members per node, at most the rate inside.
 */
import { interNodeStep, lowLatency, type Protocol, simple, wires } from '../calibration/network.ts';
import type { Bytes, BytesPerSecond, Seconds } from '../units.ts';
import { measuredTime } from './measured-links.ts';
import type { Placement } from './network.ts';
import { chooseForAllReduce, chooseForGather } from './protocol-choice.ts';
import { torusGatherTime, torusSendTime } from './torus.ts';

/** Bytes per second of one rank's ring traffic: the slower of the links inside and the NICs of the node. */
function ringRate(placement: Placement, protocol: Protocol, nodes: number): BytesPerSecond {
  const { intra, level, perNode } = placement;
  const inside = intra.line * intra.share[protocol];
  if (nodes === 1) return inside;
  const out = level.line * level.share[protocol] * perNode;
  return perNode > 1 ? Math.min(inside, out) : out;
}

function stepBetweenNodes(placement: Placement, protocol: Protocol): Seconds {
  return placement.level.hop + interNodeStep[protocol];
}

/** Chunks that fill the pipe before the first arrives: grows with the message until chunks have their full size. */
function pipelineFill(hops: number, rate: BytesPerSecond, bytes: Bytes): Seconds {
  return (((hops * wires.pipelineChunk) / rate) * bytes) / (bytes + wires.pipelineHalf);
}

/** `rounds`: 1 for a gather or scatter, 2 for an all-reduce. */
function ringTime(placement: Placement, size: number, nodes: number, rounds: number, bytes: Bytes, protocol: Protocol): Seconds {
  const { timing } = placement;
  const steps = rounds * (size - 1);
  const across = nodes > 1 ? rounds * (nodes - 1) : 0;
  const own = placement.intra.wiring === 'pcie' && protocol !== lowLatency ? 2 * timing.step[protocol] : timing.step[protocol];
  const inside = nodes > 1 ? Math.max(own, wires.proxyStep) : own;
  const latency = timing.start + (steps - across) * inside + across * stepBetweenNodes(placement, protocol);
  const moved = ((steps / size) * bytes) / ringRate(placement, protocol, nodes);
  if (protocol === lowLatency) return latency + moved;
  // Each rank copies its own part to the output beside what the ring moves.
  const copied = bytes / size / (wires.localCopyRate * placement.local * placement.intra.share[protocol]);
  return latency + moved + copied + (protocol === simple ? timing.simpleStart : 0);
}

function treeTime(placement: Placement, nodes: number, bytes: Bytes, protocol: Protocol): Seconds {
  const { timing, perNode } = placement;
  const deep = 2 * Math.ceil(Math.log2(nodes));
  const latency = timing.start + 2 * (perNode - 1) * timing.step[protocol] + deep * stepBetweenNodes(placement, protocol);
  const rate = treeRate(placement, nodes, protocol);
  if (protocol !== simple) return latency + bytes / rate;
  return latency + timing.simpleStart + bytes / rate + pipelineFill(deep + 2, rate, bytes);
}

/** Of two nodes each sends all bytes once; of more, a node of the double tree sends them twice. */
function treeRate(placement: Placement, nodes: number, protocol: Protocol): BytesPerSecond {
  const { intra, level, perNode } = placement;
  const out = (level.line * level.share[protocol] * perNode) / (nodes === 2 ? 1 : 2);
  return perNode > 1 ? Math.min((intra.line * intra.share[protocol]) / 2, out) : out;
}

/** Reduction in the NVLink switches of a node, and over a tree between nodes (NVLS, NVLSTree). */
function inSwitchTime(placement: Placement, nodes: number, bytes: Bytes): Seconds {
  const { intra, perNode, timing } = placement;
  const inside = (intra.line * timing.inSwitchShare) / (1 + 1 / perNode);
  const filled = bytes / (bytes + wires.fillHalf);
  const start = timing.inSwitchStart + perNode * timing.inSwitchFill * filled;
  if (nodes === 1) return start + bytes / inside;
  const deep = 2 * Math.ceil(Math.log2(nodes));
  const out = (placement.level.line * placement.level.share[simple] * perNode) / (nodes === 2 ? 1 : 2);
  const rate = Math.min(inside, out);
  return start + deep * stepBetweenNodes(placement, simple) + bytes / rate + pipelineFill(deep + 2, rate, bytes);
}

/** Seconds to gather `bytes` in all (each rank contributes bytes / size). */
export function allGatherTime(placement: Placement, size: number, bytes: Bytes): Seconds {
  if (size <= 1) return 0;
  if (placement.measured) return measuredTime(placement, 'all-gather', bytes, (plain, part) => allGatherTime(plain, size, part));
  if (placement.intra.wiring === 'torus') return torusGatherTime(placement, size, bytes);
  const nodes = Math.ceil(size / placement.perNode);
  return ringTime(placement, size, nodes, 1, bytes, chooseForGather(placement, size, nodes, bytes).protocol);
}

/** Seconds to sum `bytes` held by each rank and leave each its part of the sum: as long as to gather them. */
export function reduceScatterTime(placement: Placement, size: number, bytes: Bytes): Seconds {
  if (size > 1 && placement.measured)
    return measuredTime(placement, 'reduce-scatter', bytes, (plain, part) => allGatherTime(plain, size, part));
  return allGatherTime(placement, size, bytes);
}

/** Seconds to sum `bytes` held by each of `size` ranks and give all of them the sum. */
export function allReduceTime(placement: Placement, size: number, bytes: Bytes): Seconds {
  if (size <= 1) return 0;
  if (placement.measured) return measuredTime(placement, 'all-reduce', bytes, (plain, part) => allReduceTime(plain, size, part));
  if (placement.intra.wiring === 'torus') return 2 * torusGatherTime(placement, size, bytes);
  const nodes = Math.ceil(size / placement.perNode);
  const { algorithm, protocol } = chooseForAllReduce(placement, size, nodes, bytes);
  if (algorithm === 'ring') return ringTime(placement, size, nodes, 2, bytes, protocol);
  return algorithm === 'tree' ? treeTime(placement, nodes, bytes, protocol) : inSwitchTime(placement, nodes, bytes);
}

/** Seconds to hand `bytes` from one rank to all others: a pipelined chain along the ring (NCCL has no other for it). */
export function broadcastTime(placement: Placement, size: number, bytes: Bytes): Seconds {
  if (size <= 1) return 0;
  if (placement.intra.wiring === 'torus') return torusGatherTime(placement, size, bytes);
  const nodes = Math.ceil(size / placement.perNode);
  const { protocol } = chooseForGather(placement, size, nodes, bytes);
  const whole = ringTime(placement, size, nodes, 1, bytes, protocol);
  return whole + bytes / size / ringRate(placement, protocol, nodes);
}

/** Seconds to hand `bytes` to a neighbour. */
export function sendTime(placement: Placement, bytes: Bytes): Seconds {
  if (placement.measured) return measuredTime(placement, 'send-recv', bytes, sendTime);
  const { level, timing, intra } = placement;
  if (intra.wiring === 'torus') return torusSendTime(placement, bytes);
  if (level.kind === 'intra-node') {
    const small = timing.step[lowLatency] + bytes / (level.line * level.share[lowLatency]);
    const large = timing.exchangeStart + bytes / level.bandwidth;
    return timing.start + Math.min(small, large);
  }
  const small = bytes / (level.line * level.share[lowLatency]);
  const large = interNodeStep[simple] + bytes / (level.line * wires.pointToPoint);
  return timing.start + level.hop + Math.min(small, large);
}
