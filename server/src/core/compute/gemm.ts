/**
 * Time of one dense matrix product C[m,n] = A[m,k] B[k,n], alone, in a batch of equal ones, or as the group of a layer
 * of experts.
 *
 *   compute = waves * SMs * tile FLOPs * (k + K0) / (k * peak * share * tile quality)
 *   memory  = bytes / (bandwidth * share)
 *   t       = max(compute, memory) + loss * min(compute, memory) + floor
 *
 * `waves` lies between the exact and the rounded-up number of waves of output tiles; the best of six tile shapes is taken.
 * The parameters are fitted per generation and number format (`calibration/fits/gemm.json`, docs/model/parameters.md).
 * Known to be wrong where a library picks split-K or a rare kernel: narrow products (n below 512) scatter by 10 %.
 */
import type { ComputeCalibration, GemmFit } from '../calibration/compute.ts';
import type { Accelerator } from '../hardware.ts';
import type { NumberFormat } from '../job-fields.ts';
import { bytesPerElement } from '../number-format.ts';
import type { Bytes, FlopsPerSecond, Seconds } from '../units.ts';
import { type LearnedProducts, learnedRatio } from './learned.ts';

/** Everything about the device that kernel times need, looked up once per estimate. */
export interface Device {
  readonly peak: FlopsPerSecond;
  readonly bandwidth: number;
  readonly multiprocessors: number;
  /** FLOP/s of the vector units, which do what is no matrix product. */
  readonly vector: FlopsPerSecond;
  readonly calibration: ComputeCalibration;
  /** Matrix products in the format of `peak`. */
  readonly gemm: GemmFit;
  /** Bytes on which rows must start for the full rate; as few as an element has where the compiler pads. */
  readonly alignment: number;
  /** Bytes of one input element of a product; outputs have two bytes or more. */
  readonly elementBytes: number;
  /** Bytes of one element of the weights with their scales, where they are stored in another format than they are multiplied in. */
  readonly weightBytes?: number;
  /** Rate of products whose rows do not start on lines of the caches, where no kernel is picked for each shape: training. */
  readonly lineShare?: number;
  /** Learned times of products in the format of `peak`, against the curve. */
  readonly learned?: LearnedProducts;
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

/** How the scales of fp8 are laid out: one per tensor, one per block of 128, or one per 32 elements (MX). */
export type ScaleLayout = 'tensor' | 'block' | 'mx';

function gemmFit(calibration: ComputeCalibration, format: NumberFormat, scales: ScaleLayout): GemmFit {
  if (format === 'fp8' || format === 'int8') return scales === 'block' ? calibration.gemm.fp8Block : calibration.gemm.fp8;
  return format === 'fp4' || format === 'int4' ? calibration.gemm.fp4 : calibration.gemm.half;
}

/**
 * The fit on a card of the same generation whose matrix units are slower per multiprocessor, such as GeForce cards (half
 * rate with fp32 sums) and H20: what feeds the units is as fast, so they idle less.
 */
function onSlowerUnits(fit: GemmFit, accelerator: Accelerator, calibration: ComputeCalibration): GemmFit {
  const peak = (accelerator.peak.bf16 ?? accelerator.peak.fp16)?.value;
  const units = accelerator.smCount?.value;
  if (peak === undefined || units === undefined) return fit;
  const faster = (calibration.teraflops * 1e12) / calibration.multiprocessors / (peak / units);
  if (faster < calibration.slowerUnits) return fit;
  const peakShare = Math.max(fit.peakShare, Math.min(calibration.fullRate, fit.peakShare * faster));
  return { ...fit, peakShare, depthRamp: fit.depthRamp / faster };
}

export function describeDevice(
  accelerator: Accelerator,
  format: NumberFormat,
  calibration: ComputeCalibration,
  scales: ScaleLayout = 'tensor',
): Device | undefined {
  const peak = peakRate(accelerator, format);
  if (peak === undefined) return undefined;
  return {
    peak,
    bandwidth: accelerator.memory.bandwidth.value * (accelerator.scaleUp ? 1 : calibration.graphicsMemory),
    multiprocessors: accelerator.smCount?.value ?? 108,
    // Where no sheet says, a sixteenth of the 16-bit matrix rate, as on A100 and H100.
    vector: accelerator.peak.fp32?.value ?? ((accelerator.peak.bf16 ?? accelerator.peak.fp16)?.value ?? peak) / 16,
    calibration,
    gemm: onSlowerUnits(gemmFit(calibration, format, scales), accelerator, calibration),
    alignment: /nvidia|amd/i.test(accelerator.vendor) ? 16 : bytesPerElement(format),
    elementBytes: bytesPerElement(format),
  };
}

/** Area of all tiles worked through, per multiprocessor: a partly filled last wave counts by its loss. */
function countedArea(waves: number, area: number, waveLoss: number): number {
  return (waves + (Math.ceil(waves) - waves) * waveLoss) * area;
}

/** The least area over the tile shapes, each divided by its quality against 256x128. */
function bestArea(device: Device, batch: number, m: number, n: number): number {
  const { waveLoss, mediumTile, smallTile, tinyTile } = device.gemm;
  const share = batch / device.multiprocessors;
  const m64 = Math.ceil(m / 64);
  const n64 = Math.ceil(n / 64);
  const m128 = Math.ceil(m64 / 2);
  const n128 = Math.ceil(n64 / 2);
  let best = countedArea(share * Math.ceil(m128 / 2) * n128, 32768, waveLoss);
  const tall = countedArea(share * m128 * Math.ceil(n128 / 2), 32768, waveLoss);
  if (tall < best) best = tall;
  const medium = countedArea(share * m128 * n128, 16384, waveLoss) / mediumTile;
  if (medium < best) best = medium;
  const narrow = countedArea(share * m128 * n64, 8192, waveLoss) / smallTile;
  if (narrow < best) best = narrow;
  const low = countedArea(share * m64 * n128, 8192, waveLoss) / smallTile;
  if (low < best) best = low;
  const tiny = countedArea(share * m64 * n64, 4096, waveLoss) / tinyTile;
  return (tiny < best ? tiny : best) * device.multiprocessors;
}

/** Bytes of a line of the caches. */
const cacheLine = 128;

/** Whether the rows of both operands start on the bytes that the matrix units are fed by. */
function isAligned(device: Device, n: number, k: number): boolean {
  const elements = device.alignment / device.elementBytes;
  return (n % elements === 0 || n % 1 !== 0) && (k % elements === 0 || k % 1 !== 0);
}

/** Whether rows of so many bytes start on a line of the caches, or lie in one. */
const meetsLines = (row: Bytes): boolean => row % cacheLine === 0 || cacheLine % row === 0;

/**
 * Of the rate of a product, what is left by where the rows of its operands start. Rows in a batch, such as those of heads, lie in
 * the wider rows of all of them.
 */
function alignedShare(device: Device, batch: number, n: number, k: number): number {
  const { lineShare = 1 } = device;
  if (!isAligned(device, n, k)) return device.calibration.unalignedShare;
  const whole = lineShare === 1 || batch > 1 || (meetsLines(n * device.elementBytes) && meetsLines(k * device.elementBytes));
  return whole ? 1 : lineShare;
}

/** Bytes that `batch` products move; `written` as in `productTime`. */
export function productBytes(device: Device, batch: number, m: number, n: number, k: number, written = writtenBytes(device)): Bytes {
  return batch * (device.elementBytes * m * k + (device.weightBytes ?? device.elementBytes) * n * k + written * m * n);
}

/** Bytes of one element of a product that is written on its own. */
const writtenBytes = (device: Device): Bytes => Math.max(2, device.elementBytes);

/** Bytes of one element of a weight gradient: its write, or its read and write where it is added in place. */
const gradientBytes = (device: Device, accumulated: Bytes): Bytes => (accumulated > 0 ? 2 * accumulated : writtenBytes(device));

/** Bytes that the gradient of an n x k weight over `tokens` tokens moves; `accumulated` as in `weightGradientTime`. */
export function weightGradientBytes(device: Device, n: number, k: number, tokens: number, accumulated: Bytes): Bytes {
  return productBytes(device, 1, n, k, tokens, gradientBytes(device, accumulated));
}

/** `written` is what each element of C costs in bytes: its write, and its read where the product is added to what is there. */
function productTime(device: Device, batch: number, m: number, n: number, k: number, written: number, sustained: boolean): Seconds {
  const fit = device.gemm;
  const rate = device.peak * fit.peakShare * (sustained ? device.calibration.sustainedShare : 1);
  const compute = (2 * bestArea(device, batch, m, n) * (k + fit.depthRamp)) / (rate * alignedShare(device, batch, n, k));
  const memory = productBytes(device, batch, m, n, k, written) / (device.bandwidth * fit.memoryShare);
  const curve = Math.max(compute, memory) + fit.overlapLoss * Math.min(compute, memory) + fit.floor;
  return device.learned && batch === 1 ? curve * learnedRatio(device.learned, m, n, k) : curve;
}

/** Seconds of `batch` independent m x k by k x n products in one kernel; `sustained` as in `gemmTime`. */
export function batchedGemmTime(device: Device, batch: number, m: number, n: number, k: number, sustained = true): Seconds {
  return productTime(device, batch, m, n, k, writtenBytes(device), sustained);
}

/** Seconds of one m x k by k x n product; `sustained` applies the clocks of a chip under steady load. */
export function gemmTime(device: Device, m: number, n: number, k: number, sustained = true): Seconds {
  return productTime(device, 1, m, n, k, writtenBytes(device), sustained);
}

/**
 * Seconds of the gradient of an n x k weight over `tokens` tokens. `accumulated`: bytes of an element of the gradient that
 * the product is added to in place (Megatron-LM's gradient accumulation fusion); 0 when it is written on its own.
 */
export function weightGradientTime(device: Device, n: number, k: number, tokens: number, accumulated: number): Seconds {
  return productTime(device, 1, n, k, tokens, gradientBytes(device, accumulated), true);
}

/** Seconds of a streaming kernel that moves `bytes` through device memory. */
export function streamTime(device: Device, bytes: number): Seconds {
  return bytes / (device.bandwidth * device.calibration.memoryShare) + device.calibration.kernelFloor;
}
