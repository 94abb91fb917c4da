/**
 * Long interleaved pipelines repeat themselves: once every operation of a group of micro batches starts the same time
 * after its like in the group before, on all ranks, so will those of every group to come until the ranks run out of
 * forward passes, because start times are sums and maxima of earlier ones. So a few groups are simulated and the rest is
 * counted. A property test holds the result equal to the whole simulation.
 */
import type { Seconds } from '../units.ts';
import { groupOf } from './interleaved-table.ts';
import type { PipelineRun } from './pipeline-run.ts';
import { runPipeline } from './run-pipeline.ts';
import type { Schedule, ScheduleRequest } from './schedule.ts';

/** Groups that are simulated: filling takes up to three, draining too, and one must be seen to repeat. */
const simulated = 8;
/** Times that differ by less than this share of the clock are the same. */
const sameTime = 1e-12;

export interface RepeatedGroups {
  readonly request: ScheduleRequest;
  readonly run: PipelineRun;
  /** Seconds of the groups that were not simulated. */
  readonly skipped: Seconds;
}

/** Seconds from one group to the next, or undefined while the groups differ. */
function paceOf({ stages, virtualStages }: ScheduleRequest, run: PipelineRun, group: number): Seconds | undefined {
  const period = 2 * group * virtualStages;
  let pace: Seconds | undefined;
  for (let rank = 0; rank < stages; rank++) {
    const coolDown = 2 * (stages - rank - 1) + (virtualStages - 1) * group;
    const end = (run.offset[rank + 1] ?? 0) - coolDown;
    for (let index = end - period; index < end; index++) {
      const start = run.start[index] ?? 0;
      const step = start - (run.start[index - period] ?? 0);
      pace ??= step;
      if (Math.abs(step - pace) > sameTime * start) return undefined;
    }
  }
  return pace;
}

/** A few groups of an interleaved 1F1B request and the time of the others; undefined when all must be simulated. */
export function repeatedGroups(request: ScheduleRequest, schedule: Schedule): RepeatedGroups | undefined {
  const group = groupOf(request);
  const groups = request.microBatches / group;
  if (!Number.isInteger(groups) || groups <= simulated + 1) return undefined;
  const few = { ...request, microBatches: simulated * group, microBatchGroup: group };
  const run = runPipeline(few, schedule);
  if ('refused' in run) return undefined;
  const pace = paceOf(few, run, group);
  return pace === undefined ? undefined : { request: few, run, skipped: (groups - simulated) * pace };
}
