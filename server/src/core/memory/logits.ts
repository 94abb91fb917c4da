/**
 * Bytes of logits and loss on the last stage while their backward pass begins. Per token and vocabulary entry on this
 * TP rank: logits in the compute type, their fp32 copy, and the fp32 softmax that becomes the gradient (Megatron-LM megatron/core/tensor_parallel/cross_entropy.py; PyTorch
 * torch/nn/functional.py cross_entropy).
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import { bytesPerElement } from '../number-format.ts';
import type { Bytes } from '../units.ts';

export function logitsBytes(job: TrainingJob): Bytes {
  const tokens = (job.batch.micro * job.sequenceLength) / job.parallel.context;
  const columns = job.model.paddedVocab / job.parallel.tensor;
  return tokens * columns * logitsBytesPerElement(job);
}

/**
 * Compute-type logits, fp32 copy and fp32 gradient; PyTorch's unfused loss keeps the log-softmax and the cast gradient
 * too. A compiled loss keeps the cast gradient only, unless it is spread over TP (loss parallel), which is not compiled.
 */
export function logitsBytesPerElement(job: TrainingJob): number {
  const element = bytesPerElement(job.precision.compute);
  const fused = element + 4 + 4;
  if (job.zero.implementation !== 'fsdp1' && job.zero.implementation !== 'fsdp2') return fused;
  return job.compiled && job.parallel.tensor === 1 ? fused + element : fused + 4 + element;
}
