/**
 * Time of the attention core (scores, softmax, weighted sum) of one layer on one GPU.
 *
 * Fused (Dao et al. 2022 and 2023): `2 pairs a (d_qk + d_v)` FLOPs over the pairs of query and key the mask lets through,
 * at a share of the peak that falls with head size and with short key lengths; backward is 2.5 times that (five products
 * for two) at a share of its own.
 * Unfused: batched products over the whole square, as `gemm.ts` times them, and softmax, mask and dropout streaming the
 * a x s x s matrix through memory (Korthikanti et al. 2022, section 4: 2 + 2 + 1 bytes an element are kept, more are moved).
 * Known to be wrong: document masks whose lengths differ widely load the multiprocessors unevenly, which is not counted.
 */
import type { AttentionFit } from '../calibration/compute.ts';
import type { AttentionKernel } from '../job-fields.ts';
import type { Bytes, Seconds } from '../units.ts';
import { attendedPairs } from './attended-pairs.ts';
import { batchedGemmTime, type Device, productBytes, streamTime } from './gemm.ts';

export interface AttentionShape {
  readonly batch: number;
  /** Query tokens on this GPU. */
  readonly queries: number;
  /** Key tokens each query may look at, before any mask. */
  readonly keys: number;
  /** Query heads on this GPU. */
  readonly heads: number;
  /** Heads of keys and values on this GPU; absent: as many as query heads. */
  readonly keyValueHeads?: number;
  /** Size of a query and key head. */
  readonly headDim: number;
  /** Size of a value head where it differs (192 against 128 in MLA). */
  readonly valueDim?: number;
  readonly causal: boolean;
  /** Keys a query sees at most (sliding window); absent: all of them. Packed documents are so many shorter sequences. */
  readonly window?: number;
  readonly kernel: AttentionKernel;
  readonly dropout: boolean;
  /** True when the stack uses the newest fused kernel of the device (cuDNN, FlashAttention 3), not FlashAttention 2. */
  readonly newest: boolean;
  /** Unfused only: softmax in fp32 through separate operators (eager PyTorch) and not one fused kernel (Megatron-LM). */
  readonly eagerSoftmax?: boolean;
}

/** Work of the fused backward pass against the forward one: five products for two. */
export const backwardWork = 2.5;

/** Pairs of query and key that the mask lets through, of one sequence and head on this GPU. */
function pairsOf(shape: AttentionShape): number {
  return (attendedPairs(shape.keys, shape.causal, shape.window) * shape.queries) / shape.keys;
}

/** FLOPs of scores and weighted sum as executed by the kernel. */
export function attentionFlops(shape: AttentionShape): number {
  const pairs = shape.kernel === 'unfused' ? shape.queries * shape.keys : pairsOf(shape);
  return 2 * shape.batch * shape.heads * pairs * (shape.headDim + (shape.valueDim ?? shape.headDim));
}

/** Share of the peak at a head size, between the sizes measured by straight lines. */
function shareAt(fit: AttentionFit, size: number): number {
  if (size <= 64) return fit.share64;
  if (size <= 128) return fit.share64 + ((size - 64) / 64) * (fit.share128 - fit.share64);
  if (size <= 256) return fit.share128 + ((size - 128) / 128) * (fit.share256 - fit.share128);
  // Above 256 the accumulator no longer fits the registers of one tile and the work is done in parts.
  return fit.share256 * (256 / size);
}

/** Bytes the fused kernel moves in a forward pass: queries and outputs, keys and values. */
function fusedBytes(device: Device, shape: AttentionShape): Bytes {
  const wide = shape.headDim + (shape.valueDim ?? shape.headDim);
  const rows = shape.queries * shape.heads + shape.keys * (shape.keyValueHeads ?? shape.heads);
  return shape.batch * rows * wide * device.elementBytes;
}

