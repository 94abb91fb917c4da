/**
 * Why a rank does not compute: every moment between the start of a step and its end in which a rank runs no operation,
 * with its cause. Three runs of the same order tell the causes apart:
 *
 * - what would be idle if all stages took equally long and transfers nothing belongs to the schedule: warm-up, waiting for
 *   a forward pass of the stage before or a backward pass of the stage after, drain;
 * - what the times of this job add without transfers is imbalance: some stage is slower;
 * - what is left is transfers: on the wire, or waiting for it.
 *
 * The order of a rank is the same in all three, so idle time is compared up to the same operation: a rank is never charged
 * more of a cause up to some operation than the runs show up to there. Beside these stand what is known as it is: a rank
 * held up by its own blocking sends, launch gaps, barriers, and the step's tail, during which only the optimizer computes.
 * Without overlapping steps, all causes but `send` and `tail` add up to `bubbleSeconds`.
 */
import type { Seconds } from '../units.ts';
import { findSchedule } from './index.ts';
import { forwardKind } from './operation-kind.ts';
import { linkOperations, sourceOf } from './operation-links.ts';
import type { PipelineRun } from './pipeline-run.ts';
import { routeOf } from './placement.ts';
import { timeOrder } from './run-pipeline.ts';
import { type ChunkTimes, inputSeconds, type ScheduleRequest, weightSeconds } from './schedule.ts';
import type { Simulation } from './simulate.ts';

export const idleCauses = [
  'warm-up',
  'forward-of-stage-before',
  'backward-of-stage-after',
  'drain',
  'imbalance',
  'transfer',
  'send',
  'launch',
  'barrier',
  'tail',
] as const;

export type IdleCause = (typeof idleCauses)[number];

/** A few words for each cause, for legends and tables. */
export const idleCauseLabels: { readonly [cause in IdleCause]: string } = {
  'warm-up': 'Pipeline fills',
  'forward-of-stage-before': 'Waits for a forward pass of the stage before',
  'backward-of-stage-after': 'Waits for a backward pass of the stage after',
  drain: 'Pipeline drains',
  imbalance: 'Another stage is slower',
  transfer: 'Waits for a transfer',
  send: 'Held up by sending',
  launch: 'Waits for the host',
  barrier: 'Barrier',
  tail: 'Waits for collectives of the tail',
};

const codeOf = (cause: IdleCause): number => idleCauses.indexOf(cause);
const [forwardBefore, backwardAfter] = [codeOf('forward-of-stage-before'), codeOf('backward-of-stage-after')];
const [warmUp, drain, imbalance, transfer] = [codeOf('warm-up'), codeOf('drain'), codeOf('imbalance'), codeOf('transfer')];
const [send, launch, barrier, tail] = [codeOf('send'), codeOf('launch'), codeOf('barrier'), codeOf('tail')];

/** Idle time as columns, rank by rank in time order; a gap with several causes is several slots. */
export interface IdleSlots {
  readonly count: number;
  /** Rank r owns the slots `offset[r]` to `offset[r + 1] - 1`. */
  readonly offset: Uint32Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Index into `idleCauses`. */
  readonly cause: Uint8Array;
  /** The operation that starts after the slot; -1 after the last one. */
  readonly next: Int32Array;
  /** `seconds[rank * idleCauses.length + cause]`. */
  readonly seconds: Float64Array;
}

/** Every stage and chunk as long as the mean of all, so that the whole work is the same. */
function balanced(times: ScheduleRequest['times']): ScheduleRequest['times'] {
  const all = times.flat();
  const mean = (pick: (chunk: ChunkTimes) => number): number => all.reduce((sum, chunk) => sum + pick(chunk), 0) / Math.max(1, all.length);
  const chunk: ChunkTimes = {
    forward: mean(({ forward }) => forward),
    backward: mean(({ backward }) => backward),
    backwardInput: mean(inputSeconds),
    backwardWeight: mean(weightSeconds),
    forwardExchange: mean(({ forwardExchange = 0 }) => forwardExchange),
    backwardExchange: mean(({ backwardExchange = 0 }) => backwardExchange),
  };
  return times.map((row) => row.map(() => chunk));
}

