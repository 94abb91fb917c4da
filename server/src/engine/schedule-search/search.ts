/**
 * Which schedule runs a job fastest within the memory of its GPUs: every schedule that its framework runs, with every VPP that its
 * layers allow, is put into the job, checked by the rules and estimated, as a tried value would be. Step by step, for it may take a
 * second where pipelines are long.
 */
import type { EstimateResult } from '../../core/estimate.ts';
import {
  candidatesOf,
  type FoundSchedule,
  ranked,
  rejectedSchedule,
  type ScheduleCandidate,
  type ScheduleSearch,
  type SearchLimits,
  tooFull,
} from '../../core/schedules/search.ts';
import { supportedSchedules } from '../../core/schedules/supported.ts';
import { adapters } from '../../frameworks/index.ts';
import { triedJob } from '../alternatives.ts';
import type { JobAnalysis } from '../analysis.ts';
import { worstStageOf } from '../terms.ts';
import { type Trial, trialsOf } from '../trials.ts';

/** What limits the search for a job; undefined where nothing is estimated that runs a schedule. */
export function searchLimits({ job, runsAs, framework, result }: JobAnalysis): SearchLimits | undefined {
  if (!('estimate' in result) || result.estimate.kind !== 'training') return undefined;
  const supported = supportedSchedules(runsAs);
  const layers = job['model.layers'];
  return {
    usableBytes: result.estimate.memory.usable.value,
    framework: adapters.find(({ id }) => id === framework)?.label ?? framework,
    ...(supported ? { supported } : {}),
    ...(layers === undefined ? {} : { layers }),
  };
}

/** One step for each schedule that is estimated; undefined at once where there is nothing to search. */
export function* searchSteps(job: JobAnalysis): Generator<undefined, ScheduleSearch | undefined> {
  const limits = searchLimits(job);
  const { result } = job;
  if (!limits || !('estimate' in result) || result.estimate.kind !== 'training') return undefined;
  const trial = trialsOf(triedJob(job));
  const found: FoundSchedule[] = [];
  for (const candidate of candidatesOf(result.estimate.schedule, limits)) {
    if (candidate.rejected === undefined) yield undefined;
    found.push(figuresOf(candidate, candidate.isCurrent ? result : undefined, trial));
  }
  return ranked(found);
}

/** The search all at once. */
export function searchSchedulesOf(job: JobAnalysis): ScheduleSearch | undefined {
  const steps = searchSteps(job);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

function figuresOf(candidate: ScheduleCandidate, known: EstimateResult | undefined, trial: Trial): FoundSchedule {
  const { schedule, virtualStages, isCurrent, rejected } = candidate;
  if (rejected !== undefined) return rejectedSchedule(candidate, rejected);
  const result = known ?? trial({ 'parallel.schedule': schedule.id, 'parallel.virtualStages': virtualStages });
  if ('refusal' in result) return rejectedSchedule(candidate, sentence(result.refusal.why));
  const { estimate } = result;
  const worst = estimate.kind === 'training' ? worstStageOf(estimate) : undefined;
  if (estimate.kind !== 'training' || !worst) return rejectedSchedule(candidate, 'It has no estimate.');
  const { memory, time } = estimate;
  const figures = {
    name: schedule.id,
    label: schedule.label,
    virtualStages,
    isCurrent,
    stepSeconds: time.step.value,
    bubbleShare: time.shares.bubble,
    peakBytes: worst.device.value,
    fullestRank: worst.stage,
    fits: memory.fits,
  };
  return memory.fits === 'no' ? { ...figures, rejected: tooFull(worst.stage, worst.device.value, memory.usable.value) } : figures;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
