/**
 * Time of one dense matrix product C[m,n] = A[m,k] B[k,n].
 *
 *   t = max( waves * SMs * tile FLOPs * (1 + K0 / k) / (peak * share * tile quality), bytes / (bandwidth * share) ) + floor
 *
 * with `waves` between the exact and the rounded-up number of waves of output tiles. Fitted on measured kernels, see
 * `calibration.ts`. Known to be wrong for very small m (decode), where split-K kernels fill the chip another way: there
 * the memory term rules.
 */
import type { ComputeCalibration } from '../calibration/compute.ts';
import type { Accelerator } from '../hardware.ts';
import type { NumberFormat } from '../job-fields.ts';
import { bytesPerElement } from '../number-format.ts';
import type { FlopsPerSecond, Seconds } from '../units.ts';

/** Everything about the device that kernel times need, looked up once per estimate. */
export interface Device {
  readonly peak: FlopsPerSecond;
  readonly bandwidth: number;
  readonly multiprocessors: number;
  readonly calibration: ComputeCalibration;
  readonly elementBytes: number;
}

/** Dense peak for a format, falling back along fp8 -> bf16 -> fp16 -> tf32 -> fp32 where the device lacks one. */
export function peakRate(accelerator: Accelerator, format: NumberFormat): FlopsPerSecond | undefined {
  const peak = accelerator.peak;
  const half = peak.bf16 ?? peak.fp16;
  switch (format) {
    case 'fp8':
      return (peak.fp8 ?? half)?.value;
    case 'fp4':
      return (peak.fp4 ?? peak.fp8 ?? half)?.value;
    case 'fp16':
      return (peak.fp16 ?? half)?.value;
    case 'bf16':
      return (half ?? peak.fp32)?.value;
    case 'int8':
    case 'int4':
      return (peak.int8 ?? half)?.value;
    case 'tf32':
      return (peak.tf32 ?? peak.fp32)?.value;
    case 'fp32':
      return peak.fp32?.value;
  }
}

export function describeDevice(accelerator: Accelerator, format: NumberFormat, calibration: ComputeCalibration): Device | undefined {
  const peak = peakRate(accelerator, format);
  if (peak === undefined) return undefined;
  return {
    peak,
    bandwidth: accelerator.memory.bandwidth.value,
    multiprocessors: accelerator.smCount?.value ?? 108,
    calibration,
    elementBytes: bytesPerElement(format),
  };
}

function tiledTime(device: Device, m: number, n: number, tileM: number, tileN: number, quality: number): number {
  const tiles = Math.ceil(m / tileM) * Math.ceil(n / tileN);
  const waves = tiles / device.multiprocessors;
  const counted = waves + (Math.ceil(waves) - waves) * device.calibration.gemmWaveLoss;
  // In units of depth: multiply by k for FLOPs.
  return (counted * device.multiprocessors * tileM * tileN * 2) / quality;
}

/** Seconds of one m x k by k x n product; `sustained` applies the clocks of a chip under steady load. */
export function gemmTime(device: Device, m: number, n: number, k: number, sustained = true): Seconds {
  const c = device.calibration;
  const work = Math.min(
    tiledTime(device, m, n, 256, 128, 1),
    tiledTime(device, m, n, 128, 256, 1),
    tiledTime(device, m, n, 128, 128, c.gemmMediumTile),
    tiledTime(device, m, n, 128, 64, c.gemmSmallTile),
    tiledTime(device, m, n, 64, 128, c.gemmSmallTile),
  );
  const rate = device.peak * c.gemmPeakShare * (sustained ? c.sustainedShare : 1);
  const compute = (work * (k + c.gemmDepthRamp)) / rate;
  const bytes = device.elementBytes * (m * n + m * k + n * k);
  return Math.max(compute, bytes / (device.bandwidth * c.memoryShare)) + c.kernelFloor;
}

/** Seconds of a streaming kernel that moves `bytes` through device memory. */
export function streamTime(device: Device, bytes: number): Seconds {
  return bytes / (device.bandwidth * device.calibration.memoryShare) + device.calibration.kernelFloor;
}