/** The times of the same order without transfers, with all stages alike or as they are. */
function withoutTransfers(simulation: Simulation, alike: boolean): PipelineRun | undefined {
  const { request, computeCount, computeOffset, kind, microBatch, chunk, paired } = simulation;
  const { links: _links, ...plain } = request;
  return timeOrder(
    { ...plain, transfer: 0, linkSharing: 'none', ...(alike ? { times: balanced(request.times) } : {}) },
    {
      route: routeOf(findSchedule(request.name)?.placement ?? 'loop', request.stages, request.virtualStages),
      offset: computeOffset,
      kind: kind.subarray(0, computeCount),
      microBatch: microBatch.subarray(0, computeCount),
      chunk: chunk.subarray(0, computeCount),
      paired,
    },
  );
}

/** Idle time of one rank in a run without transfers, up to and including the gap before each operation, and after the last. */
function idleUpTo(run: PipelineRun | undefined, rank: number, launchGap: Seconds, ended: Seconds): (index: number) => Seconds {
  if (!run) return () => 0;
  const last = run.offset[rank + 1] ?? 0;
  let next = run.offset[rank] ?? 0;
  let free = 0;
  let idle = 0;
  return (index) => {
    for (; next <= index && next < last; next++) {
      const inPair = next > 0 && run.paired[next - 1] === 1;
      idle += Math.max(0, (run.start[next] ?? 0) - (inPair ? 0 : launchGap) - free);
      free = run.end[next] ?? 0;
    }
    return index < last ? idle : idle + Math.max(0, ended - free);
  };
}

const endOf = (run: PipelineRun | undefined): Seconds => run?.end.reduce((latest, end) => Math.max(latest, end), 0) ?? 0;

/** Collects slots; those too short to be more than rounding are left out. */
class SlotList {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly causes: number[] = [];
  private readonly nexts: number[] = [];
  private readonly least: Seconds;
  private readonly seconds: Float64Array;
  readonly offset: Uint32Array;

  constructor(stages: number, makespan: Seconds) {
    this.least = 1e-12 * makespan;
    this.seconds = new Float64Array(stages * idleCauses.length);
    this.offset = new Uint32Array(stages + 1);
  }

  /** Adds a slot that begins at `from`; says where it ends. */
  add(rank: number, from: Seconds, length: Seconds, cause: number, next: number): Seconds {
    if (length <= this.least) return from;
    this.starts.push(from);
    this.ends.push(from + length);
    this.causes.push(cause);
    this.nexts.push(next);
    const sum = rank * idleCauses.length + cause;
    this.seconds[sum] = (this.seconds[sum] ?? 0) + length;
    return from + length;
  }

  closeRank(rank: number): void {
    this.offset[rank + 1] = this.starts.length;
  }

  finish(): IdleSlots {
    return {
      count: this.starts.length,
      offset: this.offset,
      start: Float64Array.from(this.starts),
      end: Float64Array.from(this.ends),
      cause: Uint8Array.from(this.causes),
      next: Int32Array.from(this.nexts),
      seconds: this.seconds,
    };
  }
}

/** The cause that the schedule itself gives to waiting before an operation. */
function scheduleCause(simulation: Simulation): (index: number) => number {
  const { kind, paired, end, computeOffset, rank } = simulation;
  const links = paired.includes(1) ? linkOperations(simulation) : undefined;
  const arrival = (index: number): Seconds => {
    const source = links ? sourceOf(simulation, links, index) : -1;
    const carried = source >= 0 && rank[source] !== rank[index] ? (links?.transfer[source] ?? -1) : -1;
    return end[carried >= 0 ? carried : source] ?? 0;
  };
  return (index) => {
    if (index === computeOffset[rank[index] ?? 0]) return warmUp;
    if (kind[index] !== forwardKind) return backwardAfter;
    return paired[index] === 1 && arrival(index + 1) > arrival(index) ? backwardAfter : forwardBefore;
  };
}

