/**
 * The selective scan of Mamba-1 (Gu and Dao 2023, algorithm 2; mamba_ssm csrc/selective_scan): every channel keeps
 * `state` numbers, decays and updates them at each token and reads them out. The vector units do it, one exponential and
 * about six operations per channel and state; the state never leaves the chip.
 */
import type { Flops, Seconds } from '../units.ts';
import { type Device, streamTime } from './gemm.ts';

export interface SelectiveScanShape {
  /** Tokens of the micro batch on this GPU. */
  readonly tokens: number;
  /** Channels on this GPU. */
  readonly inner: number;
  readonly state: number;
}

export interface ScanWork {
  readonly forward: Seconds;
  readonly backward: Seconds;
  /** Of the forward pass, as executed. */
  readonly flops: Flops;
}

export function selectiveScan(device: Device, shape: SelectiveScanShape): ScanWork {
  const { tokens, inner, state } = shape;
  const { scanShare, scanForwardSlots, scanBackwardSlots } = device.calibration;
  const cells = tokens * inner * state;
  const rate = device.vector * scanShare;
  // Input, step, gate and output, and the two projections of the state; backward all of them again with their gradients.
  const bytes = device.elementBytes * tokens * (4 * inner + 2 * state);
  return {
    forward: Math.max((cells * scanForwardSlots) / rate, streamTime(device, bytes)),
    backward: Math.max((cells * scanBackwardSlots) / rate, streamTime(device, 2.5 * bytes)),
    flops: 7 * cells,
  };
}
