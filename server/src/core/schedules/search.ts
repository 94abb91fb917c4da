/**
 * Which schedule runs this job fastest within the memory of its GPUs: every schedule with every VPP that the layers allow
 * is simulated with the job's own times, and those that cannot run say why.
 *
 * The times and the activations of a rank are divided evenly over its chunks (reshape.ts), so a schedule that moves the
 * head to another rank is only approximately right; estimate the job with the schedule written in to be sure.
 */
import type { Bytes, Seconds } from '../units.ts';
import { findSchedule, schedules } from './index.ts';
import { reshape } from './reshape.ts';
import type { Schedule, ScheduleRequest } from './schedule.ts';
import type { ScheduleName } from './schedule-name.ts';
import { sendsBesideComputation } from './shape.ts';
import { simulateMakespan } from './simulate.ts';

export interface SearchLimits {
  /** Bytes a rank may use; without it memory rejects nothing. */
  readonly usableBytes?: Bytes;
  /** The schedules the framework runs; all of them when absent. */
  readonly supported?: readonly ScheduleName[];
  /** The framework's name, for the reasons. */
  readonly framework?: string;
  /** Layers of the model: chunks must divide them evenly. Without it VPP stays at what is usual. */
  readonly layers?: number;
}

export interface FoundSchedule {
  readonly name: ScheduleName;
  readonly label: string;
  readonly virtualStages: number;
  readonly stepSeconds: Seconds;
  /** Share of the time from one step to the next, before the tail, that the ranks wait on average. */
  readonly bubbleShare: number;
  /** Bytes of the fullest rank. */
  readonly peakBytes: Bytes;
  /** Which it is, and whether that is within the limit, where an estimate says so: with its band it may be close. */
  readonly fullestRank?: number;
  readonly fits?: 'yes' | 'no' | 'close';
  /** What the job runs now. */
  readonly isCurrent: boolean;
  /** Why it is out of the question, one sentence; absent when it can run. */
  readonly rejected?: string;
}

/** What was tried, those that run first and by time, the others behind in the order of the schedules. */
export interface ScheduleSearch {
  readonly best: FoundSchedule | undefined;
  readonly found: readonly FoundSchedule[];
}

const mostChunks = 8;

/** VPPs worth trying: those that divide the layers of a rank. */
function chunksOf(schedule: Schedule, { virtualStages, stages, name }: ScheduleRequest, layers: number | undefined): readonly number[] {
  if (schedule.fixedChunks !== undefined) return [schedule.fixedChunks];
  if (!schedule.interleaves || stages === 1) return [1];
  const own = name === schedule.id ? [virtualStages] : [];
  const each = layers === undefined ? undefined : layers / stages;
  const tried = Array.from({ length: mostChunks - 1 }, (_, index) => index + 2).filter((chunks) =>
    each === undefined ? chunks <= 4 : Number.isInteger(each / chunks),
  );
  return [...new Set([...own, ...(tried.length > 0 ? tried : [2])])].sort((a, b) => a - b);
}

const gibibytes = (bytes: Bytes): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;

const nothing = { stepSeconds: Number.POSITIVE_INFINITY, bubbleShare: Number.NaN, peakBytes: Number.NaN };

const exchanges = ({ times }: ScheduleRequest): boolean =>
  times.some((row) => row.some(({ forwardExchange = 0, backwardExchange = 0 }) => forwardExchange + backwardExchange > 0));

/** A schedule worth trying, or why it is not tried. */
export interface ScheduleCandidate {
  readonly schedule: Schedule;
  readonly virtualStages: number;
  /** What the job runs now. */
  readonly isCurrent: boolean;
  readonly rejected?: string;
}

/** Why a schedule is not even simulated. */
function rejection(request: ScheduleRequest, { id, placement }: Schedule, isCurrent: boolean, limits: SearchLimits): string | undefined {
  if (limits.supported && !limits.supported.includes(id)) return `${limits.framework ?? 'The framework'} does not run it.`;
  if (placement === 'two-way') return 'It holds the parameters twice, which needs an estimate of its own.';
  return id === '1f1b-expert-overlap' && !isCurrent && !exchanges(request) ? 'There are no all-to-alls of experts to hide.' : undefined;
}

