/** Fitted parameters of kernels taken apart: what each part of a multiprocessor sustains. Values and meanings stand in `fits/kernels.json`. */
import type { Seconds } from '../units.ts';
import kernelFits from './fits/kernels.json' with { type: 'json' };
import { fitted } from './fitted.ts';

export interface KernelCalibration {
  readonly vectorShareWide: number;
  readonly vectorShareNarrow: number;
  readonly streamShare: number;
  readonly memoryLatency: Seconds;
  readonly cacheBytesPerClock: number;
  readonly exposedSingle: number;
  readonly exposedBuffered: number;
  readonly barrierStep: Seconds;
  readonly barrierLatency: Seconds;
  /** Clocks. */
  readonly dependentIssue: number;
  readonly blockTurnover: Seconds;
  readonly launchFloor: Seconds;
  readonly band: number;
}

export const kernelCalibration: KernelCalibration = fitted(kernelFits, 'kernels');
