/**
 * Bytes one GPU sends to the next pipeline stage for one micro batch: s b h, of which each TP rank sends its part with
 * sequence parallelism or where the framework scatters before sending (Narayanan et al. 2021, section 4.1).
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import { bytesPerElement } from '../number-format.ts';
import type { Bytes } from '../units.ts';
import { isMegatron } from './complete-memory.ts';

export function pipelineMessage(job: TrainingJob): Bytes {
  const { tensor, context, sequence } = job.parallel;
  const tokens = (job.batch.micro * job.sequenceLength) / context;
  return (tokens * job.model.hidden * bytesPerElement(job.precision.compute)) / (sequence || isMegatron(job.framework) ? tensor : 1);
}
