/**
 * Bytes of logits and loss on the last stage. Per token and vocabulary entry on this TP rank: logits in the compute type
 * and what the loss makes of them in fp32 (Megatron-LM megatron/core/tensor_parallel/cross_entropy.py; PyTorch
 * torch/nn/functional.py cross_entropy; Transformers src/transformers/loss/loss_utils.py).
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import { bytesPerElement } from '../number-format.ts';
import { isMegatron } from '../training/complete-memory.ts';
import type { Bytes } from '../units.ts';
import { localTokens } from './activations.ts';

export function logitsBytes(job: TrainingJob): Bytes {
  const tokens = localTokens(job);
  const columns = job.model.paddedVocab / job.parallel.tensor;
  if (job.loss.fused) return fusedLossBytes(job, tokens, columns);
  return tokens * columns * logitsBytesPerElement(job);
}

/**
 * Liger's fused head and loss: as many rows at a time as make their logits as large as the hidden states, the gradient of
 * the hidden states, and that of the head where it is trained (Hsu et al. 2024, section 3.2).
 */
function fusedLossBytes(job: TrainingJob, tokens: number, columns: number): Bytes {
  const element = bytesPerElement(job.precision.compute);
  const { hidden } = job.model;
  const pieces = Math.ceil(columns / hidden);
  const rows = Math.min(tokens, 2 ** Math.ceil(Math.log2(Math.max(1, tokens / pieces))));
  const head = job.adapter && !job.adapter.whole.includes('head') ? 0 : columns * hidden * element;
  return rows * columns * (element + 4) + tokens * hidden * element + head;
}

/**
 * Megatron-LM: compute-type logits and one fp32 buffer that turns from logits into softmax into gradient in place.
 * torchtitan: fp32 logits and their gradient, the log-softmax and the cast gradient; compiled, the log-softmax is gone,
 * unless the loss is spread over TP, which is not compiled. Plain PyTorch: fp32 logits, the log-softmax, and the
 * gradients of both; in the compute type where the model leaves them in it. A fused cross-entropy writes its gradient over one fp32 copy. In pieces, all but the compute-type logits
 * exist for one piece at a time.
 */
export function logitsBytesPerElement(job: TrainingJob): number {
  const element = bytesPerElement(job.precision.compute);
  if (isMegatron(job.framework)) return element + 4;
  if (job.loss.chunks > 1) return element + (job.compiled ? 4 : 8) / job.loss.chunks;
  if (job.framework === 'torchtitan' || job.framework === 'fsdp') {
    const compiled = element + 4 + 4 + element;
    return job.compiled && job.parallel.tensor === 1 ? compiled : compiled + 4;
  }
  if (job.kernels.fused) return 4 + 4;
  if (!job.loss.upcast) return 3 * element;
  return job.compiled ? element + 4 + 4 : 4 + 4 + 4;
}
