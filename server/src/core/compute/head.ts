/**
 * Time of the ends of the model for one micro batch: embedding look-up on the first stage, final norm, logits and loss
 * on the last.
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import { bytesPerElement } from '../number-format.ts';
import type { Seconds } from '../units.ts';
import { type Device, gemmTime, streamTime } from './gemm.ts';

export interface EndWork {
  readonly forward: Seconds;
  readonly backward: Seconds;
}

export interface HeadWork extends EndWork {
  /** The part of the backward pass that makes the weight gradient. */
  readonly backwardWeight: Seconds;
}

export function embeddingWork(job: TrainingJob, device: Device): EndWork {
  const tokens = (job.batch.micro * job.sequenceLength) / job.parallel.context;
  const bytes = tokens * job.model.hidden * bytesPerElement(job.precision.compute);
  return { forward: streamTime(device, 3 * bytes), backward: streamTime(device, 4 * bytes) };
}

/** Logits product and cross-entropy in fp32, both divided over the TP group (vocabulary parallel). */
export function headWork(job: TrainingJob, device: Device): HeadWork {
  const tokens = (job.batch.micro * job.sequenceLength) / job.parallel.context;
  const columns = job.model.paddedVocab / job.parallel.tensor;
  const elements = tokens * columns;
  const forward = gemmTime(device, tokens, columns, job.model.hidden);
  const backwardWeight = gemmTime(device, columns, job.model.hidden, tokens);
  const backward = gemmTime(device, tokens, job.model.hidden, columns) + backwardWeight;
  // Cast to fp32 (2 + 4 bytes), maximum, exponential and sum, and the softmax kept for the backward pass.
  return { forward: forward + streamTime(device, elements * 22), backward: backward + streamTime(device, elements * 14), backwardWeight };
}
