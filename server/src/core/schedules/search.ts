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

function tryOne(request: ScheduleRequest, schedule: Schedule, virtualStages: number, limits: SearchLimits): FoundSchedule {
  const { id: name, label } = schedule;
  const isCurrent = request.name === name && request.virtualStages === virtualStages;
  const own = { name, label, virtualStages, isCurrent };
  if (limits.supported && !limits.supported.includes(name)) {
    return { ...own, ...nothing, rejected: `${limits.framework ?? 'The framework'} does not run it.` };
  }
  if (schedule.placement === 'two-way') {
    return { ...own, ...nothing, rejected: 'It holds the parameters twice, which needs an estimate of its own.' };
  }
  if (name === '1f1b-expert-overlap' && !isCurrent && !exchanges(request)) {
    return { ...own, ...nothing, rejected: 'There are no all-to-alls of experts to hide.' };
  }
  const shaped: ScheduleRequest = isCurrent
    ? request
    : {
        ...reshape(request, { name, virtualStages, microBatches: request.microBatches }),
        transferOverlapped: sendsBesideComputation(name, virtualStages),
      };
  const run = simulateMakespan(shaped);
  if ('refused' in run) return { ...own, ...nothing, rejected: run.refused };
  const { gradientReduction, optimizer, parameterGather } = shaped.tail;
  const peakBytes = run.peakBytes.reduce((most, bytes) => Math.max(most, bytes), 0);
  const waiting =
    run.bubbleSeconds.reduce((sum, seconds) => sum + seconds, 0) + run.transferSeconds.reduce((sum, seconds) => sum + seconds, 0);
  const result = {
    ...own,
    stepSeconds: run.period + gradientReduction + optimizer + parameterGather,
    bubbleShare: run.period > 0 ? waiting / (shaped.stages * run.period) : 0,
    peakBytes,
  };
  if (limits.usableBytes === undefined || peakBytes <= limits.usableBytes) return result;
  const fullest = run.peakBytes.indexOf(peakBytes);
  return { ...result, rejected: `Rank ${fullest} would hold ${gibibytes(peakBytes)} of ${gibibytes(limits.usableBytes)}.` };
}

/** Tries the schedules on a request. A written order is tried as it is and no other way. */
export function searchSchedules(request: ScheduleRequest, limits: SearchLimits = {}): ScheduleSearch {
  const current = findSchedule(request.name);
  const all = current && !schedules.includes(current) ? [current, ...schedules] : schedules;
  const tried = all.flatMap((schedule) => {
    // What is not run at all is told once, whatever its VPP; the schedule in force is run by the framework, as is seen.
    const own = schedule === current && limits.supported ? { ...limits, supported: [...limits.supported, schedule.id] } : limits;
    const counts =
      schedule === current && !schedules.includes(schedule) ? [request.virtualStages] : chunksOf(schedule, request, limits.layers);
    const isRun = own.supported?.includes(schedule.id) ?? true;
    return (isRun ? counts : counts.slice(0, 1)).map((virtualStages) => tryOne(request, schedule, virtualStages, own));
  });
  const running = tried
    .filter(({ rejected }) => rejected === undefined)
    .sort((a, b) => a.stepSeconds - b.stepSeconds || a.peakBytes - b.peakBytes);
  return { best: running[0], found: [...running, ...tried.filter(({ rejected }) => rejected !== undefined)] };
}
