/**
 * What quantized linear layers keep of their inputs. Transformer Engine saves the input that the gradient of the weight needs as it
 * was multiplied, in eight or four bits with its scales (transformer_engine/pytorch/module/{linear,layernorm_linear,
 * grouped_linear}.py); other libraries keep what autograd handed them and quantize again. What somebody else needs in 16 bits
 * (the router, attention's own result) stays beside that copy.
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Block } from '../model-shape.ts';
import { bytesPerElement } from '../number-format.ts';
import { isMegatron } from '../training/complete-memory.ts';

/** Bytes of the scales beside an element: one byte for 32 (MX), fp32 for 128 (blocks), one byte for 16 (NVFP4). */
function scaleBytes({ linear, fp8Recipe }: TrainingJob['precision']): number {
  if (linear === 'fp4') return 1 / 16;
  return { mx: 1 / 32, blockwise: 4 / 128, tensorwise: 0 }[fp8Recipe];
}

/** Whether linear layers keep copies of their inputs in the format they multiply in. */
export const keepsQuantized = ({ framework, precision }: TrainingJob): boolean => precision.fp8 && isMegatron(framework);

/** Bytes per element of the input that a linear layer keeps. */
export function savedInputBytes(job: TrainingJob): number {
  const { compute, linear } = job.precision;
  return keepsQuantized(job) ? bytesPerElement(linear) + scaleBytes(job.precision) : bytesPerElement(compute);
}

/** Bytes per element that a result costs which a linear layer multiplies and something else keeps as well: shared, unless quantized. */
export function sharedInputBytes(job: TrainingJob): number {
  return bytesPerElement(job.precision.compute) + (keepsQuantized(job) ? savedInputBytes(job) : 0);
}

/** Bytes kept of one element of the results of all norms of a layer. */
export function normResultBytes(job: TrainingJob, { norms, mixer, feedForward }: Block): number {
  const element = bytesPerElement(job.precision.compute);
  if (!keepsQuantized(job)) return norms * element;
  const saved = savedInputBytes(job);
  // MLA compresses queries and keys in two layers that each keep a copy of their own.
  const mixed = mixer ? (mixer.kind === 'mla' ? 2 : 1) * saved : 0;
  const routed = feedForward?.kind === 'moe' ? element + (feedForward.sharedFfn > 0 ? saved : 0) : saved;
  const others = norms - (mixer ? 1 : 0) - (feedForward ? 1 : 0);
  return mixed + (feedForward ? routed : 0) + Math.max(0, others) * element;
}
