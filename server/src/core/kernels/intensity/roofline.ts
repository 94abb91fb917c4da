/**
 * A kernel under the roofs of a device: how long its parts take there, which one holds it, and the whole with its band.
 * Matrix instructions run at the share of the peak that large products reach, vector ones at the share of `kernel-time.ts`.
 */
import { computeCalibration } from '../../calibration/compute.ts';
import { kernelCalibration } from '../../calibration/kernels.ts';
import { describeDevice, peakRate } from '../../compute/gemm.ts';
import type { Accelerator } from '../../hardware.ts';
import type { NumberFormat } from '../../job-fields.ts';
import type { Bytes, FlopsPerSecond, Seconds } from '../../units.ts';
import type { Architecture } from '../architecture.ts';
import { type KernelTime, kernelRates, kernelTime, mostWarps } from '../kernel-time.ts';
import type { Flops } from './flops.ts';

/** The counts of a kernel as numbers. */
export interface CountedWork {
  readonly flops: readonly { readonly unit: Flops['unit']; readonly format: Flops['format']; readonly count: number }[];
  readonly read: Bytes;
  readonly written: Bytes;
  /** Asked of the device's cache. */
  readonly byBlocks: Bytes;
  /** Accesses of warps, and the clocks their data takes. */
  readonly loads: readonly { readonly times: number; readonly clocks: number }[];
  readonly isBuffered: boolean;
  /** Loads under way in a multiprocessor; absent where loops keep enough of them. */
  readonly underWay?: Bytes;
  /** Barriers of a multiprocessor, one after the other. */
  readonly barriers?: number;
  readonly warpsOfBlock?: number;
  /** Steps of arithmetic of one thread that need each other's value. */
  readonly steps?: number;
  readonly blocks?: number;
  /** Share of the multiprocessors' time that has blocks, where the grid is too small for all of them; 1 elsewhere. */
  readonly busy?: number;
}

export interface Roofline {
  readonly time: KernelTime;
  readonly low: Seconds;
  readonly high: Seconds;
  /** FLOPs per byte that the device must at least move. */
  readonly intensity: number;
  /** FLOPs per byte from which on arithmetic holds a kernel of these formats, by the sheet. */
  readonly ridge: number;
  /** Peak of the format most of the FLOPs have. */
  readonly peak: FlopsPerSecond;
  readonly bandwidth: number;
  readonly unit: Flops['unit'];
  readonly format: Flops['format'];
}

/** How much of the fp32 rate the vector units have for a format. */
const vectorRates: Readonly<Record<Flops['format'], number>> = { fp64: 1 / 2, fp32: 1, tf32: 1, fp16: 2, bf16: 2, fp8: 2, int8: 2 };
/** Where the sheet is of a card for graphics: a sixty-fourth (CUDA C++ Programming Guide, throughput of native arithmetic). */
const graphicsDouble = 1 / 64;

function vectorRate(accelerator: Accelerator, format: Flops['format']): number {
  return format === 'fp64' && !accelerator.scaleUp ? graphicsDouble : vectorRates[format];
}

function matrixRate(accelerator: Accelerator, format: NumberFormat): FlopsPerSecond | undefined {
  return describeDevice(accelerator, format, computeCalibration(accelerator.architecture)) && peakRate(accelerator, format);
}

/** @returns undefined where the data sheet lacks a rate. */
export function roofline(work: CountedWork, accelerator: Accelerator, architecture: Architecture): Roofline | undefined {
  const whole = kernelRates(accelerator, architecture, kernelCalibration);
  if (!whole) return undefined;
  const { busy = 1 } = work;
  // Multiprocessors without blocks do nothing; memory is as fast as those that have some can ask.
  const rates = { ...whole, clock: whole.clock * busy, vector: whole.vector * busy };
  const calibration = computeCalibration(accelerator.architecture);
  let arithmetic = 0;
  for (const { unit, format, count } of work.flops) {
    const peak = unit === 'matrix' && format !== 'fp64' ? matrixRate(accelerator, format) : undefined;
    const share = format === 'fp8' || format === 'int8' ? calibration.gemm.fp8.peakShare : calibration.gemm.half.peakShare;
    arithmetic += count / (peak === undefined ? rates.vector * vectorRate(accelerator, format) : peak * share * busy);
  }
  const loadClocks = work.loads.reduce((all, { times, clocks }) => all + times * Math.max(rates.warpThreads / rates.loadLanes, clocks), 0);
  const time = kernelTime(rates, {
    arithmetic,
    loadClocks,
    cacheBytes: Math.max(work.byBlocks, busy < 1 ? work.read + work.written : 0),
    memoryBytes: work.read + work.written,
    loadedBytes: work.read,
    isBuffered: work.isBuffered,
    ...(work.underWay === undefined || work.underWay <= 0 ? {} : { underWay: work.underWay }),
    ...(work.barriers === undefined ? {} : { barrierSteps: work.barriers, warpsOfBlock: work.warpsOfBlock ?? mostWarps }),
    ...(work.steps === undefined ? {} : { steps: work.steps }),
    ...(work.blocks === undefined ? {} : { blocks: work.blocks }),
  });
  const most = work.flops.reduce<CountedWork['flops'][number] | undefined>(
    (best, one) => (best && best.count >= one.count ? best : one),
    undefined,
  );
  const { unit = 'vector', format = 'fp32', count = 0 } = most ?? {};
  const vectorPeak = (accelerator.peak.fp32?.value ?? 0) * vectorRate(accelerator, format);
  const peak = unit === 'matrix' && format !== 'fp64' ? (matrixRate(accelerator, format) ?? vectorPeak) : vectorPeak;
  const bandwidth = accelerator.memory.bandwidth.value;
  const all = work.flops.reduce((sum, one) => sum + one.count, 0);
  return {
    time,
    low: time.seconds / (1 + kernelCalibration.band),
    high: time.seconds * (1 + kernelCalibration.band),
    intensity: count === 0 ? 0 : all / Math.max(1, work.read + work.written),
    ridge: peak / bandwidth,
    peak,
    bandwidth,
    unit,
    format,
  };
}
