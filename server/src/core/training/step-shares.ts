/** Shares of the step, averaged over the pipeline ranks. What is neither work nor tail is bubble. */
import type { StepShares } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { ScheduleRequest } from '../schedules/schedule.ts';
import type { PipelineSummary } from '../schedules/simulate.ts';
import type { RankParts, StageTimes } from './stage-times.ts';

export function stepShares(
  job: TrainingJob,
  step: number,
  run: PipelineSummary,
  tail: ScheduleRequest['tail'],
  { parts }: StageTimes,
): StepShares {
  if (parts.length === 0 || step <= 0) return { compute: 0, recompute: 0, exposedCommunication: 0, bubble: 0, optimizer: 0, host: 0 };
  const m = job.batch.accumulation;
  const mean = (pick: (part: RankParts, rank: number) => number): number =>
    parts.reduce((sum, part, rank) => sum + pick(part, rank), 0) / parts.length / step;
  const waits = mean(
    (part, rank) =>
      m * (part.tensorComm + part.contextComm + part.expertComm + part.shardComm) -
      (run.hiddenSeconds[rank] ?? 0) +
      (run.transferSeconds[rank] ?? 0),
  );
  return {
    compute: mean((part) => m * part.compute),
    recompute: mean((part) => m * part.recompute),
    exposedCommunication: waits + (tail.gradientReduction + tail.parameterGather) / step,
    bubble: mean((_part, rank) => run.bubbleSeconds[rank] ?? 0),
    optimizer: tail.optimizer / step,
    host: mean((part) => m * part.host),
  };
}