/** Every schedule with every VPP worth trying. A written order is tried as it is and no other way. */
export function candidatesOf(request: ScheduleRequest, limits: SearchLimits = {}): readonly ScheduleCandidate[] {
  const current = findSchedule(request.name);
  const isWritten = current !== undefined && !schedules.includes(current);
  return (isWritten ? [current, ...schedules] : schedules).flatMap((schedule) => {
    // The schedule in force is run by the framework, as is seen; what is not run at all is told once, whatever its VPP.
    const own = schedule === current && limits.supported ? { ...limits, supported: [...limits.supported, schedule.id] } : limits;
    const counts = schedule === current && isWritten ? [request.virtualStages] : chunksOf(schedule, request, limits.layers);
    const isRun = own.supported?.includes(schedule.id) ?? true;
    return (isRun ? counts : counts.slice(0, 1)).map((virtualStages): ScheduleCandidate => {
      const isCurrent = schedule === current && virtualStages === request.virtualStages;
      const rejected = rejection(request, schedule, isCurrent, own);
      return { schedule, virtualStages, isCurrent, ...(rejected === undefined ? {} : { rejected }) };
    });
  });
}

/** A candidate that has no figures. */
export function rejectedSchedule({ schedule, virtualStages, isCurrent }: ScheduleCandidate, rejected: string): FoundSchedule {
  return { name: schedule.id, label: schedule.label, virtualStages, isCurrent, ...nothing, rejected };
}

/** Why figures are out of the question: the fullest rank holds more than it may. */
export function tooFull(rank: number, peakBytes: Bytes, usableBytes: Bytes): string {
  return `Rank ${rank} would hold ${gibibytes(peakBytes)} of ${gibibytes(usableBytes)}.`;
}

function tryOne(request: ScheduleRequest, candidate: ScheduleCandidate, { usableBytes }: SearchLimits): FoundSchedule {
  const { schedule, virtualStages, isCurrent, rejected } = candidate;
  if (rejected !== undefined) return rejectedSchedule(candidate, rejected);
  const { id: name, label } = schedule;
  const shaped: ScheduleRequest = isCurrent
    ? request
    : {
        ...reshape(request, { name, virtualStages, microBatches: request.microBatches }),
        transferOverlapped: sendsBesideComputation(name, virtualStages),
      };
  const run = simulateMakespan(shaped);
  if ('refused' in run) return rejectedSchedule(candidate, run.refused);
  const { gradientReduction, optimizer, parameterGather } = shaped.tail;
  const peakBytes = run.peakBytes.reduce((most, bytes) => Math.max(most, bytes), 0);
  const waiting =
    run.bubbleSeconds.reduce((sum, seconds) => sum + seconds, 0) + run.transferSeconds.reduce((sum, seconds) => sum + seconds, 0);
  const result = {
    name,
    label,
    virtualStages,
    isCurrent,
    stepSeconds: run.period + gradientReduction + optimizer + parameterGather,
    bubbleShare: run.period > 0 ? waiting / (shaped.stages * run.period) : 0,
    peakBytes,
  };
  if (usableBytes === undefined || peakBytes <= usableBytes) return result;
  return { ...result, rejected: tooFull(run.peakBytes.indexOf(peakBytes), peakBytes, usableBytes) };
}

/** Those that run by time, of equal ones what holds less or runs now, and behind them the others as they come. */
export function ranked(tried: readonly FoundSchedule[]): ScheduleSearch {
  const running = tried
    .filter(({ rejected }) => rejected === undefined)
    .sort((a, b) => a.stepSeconds - b.stepSeconds || a.peakBytes - b.peakBytes || Number(b.isCurrent) - Number(a.isCurrent));
  return { best: running[0], found: [...running, ...tried.filter(({ rejected }) => rejected !== undefined)] };
}

/** Tries the schedules on a request. */
export function searchSchedules(request: ScheduleRequest, limits: SearchLimits = {}): ScheduleSearch {
  return ranked(candidatesOf(request, limits).map((candidate) => tryOne(request, candidate, limits)));
}
