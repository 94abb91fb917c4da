/**
 * Who sends to whom: the traffic of a step by group and by level of the network, and between pairs of representative GPUs.
 * Collectives over a group run as rings over its members in the order of their ranks, as NCCL's rings do inside a node;
 * exchanges of experts go from every member to every other; stages send to their neighbours. Bytes and seconds are those of
 * `training/communication-terms.ts`. Simplified: with several rings or trees the pairs differ, what leaves a GPU does not.
 */
import type { Group } from '../comms/network.ts';
import { place } from '../comms/network.ts';
import type { CommunicationCost } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { communicationTerms } from '../training/communication-terms.ts';
import type { TrainingNumbers } from '../training/training-numbers.ts';
import type { Bytes } from '../units.ts';

export type TrafficKind = CommunicationCost['id'];

export interface GroupTraffic {
  readonly cost: CommunicationCost;
  readonly size: number;
  readonly stride: number;
  /** Members that share a node or a domain of fast links. */
  readonly perNode: number;
  /** What the group runs over, and the links inside a node. */
  readonly level: string;
  readonly within: string;
  /** Bytes one GPU sends per step, on average, to members in its node and to others. */
  readonly insideBytes: Bytes;
  readonly acrossBytes: Bytes;
}

export interface RankPlace {
  readonly rank: number;
  readonly node: number;
  /** Its places in TP, CP, DP and PP. */
  readonly tensor: number;
  readonly context: number;
  readonly data: number;
  readonly pipeline: number;
}

export interface PairTraffic {
  readonly ranks: readonly RankPlace[];
  /** Bytes per step from `ranks[row]` to `ranks[column]` by kind: `bytes[row][column]`. */
  readonly bytes: readonly (readonly Partial<Readonly<Record<TrafficKind, Bytes>>>[])[];
}

export interface Traffic {
  readonly groups: readonly GroupTraffic[];
  readonly pairs: PairTraffic;
}

type Pattern = 'ring' | 'all' | 'neighbours';

interface Sent {
  readonly cost: CommunicationCost;
  readonly group: Group;
  readonly pattern: Pattern;
  /** Neighbours only: the last one is followed by the first. */
  readonly wraps?: boolean;
}

/** The group and the pattern of each kind of traffic. */
function sentBy(job: TrainingJob, { groups }: TrainingNumbers, cost: CommunicationCost): Sent {
  switch (cost.id) {
    case 'tensor':
      return { cost, group: groups.tensor, pattern: 'ring' };
    case 'context':
      return { cost, group: groups.context, pattern: job.parallel.contextKind === 'all-to-all' ? 'all' : 'ring' };
    case 'expert':
      return {
        cost,
        group: groups.expert.size > 1 ? groups.expert : groups.expertTensor,
        pattern: groups.expert.size > 1 ? 'all' : 'ring',
      };
    case 'pipeline':
      return { cost, group: groups.pipeline, pattern: 'neighbours', wraps: job.parallel.virtualStages > 1 };
    default:
      return { cost, group: groups.reduce, pattern: 'ring' };
  }
}

/** Share of what a GPU sends that leaves its node, on average over the members of a group. */
function shareAcross({ group, pattern }: Sent, perNode: number): number {
  const { size } = group;
  if (perNode >= size) return 0;
  if (pattern === 'all') return (size - perNode) / (size - 1);
  // Of a run of `perNode` members in one node the last one sends on to the next; stages also send back.
  return 1 / perNode;
}

/** GPUs of at most this many are shown: enough for a node, a stage of each kind and the first replicas. */
const mostRanks = 32;
const mostMembers = 8;

/** A few members of every group of rank 0: neighbours first, then whole strides away. */
function representatives(sent: readonly Sent[], perNode: number, gpus: number): readonly number[] {
  const chosen = new Set<number>();
  for (let rank = 0; rank < Math.min(perNode, gpus, mostRanks / 2); rank++) chosen.add(rank);
  const groups = sent.map(({ group }) => group).sort((a, b) => a.stride - b.stride);
  for (let member = 1; member < mostMembers; member++) {
    for (const { size, stride } of groups) {
      const rank = member * stride;
      if (member < size && rank < gpus && chosen.size < mostRanks) chosen.add(rank);
    }
  }
  return [...chosen].sort((a, b) => a - b);
}

/** Place of a rank in its group, and what names the group. */
function placeIn({ size, stride }: Group, rank: number): { readonly member: number; readonly group: number } {
  const member = Math.floor(rank / stride) % size;
  return { member, group: rank - member * stride };
}

/** Share of what `from` sends that goes to `to`. */
function shareTo({ group, pattern, wraps = false }: Sent, from: number, to: number): number {
  const { size } = group;
  if (size <= 1 || from === to) return 0;
  const [a, b] = [placeIn(group, from), placeIn(group, to)];
  if (a.group !== b.group) return 0;
  if (pattern === 'all') return 1 / (size - 1);
  if (pattern === 'ring') return b.member === (a.member + 1) % size ? 1 : 0;
  // Results go on to the next stage and gradients back; only chunks lead from the last stage to the first.
  const follows = (one: number, other: number): boolean => other === one + 1 || (wraps && one === size - 1 && other === 0);
  return (follows(a.member, b.member) ? 0.5 : 0) + (follows(b.member, a.member) ? 0.5 : 0);
}

function pairsOf(job: TrainingJob, sent: readonly Sent[], gpus: number, numbers: TrainingNumbers): PairTraffic {
  const { gpusPerNode } = job.cluster;
  const ranks = representatives(sent, gpusPerNode, gpus);
  const { tensor, context, data, pipeline } = numbers.groups;
  const bytes = ranks.map((from) =>
    ranks.map((to) => {
      const cell: Partial<Record<TrafficKind, Bytes>> = {};
      for (const one of sent) {
        const share = shareTo(one, from, to);
        if (share > 0) cell[one.cost.id] = share * one.cost.bytes.value;
      }
      return cell;
    }),
  );
  return {
    ranks: ranks.map((rank) => ({
      rank,
      node: Math.floor(rank / gpusPerNode),
      tensor: placeIn(tensor, rank).member,
      context: placeIn(context, rank).member,
      data: placeIn(data, rank).member,
      pipeline: placeIn(pipeline, rank).member,
    })),
    bytes,
  };
}

/** Traffic of one step of a job. */
export function trafficOf(job: TrainingJob, numbers: TrainingNumbers): Traffic {
  const sent = communicationTerms(job, numbers)
    .filter(({ bytes }) => bytes.value > 0)
    .map((cost) => sentBy(job, numbers, cost));
  const groups = sent.map((one): GroupTraffic => {
    const { cost, group } = one;
    // Only neighbours of a pipeline talk, so that two stages decide whether they share a node.
    const talking = cost.id === 'pipeline' ? { size: 2, stride: group.stride } : group;
    const { perNode, level, intra } = place(job.cluster, talking);
    const across = cost.id === 'pipeline' ? (perNode >= 2 ? 0 : 1) : shareAcross(one, perNode);
    return {
      cost,
      size: group.size,
      stride: group.stride,
      perNode: Math.min(group.size, perNode),
      level: level.label,
      within: intra.label,
      insideBytes: (1 - across) * cost.bytes.value,
      acrossBytes: across * cost.bytes.value,
    };
  });
  return { groups, pairs: pairsOf(job, sent, numbers.gpus, numbers) };
}
