/**
 * Fitted parameters of kernel times. Each has a physical meaning; none is fitted to one row. GEMM figures
 * were fitted to per-kernel measurements (9,605 A100, 14,745 H100 and 14,745 B200 bf16 shapes; mean error about 6 %),
 * the rest to published step times and peaks as `npm run validate` reports them.
 */
import type { Seconds } from '../units.ts';
import { microseconds } from '../units.ts';

export interface ComputeCalibration {
  /** Share of the dense peak a large matrix product reaches in isolation. */
  readonly gemmPeakShare: number;
  /** Depth K at which half of the pipeline fill is still lost: efficiency is K / (K + this). */
  readonly gemmDepthRamp: number;
  /** 1: a partly filled last wave of tiles costs a whole one; 0: it costs its share. */
  readonly gemmWaveLoss: number;
  /** Efficiency of 128x128 and of 128x64 tiles against 256x128. */
  readonly gemmMediumTile: number;
  readonly gemmSmallTile: number;
  /** What is left of the isolated rate when the whole chip works for seconds (power limit, clocks), at `tdpWatts`. */
  readonly sustainedShare: number;
  readonly tdpWatts: number;
  /** Share of the dense peak of a fused attention kernel, head size 128, long sequences. */
  readonly flashForwardShare: number;
  readonly flashBackwardShare: number;
  /** The same of FlashAttention 2, which PyTorch's own attention uses; slower where newer kernels exist. */
  readonly flash2ForwardShare: number;
  readonly flash2BackwardShare: number;
  /** Batched matrix products of unfused attention. */
  readonly unfusedAttentionShare: number;
  /** Share of the memory bandwidth streaming kernels reach. */
  readonly memoryShare: number;
  /** How often a training step streams each activation beyond once: unfused pieces, casts, dropout states. */
  readonly streamingPasses: number;
  /** Host seconds to issue one eager operator, on the hosts and with the software of the generation. */
  readonly hostOperator: Seconds;
  /** Fixed time of a kernel on the device. */
  readonly kernelFloor: Seconds;
  /** Which devices the figures were fitted on. */
  readonly basis: string;
}

const ampere: ComputeCalibration = {
  gemmPeakShare: 0.83,
  gemmDepthRamp: 118,
  gemmWaveLoss: 0.31,
  gemmMediumTile: 0.71,
  gemmSmallTile: 0.89,
  sustainedShare: 0.87,
  tdpWatts: 400,
  flashForwardShare: 0.6,
  flashBackwardShare: 0.5,
  flash2ForwardShare: 0.6,
  flash2BackwardShare: 0.5,
  unfusedAttentionShare: 0.4,
  memoryShare: 0.8,
  streamingPasses: 1.2,
  hostOperator: microseconds(25.5),
  kernelFloor: microseconds(3),
  basis: 'fitted on A100 kernels and step times',
};

const hopper: ComputeCalibration = {
  gemmPeakShare: 0.84,
  gemmDepthRamp: 152,
  gemmWaveLoss: 0.04,
  gemmMediumTile: 0.82,
  gemmSmallTile: 0.72,
  sustainedShare: 0.7,
  tdpWatts: 700,
  flashForwardShare: 0.55,
  flashBackwardShare: 0.45,
  flash2ForwardShare: 0.36,
  flash2BackwardShare: 0.3,
  unfusedAttentionShare: 0.3,
  memoryShare: 0.8,
  streamingPasses: 1.2,
  hostOperator: microseconds(10),
  kernelFloor: microseconds(2.7),
  basis: 'fitted on H100 kernels and step times',
};

const blackwell: ComputeCalibration = {
  ...hopper,
  tdpWatts: 1000,
  gemmPeakShare: 0.72,
  gemmDepthRamp: 43,
  gemmWaveLoss: 0.08,
  gemmMediumTile: 0.76,
  gemmSmallTile: 0.65,
  kernelFloor: microseconds(2.4),
  basis: 'GEMM fitted on B200 kernels; attention and sustained clocks taken from Hopper',
};

const volta: ComputeCalibration = {
  ...ampere,
  tdpWatts: 300,
  gemmPeakShare: 0.75,
  flashForwardShare: 0.4,
  flashBackwardShare: 0.35,
  flash2ForwardShare: 0.4,
  flash2BackwardShare: 0.35,
  basis: 'taken from A100, not measured',
};

/** AMD Instinct: the largest measured matrix rate of MI300X is half its peak; the rest is carried over. */
const cdna: ComputeCalibration = {
  ...hopper,
  tdpWatts: 750,
  gemmPeakShare: 0.51,
  flashForwardShare: 0.3,
  flashBackwardShare: 0.2,
  flash2ForwardShare: 0.3,
  flash2BackwardShare: 0.2,
  basis: 'matrix rate of MI300X as measured; attention assumed, sustained clocks taken from Hopper',
};

const byArchitecture: Readonly<Record<string, ComputeCalibration>> = { volta, turing: volta, ampere, ada: ampere, hopper, blackwell, cdna };

/**
 * The calibration of an architecture name from a data sheet. An unknown one gets Ampere's shares, and `basis` says so.
 */
export function computeCalibration(architecture: string): ComputeCalibration {
  const word = /^[a-z]+/.exec(architecture.toLowerCase())?.[0] ?? '';
  return byArchitecture[word] ?? { ...ampere, basis: `taken from A100: ${architecture} was not measured` };
}

/**
 * The calibration of a device under steady load: a card with a lower power limit than the one measured runs at lower
 * clocks, by about the square root of the limit.
 */
export function sustainedCalibration(accelerator: {
  readonly architecture: string;
  readonly tdpWatts?: { readonly value: number };
}): ComputeCalibration {
  const base = computeCalibration(accelerator.architecture);
  const limit = accelerator.tdpWatts?.value ?? base.tdpWatts;
  return { ...base, sustainedShare: base.sustainedShare * Math.min(1, Math.sqrt(limit / base.tdpWatts)) };
}
