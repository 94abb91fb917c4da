/**
 * Time of the attention core (scores, softmax, weighted sum) of one layer on one GPU.
 *
 * Fused (Dao et al. 2022 and 2023): forward 4 b s s_k d a FLOPs, halved under a causal mask, at a share of the peak
 * that falls with head size; backward 2.5 times that at its own share.
 * Unfused: two batched products over the whole square, and softmax, mask and dropout streaming the a x s x s matrix
 * through memory (Korthikanti et al. 2022, section 4: 2 + 2 + 1 bytes an element are kept, more are moved).
 */
import type { AttentionKernel } from '../job-fields.ts';
import type { Seconds } from '../units.ts';
import { type Device, streamTime } from './gemm.ts';

export interface AttentionShape {
  readonly batch: number;
  /** Query tokens on this GPU. */
  readonly queries: number;
  /** Key tokens each query may look at, before the causal mask. */
  readonly keys: number;
  /** Query heads on this GPU. */
  readonly heads: number;
  readonly headDim: number;
  readonly causal: boolean;
  readonly kernel: AttentionKernel;
  readonly dropout: boolean;
  /** True when the stack uses the newest fused kernel of the device (cuDNN, FlashAttention 3), not FlashAttention 2. */
  readonly newest: boolean;
}

/** FLOPs of scores and weighted sum as executed by the kernel. */
export function attentionFlops(shape: AttentionShape): number {
  const square = 4 * shape.batch * shape.queries * shape.keys * shape.heads * shape.headDim;
  return shape.kernel === 'flash' && shape.causal ? square / 2 : square;
}

export function attentionForward(device: Device, shape: AttentionShape): Seconds {
  const c = device.calibration;
  const flops = attentionFlops(shape);
  if (shape.kernel === 'flash') {
    // Short sequences leave the pipeline of the fused kernel unfilled; small heads halve the work per byte.
    const length = shape.keys / (shape.keys + 512);
    const head = shape.headDim >= 128 ? 1 : 0.7 + 0.3 * (shape.headDim / 128);
    return (
      flops / (device.peak * (shape.newest ? c.flashForwardShare : c.flash2ForwardShare) * c.sustainedShare * length * head) + c.kernelFloor
    );
  }
  const elements = shape.batch * shape.heads * shape.queries * shape.keys;
  // Scores written, scaled-masked softmax read and written, dropout read, written with its mask, product reads.
  const moved = elements * (shape.dropout ? 2 + 4 + 5 + 2 : 2 + 4 + 2);
  return flops / (device.peak * c.unfusedAttentionShare) + streamTime(device, moved) + 3 * c.kernelFloor;
}

export function attentionBackward(device: Device, shape: AttentionShape): Seconds {
  const c = device.calibration;
  const flops = attentionFlops(shape);
  if (shape.kernel === 'flash') {
    const length = shape.keys / (shape.keys + 512);
    const head = shape.headDim >= 128 ? 1 : 0.7 + 0.3 * (shape.headDim / 128);
    return (
      (2.5 * flops) / (device.peak * (shape.newest ? c.flashBackwardShare : c.flash2BackwardShare) * c.sustainedShare * length * head) +
      c.kernelFloor
    );
  }
  const elements = shape.batch * shape.heads * shape.queries * shape.keys;
  const moved = elements * (shape.dropout ? 2 + 5 + 6 + 2 : 2 + 6 + 2);
  return (2 * flops) / (device.peak * c.unfusedAttentionShare) + streamTime(device, moved) + 5 * c.kernelFloor;
}
