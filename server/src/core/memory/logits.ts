/**
 * Bytes of logits and loss on the last stage while their backward pass begins. Per token and vocabulary entry on this
 * TP rank: logits in the compute type and what the loss keeps of them in fp32 (Megatron-LM
 * megatron/core/tensor_parallel/cross_entropy.py; PyTorch torch/nn/functional.py cross_entropy).
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
 * Megatron-LM: compute-type logits and one fp32 buffer that turns from logits into softmax into gradient in place.
 * Elsewhere fp32 logits and their gradient; under FSDP the log-softmax and the cast gradient outlive them. A
 * compiled loss drops the log-softmax, unless it is spread over TP (loss parallel), which is not compiled.
 */
export function logitsBytesPerElement(job: TrainingJob): number {
  const element = bytesPerElement(job.precision.compute);
  if (job.framework.startsWith('megatron')) return element + 4;
  const sharded = job.zero.implementation === 'fsdp1' || job.zero.implementation === 'fsdp2';
  if (!sharded) return element + 4 + 4;
  const compiled = element + 4 + 4 + element;
  return job.compiled && job.parallel.tensor === 1 ? compiled : compiled + 4;
}