/** Every moment in which a rank does not compute, from the start of the step to its end, with its cause. */
export function idleSlots(simulation: Simulation): IdleSlots {
  const { request, makespan, computeOffset, start, end, paired } = simulation;
  const { stages, launchGap = 0, barriers = 0 } = request;
  const alike = withoutTransfers(simulation, true);
  const asTimed = withoutTransfers(simulation, false);
  const [alikeEnd, timedEnd] = [endOf(alike), endOf(asTimed)];
  const causeOf = scheduleCause(simulation);
  const sendingOf = blockedBySends(simulation);
  const slots = new SlotList(stages, makespan);
  for (let rank = 0; rank < stages; rank++) {
    const bySchedule = idleUpTo(alike, rank, launchGap, alikeEnd);
    const byTimes = idleUpTo(asTimed, rank, launchGap, timedEnd);
    const last = computeOffset[rank + 1] ?? 0;
    const charged: [Seconds, Seconds] = [0, 0];
    let ended = 0;
    for (let index = computeOffset[rank] ?? 0; index <= last; index++) {
      const inPair = index > (computeOffset[rank] ?? 0) && paired[index - 1] === 1;
      if (!inPair) {
        const final = index === last;
        const next = final ? -1 : index;
        const until = final ? makespan - barriers : (start[index] ?? 0) - launchGap;
        const blocked = Math.min(sendingOf(index, rank), Math.max(0, until - ended));
        let at = slots.add(rank, ended, blocked, send, next);
        const idle = Math.max(0, until - ended - blocked);
        const own = Math.min(idle, Math.max(0, bySchedule(index) - charged[0]));
        const slower = Math.min(idle - own, Math.max(0, byTimes(index) - Math.max(bySchedule(index), charged[0]) - charged[1]));
        charged[0] += own;
        charged[1] += slower;
        at = slots.add(rank, at, own, final ? drain : causeOf(index), next);
        at = slots.add(rank, at, slower, imbalance, next);
        at = slots.add(rank, at, idle - own - slower, transfer, next);
        if (!final) slots.add(rank, at, launchGap, launch, next);
      }
      if (index < last) ended = end[index] ?? 0;
    }
    addTail(simulation, slots, rank);
    slots.closeRank(rank);
  }
  return slots.finish();
}

/** Seconds in which the transfers of what ran before an operation keep its rank from computing. */
function blockedBySends({ request, computeOffset, transferOffset, sender, computeCount, start, end, paired }: Simulation) {
  const sent = transferOffset.slice(0, request.stages);
  /** To be asked for the operations of a rank in order. */
  return (index: number, rank: number): Seconds => {
    let seconds = 0;
    let transferIndex = sent[rank] ?? 0;
    const first = computeOffset[rank] ?? 0;
    for (; transferIndex < (transferOffset[rank + 1] ?? 0); transferIndex++) {
      const from = sender[transferIndex - computeCount] ?? 0;
      if (from >= index) break;
      const left = end[paired[from] === 1 && from >= first ? from + 1 : from] ?? 0;
      seconds += (end[transferIndex] ?? 0) - Math.min(left, start[transferIndex] ?? left);
    }
    sent[rank] = transferIndex;
    return request.transferOverlapped ? 0 : seconds;
  };
}

/** What follows the pipeline: only the optimizer computes. */
function addTail({ request, makespan }: Simulation, slots: SlotList, rank: number): void {
  const { barriers = 0 } = request;
  const { gradientReduction, optimizer, parameterGather } = request.tail;
  slots.add(rank, makespan - barriers, barriers, barrier, -1);
  slots.add(rank, makespan, gradientReduction, tail, -1);
  slots.add(rank, makespan + gradientReduction + optimizer, parameterGather, tail, -1);
}
