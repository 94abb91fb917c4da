/**
 * Bytes of logits and loss on the last stage while their backward pass begins. Per token and vocabulary entry on this
 * TP rank: logits in the compute type, their fp32 copy, and the fp32 softmax that becomes the gradient; PyTorch's
 * unfused loss also keeps the cast gradient (Megatron-LM megatron/core/tensor_parallel/cross_entropy.py; PyTorch
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

/** 10 bytes for 16-bit Megatron, 12 for PyTorch's own loss. */
export function logitsBytesPerElement(job: TrainingJob): number {
  const element = bytesPerElement(job.precision.compute);
  const ownLoss = job.zero.implementation === 'fsdp1' || job.zero.implementation === 'fsdp2';
  return element + 4 + 4 + (ownLoss ? element : 0);
}
