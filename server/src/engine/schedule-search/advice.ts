/** The search among schedules with what writes the best of them into the file, for reports. */
import type { FoundSchedule, ScheduleSearch } from '../../core/schedules/search.ts';
import type { Analysis, JobAnalysis } from '../analysis.ts';
import type { Engine } from '../engine.ts';
import { patchesOf } from '../what-if/texts.ts';
import { type UnwritableField, whatIf } from '../what-if/what-if.ts';
import { searchSchedulesOf } from './search.ts';

export interface ScheduleAdvice {
  readonly search: ScheduleSearch;
  /** What writes the best schedule, as a patch; empty where the job runs it already, none fits or it cannot be written. */
  readonly patch: string;
  readonly unwritable: readonly UnwritableField[];
}

/** What a job is told to run so as to run a schedule that was found. */
const changeTo = ({ name, virtualStages }: FoundSchedule) => ({ 'parallel.schedule': name, 'parallel.virtualStages': virtualStages });

/** Undefined where nothing is estimated that runs a schedule, or the pipeline has one stage. */
export function scheduleAdvice(engine: Engine, analysis: Analysis, jobIndex: number): ScheduleAdvice | undefined {
  const job = analysis.jobs[jobIndex];
  const search = job && hasPipeline(job) ? searchSchedulesOf(job) : undefined;
  if (!job || !search) return undefined;
  const written = search.best && !search.best.isCurrent ? whatIf(engine, analysis, jobIndex, changeTo(search.best)) : undefined;
  const { linked } = engine.editing(analysis, job);
  const textOf = (uri: string): string | undefined => (uri === analysis.uri ? analysis.document.text : linked(uri)?.text);
  const nameOf = (uri: string): string => uri.split('/').pop() ?? uri;
  return { search, patch: patchesOf(written?.edits ?? [], textOf, nameOf), unwritable: written?.unwritable ?? [] };
}

const hasPipeline = ({ result }: JobAnalysis): boolean =>
  'estimate' in result && result.estimate.kind === 'training' && result.estimate.schedule.stages > 1;
