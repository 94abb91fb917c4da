/**
 * Seconds after the pipeline has drained: reduction of gradients and gathering of parameters that nothing hides, and the
 * optimizer. With overlap a bucket leaves as soon as its gradients are final: during the last micro batch's backward pass,
 * and with virtual stages already while the later chunks of the last round run (Megatron-LM
 * megatron/core/distributed/param_and_grad_buffer.py; Narayanan et al. 2021, section 2.2). What is hidden still takes
 * multiprocessors and bandwidth from the computation beside it.
 */
import { hostCalibration } from '../calibration/host.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { ScheduleRequest } from '../schedules/schedule.ts';
import type { Seconds } from '../units.ts';
import { type DataParallelCost, reductionRounds } from './data-parallel.ts';

const { lastBucket, besideBuckets, forwardAgainstBackward, overlapContention } = hostCalibration;

/** Backward passes of one micro batch that run after the first gradients are final. */
function roundsBeside({ parallel, batch }: TrainingJob): number {
  const { pipeline, virtualStages } = parallel;
  if (pipeline <= 1 || virtualStages <= 1) return besideBuckets;
  const round = Math.min(pipeline, batch.accumulation);
  return Math.max(besideBuckets, (round * (virtualStages - 1)) / virtualStages);
}

/** `backward` are the seconds of one micro batch on the rank with most parameters. */
export function tailOf(job: TrainingJob, cost: DataParallelCost, backward: Seconds, optimizer: Seconds): ScheduleRequest['tail'] {
  if (job.zero.stage === 3 && job.parallel.pipeline === 1) return { gradientReduction: 0, optimizer, parameterGather: 0 };
  const window = roundsBeside(job) * backward;
  const rounds = reductionRounds(job);
  const visible = (busy: Seconds, beside: Seconds, overlapped: boolean): Seconds =>
    overlapped ? Math.max(lastBucket * busy, busy - beside) + overlapContention * Math.min(busy, beside) : busy;
  return {
    gradientReduction: rounds * visible(cost.reduceBusy / rounds, window, job.overlap.gradReduce),
    // Of several rounds only the last runs beside the end of the pipeline.
    hiddenReduction: job.overlap.gradReduce ? Math.min(cost.reduceBusy / rounds, window) : 0,
    optimizer,
    parameterGather: visible(cost.gatherBusy, forwardAgainstBackward * window, job.overlap.paramGather),
  };
}
