/** The launch of a file that a command line asks for. */
import type { Analysis, JobAnalysis } from '../engine/analysis.ts';
import { UsageError } from './io.ts';

/** Launch `number` of `file`, from 1. Throws `UsageError` when there is none; `option` is what asked for it. */
export function jobOf({ jobs, document, kernels }: Analysis, file: string, number: number, option = '--job'): JobAnalysis {
  if (jobs.length === 0 && document.format === 'cuda' && !kernels)
    throw new UsageError(`${file} defines no kernel and launches none, so there is nothing to tell of it.`);
  if (jobs.length === 0) throw new UsageError(`no job was found in ${file}; "rooflint read ${file}" shows what was understood.`);
  const job = jobs[number - 1];
  const count = `${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}`;
  if (!job) throw new UsageError(`${file} holds ${count}; ${option} ${number} is none of them.`);
  return job;
}
