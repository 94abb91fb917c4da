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

/** Bytes per logit that cross-entropy moves, forward and backward. */
interface LossBytes {
  readonly forward: number;
  readonly backward: number;
}

/**
 * Cross-entropy in one kernel reads the logits and leaves their gradient in place; Megatron-LM's vocabulary-parallel one
 * casts to fp32, takes maximum, exponential and sum, and keeps the softmax; compiled, the passes of eager PyTorch become
 * three; eager PyTorch casts, takes the logarithm of the softmax and goes back the same way.
 */
function lossBytes(job: TrainingJob): LossBytes {
  if (job.loss.fused) return { forward: 6, backward: 2 };
  // Vocabulary-parallel without fusion: cast, maximum, difference, exponential, sum and quotient write a tensor each.
  if (job.framework.startsWith('megatron')) return job.kernels.fused ? { forward: 22, backward: 14 } : { forward: 50, backward: 22 };
  if (job.compiled || job.kernels.fused) return { forward: 8, backward: 6 };
  return { forward: 22, backward: 18 };
}

/** Logits product and cross-entropy, both divided over the TP group (vocabulary parallel). */
export function headWork(job: TrainingJob, device: Device): HeadWork {
  const tokens = (job.batch.micro * job.sequenceLength) / job.parallel.context;
  const columns = job.model.paddedVocab / job.parallel.tensor;
  const elements = tokens * columns;
  const forward = gemmTime(device, tokens, columns, job.model.hidden);
  const backwardWeight = gemmTime(device, columns, job.model.hidden, tokens);
  const backward = gemmTime(device, tokens, job.model.hidden, columns) + backwardWeight;
  const moved = lossBytes(job);
  return {
    forward: forward + streamTime(device, elements * moved.forward),
    backward: backward + streamTime(device, elements * moved.backward),
    backwardWeight,
  };
}
