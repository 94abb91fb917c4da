/**
 * Fitted parameters of the time and memory model. Each has a physical meaning; none is fitted to one row. GEMM figures
 * were fitted to per-kernel measurements (9,605 A100, 14,745 H100 and 14,745 B200 bf16 shapes; mean error about 6 %),
 * the rest to published step times and peaks as `npm run validate` reports them.
 */
import type { Bytes, Seconds } from './units.ts';
import { GiB, MiB, microseconds } from './units.ts';

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
  /** What is left of the isolated rate when the whole chip works for seconds (power limit, clocks). */
  readonly sustainedShare: number;
  /** Share of the dense peak of a fused attention kernel, head size 128, long sequences. */
  readonly flashForwardShare: number;
  readonly flashBackwardShare: number;
  /** Batched matrix products of unfused attention. */
  readonly unfusedAttentionShare: number;
  /** Share of the memory bandwidth streaming kernels reach. */
  readonly memoryShare: number;
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
  sustainedShare: 0.95,
  flashForwardShare: 0.6,
  flashBackwardShare: 0.5,
  unfusedAttentionShare: 0.4,
  memoryShare: 0.8,
  kernelFloor: microseconds(3),
  basis: 'fitted on A100 kernels and step times',
};

const hopper: ComputeCalibration = {
  gemmPeakShare: 0.84,
  gemmDepthRamp: 152,
  gemmWaveLoss: 0.04,
  gemmMediumTile: 0.82,
  gemmSmallTile: 0.72,
  sustainedShare: 0.8,
  flashForwardShare: 0.55,
  flashBackwardShare: 0.45,
  unfusedAttentionShare: 0.3,
  memoryShare: 0.8,
  kernelFloor: microseconds(2.7),
  basis: 'fitted on H100 kernels and step times',
};

const blackwell: ComputeCalibration = {
  ...hopper,
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
  gemmPeakShare: 0.75,
  flashForwardShare: 0.4,
  flashBackwardShare: 0.35,
  basis: 'taken from A100, not measured',
};

const byArchitecture: Readonly<Record<string, ComputeCalibration>> = { volta, turing: volta, ampere, ada: ampere, hopper, blackwell };

/**
 * The calibration of an architecture name from a data sheet. An unknown one gets Ampere's shares, and `basis` says so.
 */
export function computeCalibration(architecture: string): ComputeCalibration {
  const word = architecture.toLowerCase().split(/[\s-]/)[0] ?? '';
  return byArchitecture[word] ?? { ...ampere, basis: `taken from A100: ${architecture} was not measured` };
}

/** Network: share of the link rate a large collective reaches, and fixed cost per collective and per hop. */
export const networkCalibration = {
  intraNodeShare: 0.78,
  interNodeShare: 0.82,
  pcieShare: 0.7,
  collectiveFloor: microseconds(12),
  intraNodeHop: microseconds(0.6),
  basis: 'nccl-tests figures of A100 and H100 nodes',
} as const;

/** The Python and launch side. */
export const hostCalibration = {
  /** Host seconds to issue one operator in eager mode. */
  eagerOperator: microseconds(9),
  /** The same under torch.compile. */
  compiledOperator: microseconds(4),
  /** Operators issued per transformer layer, forward. */
  operatorsPerLayer: 26,
  /** Optimizer, logging, data loading and synchronisation per step that hide behind nothing. */
  stepFloor: 0.02 as Seconds,
} as const;

/** Memory outside the tensors. */
export const memoryCalibration = {
  /** Allocator slack: reserved over allocated for a run with steady shapes. */
  reservedOverAllocated: 1.04,
  /** CUDA context, cuBLAS workspaces and kernel images of one process. */
  context: GiB(0.9) as Bytes,
  /** NCCL buffers per communicator a rank takes part in. */
  perCommunicator: MiB(180) as Bytes,
  /** cuBLAS and Transformer Engine workspaces allocated through the framework. */
  workspace: MiB(64) as Bytes,
} as const;

/** Half-widths of the bands, as a share of the value, and what they rest on. */
export const bands = {
  memory: { share: 0.1, basis: 'about the p90 error over published training peaks' },
  time: { share: 0.15, basis: 'about the p90 error over published step times' },
  serving: { share: 0.12, basis: 'about the p90 error over published engine logs' },
  communication: { share: 0.3, basis: 'spread of published collective measurements' },
} as const;
