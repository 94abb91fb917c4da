/** Shares of the step on the busiest rank. What is neither work nor tail is bubble. */

import type { StepShares } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { ScheduleRequest } from '../schedules/schedule.ts';
import type { PipelineSummary } from '../schedules/simulate.ts';
import type { StageTimes } from './stage-times.ts';

export function stepShares(
  job: TrainingJob,
  step: number,
  run: PipelineSummary,
  tail: ScheduleRequest['tail'],
  times: StageTimes,
): StepShares {
  let busiest = 0;
  for (let rank = 1; rank < times.parts.length; rank++) {
    if ((run.busySeconds[rank] ?? 0) > (run.busySeconds[busiest] ?? 0)) busiest = rank;
  }
  const part = times.parts[busiest];
  if (!part || step <= 0) return { compute: 0, recompute: 0, exposedCommunication: 0, bubble: 0, optimizer: 0, host: 0 };
  const m = job.batch.accumulation;
  const transfers = run.transferSeconds[busiest] ?? 0;
  return {
    compute: (m * part.compute) / step,
    recompute: (m * part.recompute) / step,
    exposedCommunication:
      (m * (part.tensorComm + part.contextComm + part.shardComm) + transfers + tail.gradientReduction + tail.parameterGather) / step,
    bubble: (run.bubbleSeconds[busiest] ?? 0) / step,
    optimizer: tail.optimizer / step,
    host: (m * part.host) / step,
  };
}
