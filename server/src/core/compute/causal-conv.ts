/** The short causal convolution in front of a scan (causal_conv1d): every channel reads its last `width` tokens; bound by memory. */
import type { Flops, Seconds } from '../units.ts';
import { type Device, streamTime } from './gemm.ts';

export interface CausalConvWork {
  readonly forward: Seconds;
  readonly backward: Seconds;
  readonly flops: Flops;
}

export function causalConv(device: Device, tokens: number, channels: number, width: number): CausalConvWork {
  const bytes = tokens * channels * device.elementBytes;
  // Forward reads and writes; backward reads input and gradient, writes one and sums the weight gradient.
  return { forward: streamTime(device, 2 * bytes), backward: streamTime(device, 3 * bytes), flops: 2 * tokens * channels * width };
}