/** Bytes an element of the square that unfused attention moves; in separate operators: mask, softmax into fp32, cast. Dropout keeps a mask. */
const squareBytes = ({ eagerSoftmax, dropout }: AttentionShape): { readonly forward: Bytes; readonly backward: Bytes } => ({
  forward: (eagerSoftmax ? 4 + 6 + 6 : 4) + (dropout ? 5 : 0),
  backward: (eagerSoftmax ? 6 + 12 : 6) + (dropout ? 5 : 0),
});

/** Bytes that the core moves through device memory, forward and backward. */
export function attentionBytes(device: Device, shape: AttentionShape): { readonly forward: Bytes; readonly backward: Bytes } {
  if (shape.kernel !== 'unfused') {
    const forward = fusedBytes(device, shape);
    return { forward, backward: backwardWork * forward };
  }
  const { queries, keys, headDim } = shape;
  const heads = shape.batch * shape.heads;
  const square = squareBytes(shape);
  const scores = productBytes(device, heads, queries, keys, headDim);
  const sums = productBytes(device, heads, queries, headDim, keys);
  const columns = productBytes(device, heads, keys, headDim, queries);
  return {
    forward: scores + sums + heads * queries * keys * square.forward,
    backward: 2 * scores + columns + sums + heads * queries * keys * square.backward,
  };
}

/** Seconds of the fused kernel that does `scale` times the forward work at `rateShare` of its rate. */
function fusedTime(device: Device, shape: AttentionShape, scale: number, rateShare: number): Seconds {
  const { attention, sustainedShare } = device.calibration;
  const first = shape.kernel === 'flash1';
  const fit = shape.newest && !first ? attention.newest : attention.flash2;
  const valueDim = shape.valueDim ?? shape.headDim;
  const pairs = pairsOf(shape) + shape.queries * fit.keyRamp;
  const work = 2 * scale * shape.batch * shape.heads * pairs * (shape.headDim + valueDim);
  const waves = (shape.batch * shape.heads * Math.ceil(shape.queries / 128)) / device.multiprocessors;
  const idle = 1 + ((Math.ceil(waves) - waves) / waves) * fit.waveLoss;
  // Slower matrix units wait less for the softmax between the products, too.
  const busier = device.gemm.peakShare / device.calibration.gemm.half.peakShare;
  const share = shareAt(fit, (shape.headDim + valueDim) / 2) * rateShare * busier * (first ? attention.flash1Rate : 1);
  const compute = (work * idle) / (device.peak * share * sustainedShare);
  const memory = (scale * fusedBytes(device, shape)) / (device.bandwidth * fit.memoryShare);
  return Math.max(compute, memory) + fit.overlapLoss * Math.min(compute, memory) + fit.floor;
}

export function attentionForward(device: Device, shape: AttentionShape): Seconds {
  if (shape.kernel !== 'unfused') return fusedTime(device, shape, 1, 1);
  const { queries, keys, headDim } = shape;
  const heads = shape.batch * shape.heads;
  const products = batchedGemmTime(device, heads, queries, keys, headDim) + batchedGemmTime(device, heads, queries, headDim, keys);
  return products + streamTime(device, heads * queries * keys * squareBytes(shape).forward);
}

export function attentionBackward(device: Device, shape: AttentionShape): Seconds {
  const { backwardRate, backwardRateOfNewest } = device.calibration.attention;
  const rate = shape.newest && shape.kernel !== 'flash1' ? backwardRateOfNewest : backwardRate;
  if (shape.kernel !== 'unfused') return fusedTime(device, shape, backwardWork, rate);
  const { queries, keys, headDim } = shape;
  const heads = shape.batch * shape.heads;
  const products =
    2 * batchedGemmTime(device, heads, queries, keys, headDim) +
    batchedGemmTime(device, heads, keys, headDim, queries) +
    batchedGemmTime(device, heads, queries, headDim, keys);
  return products + streamTime(device, heads * queries * keys * squareBytes(shape).backward);
}
