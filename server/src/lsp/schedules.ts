/** rooflint/schedules: which schedule would run a job best. Between two estimates other requests get their turn, and it can be given up. */
import { type CancellationToken, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { FoundSchedule, ScheduleSearch } from '../core/schedules/search.ts';
import type { Analysis } from '../engine/analysis.ts';
import type { Engine } from '../engine/engine.ts';
import { formatBytes, formatPercent, formatValue } from '../engine/format.ts';
import { searchSteps } from '../engine/schedule-search/search.ts';
import { cleanChange } from '../engine/what-if/fields.ts';
import { whatIf } from '../engine/what-if/what-if.ts';
import type { WhatIfParams } from '../protocol/requests.ts';
import type { ScheduleRow, SchedulesFound } from '../protocol/schedules.ts';
import type { Change } from '../protocol/what-if.ts';
import type { Session } from './session.ts';

const nothing = (why: string): SchedulesFound => ({ rows: [], words: [why] });

/** The search for a job with the tried values; undefined when it was given up. */
export async function schedulesOf(
  engine: Engine,
  analysis: Analysis | undefined,
  jobIndex: number,
  change: Change,
  isGivenUp: () => boolean,
): Promise<SchedulesFound | undefined> {
  const file = analysis?.jobs[jobIndex];
  if (!analysis || !file) return nothing('No training launch was recognised in this file.');
  const tried = whatIf(engine, analysis, jobIndex, cleanChange(file, change))?.tried ?? file;
  if ('refusal' in tried.result) return nothing(`There is no estimate: ${tried.result.refusal.why}.`);
  const steps = searchSteps(tried);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value ? toldSearch(step.value) : nothing('Only a training job runs a pipeline schedule.');
    await new Promise((resolve) => setImmediate(resolve));
    if (isGivenUp()) return undefined;
  }
}

function toldSearch({ found }: ScheduleSearch): SchedulesFound {
  const now = found.find(({ isCurrent }) => isCurrent);
  return {
    rows: found.map((one) => toldSchedule(one, now)),
    words: [
      'Each is estimated as if it were written into the file, all else as it is: micro batches, recomputation, degrees of parallelism.',
      'VPP is one of those that divide the layers of a stage.',
    ],
  };
}

function toldSchedule(one: FoundSchedule, now: FoundSchedule | undefined): ScheduleRow {
  const { name, label, virtualStages, isCurrent, stepSeconds, bubbleShare, peakBytes, fullestRank, fits, rejected } = one;
  const row = { name, label, virtualStages, isCurrent, ...(rejected === undefined ? {} : { rejected }) };
  if (!Number.isFinite(stepSeconds)) return row;
  const difference = now && !isCurrent ? stepSeconds / now.stepSeconds - 1 : Number.NaN;
  return {
    ...row,
    figures: {
      step: formatValue(stepSeconds, 's'),
      ...(Number.isFinite(difference) ? changeOf(difference) : {}),
      bubble: formatPercent(bubbleShare),
      memory: formatBytes(peakBytes),
      rank: fullestRank ?? 0,
      fits: fits ?? 'yes',
    },
  };
}

function changeOf(difference: number): { readonly change: string; readonly verdict?: 'better' | 'worse' } {
  if (Math.abs(difference) < 0.0005) return { change: 'no change' };
  const text = formatPercent(Math.abs(difference));
  return difference < 0 ? { change: `−${text}`, verdict: 'better' } : { change: `+${text}`, verdict: 'worse' };
}

export async function schedulesResult(session: Session, params: WhatIfParams, token: CancellationToken): Promise<SchedulesFound> {
  const { uri, job = 0, change } = params;
  const found = await schedulesOf(session.engine, await session.analysisOf(uri), job, change, () => token.isCancellationRequested);
  if (!found) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The search was given up.');
  return found;
}
