/**
 * Time of a kernel that a row names: operation, type, sizes and device are stated, the code is not at hand. Products of
 * libraries and compilers go through the model of training and serving (`core/compute`); what was written by hand is
 * taken apart by its design (`core/kernels/kernel-time.ts`).
 */
import { sustainedCalibration } from '../../core/calibration/compute.ts';
import { kernelCalibration } from '../../core/calibration/kernels.ts';
import { attentionFlops, attentionForward } from '../../core/compute/attention.ts';
import { batchedGemmTime, type Device, describeDevice, peakRate, productBytes } from '../../core/compute/gemm.ts';
import type { Assumption } from '../../core/estimate.ts';
import type { Accelerator } from '../../core/hardware.ts';
import type { NumberFormat } from '../../core/job-fields.ts';
import type { Architecture } from '../../core/kernels/architecture.ts';
import { type KernelRates, type KernelWork, kernelRates, kernelTime } from '../../core/kernels/kernel-time.ts';
import { bytesPerElement } from '../../core/number-format.ts';
import type { Bytes, Seconds } from '../../core/units.ts';
import type { Predicted } from '../predict-training.ts';
import { avoidsBarriers, designOf, isThreadPerRow, loadBytes, makerOf, type ProductDesign, usesMatrixUnits } from './design.ts';
import { formatOf, type KernelRow } from './kernel-row.ts';
import { operationOf, type ProductOperation, type StreamOperation } from './operation.ts';

export interface KernelPrediction {
  readonly predicted: Predicted;
  readonly assumptions: readonly Assumption[];
}

interface Target {
  readonly row: KernelRow;
  readonly rates: KernelRates;
  readonly device: Device;
  readonly format: NumberFormat;
  readonly element: Bytes;
  /** Part of the fp32 rate at which the vector units do this type. */
  readonly vectorRate: number;
  /** Share of the clocks that a power limit below the sheet's leaves. */
  readonly clockShare: number;
}

interface Worked {
  readonly seconds: Seconds;
  readonly flops: number;
  readonly bytes: Bytes;
  readonly assumptions: readonly Assumption[];
}

const sharedBytesPerClock = 128;
const lineBytesPerClock = 64;
const warp = 32;

/** Clocks of the load/store units for one multiply-add of a warp on vector units. */
function loadClocksOf(design: ProductDesign, { rates, element }: Target): number {
  const lanes = warp / rates.loadLanes;
  const narrow = Math.max(lanes, (warp * element) / (design.tile > warp ? sharedBytesPerClock : lineBytesPerClock)) + design.moreLines / 2;
  return design.narrowLoads * narrow + design.wideLoads * ((warp * 16) / sharedBytesPerClock) * design.bankTurns;
}

/** Outputs of a warp that share their operands in registers, on matrix units. */
const warpTile = 64;

/** The clocks to read the operands of matrix instructions from shared memory. */
function operandClocks({ m, n, k, batch }: ProductOperation, design: ProductDesign, element: Bytes): number {
  const tiles = (batch * m * n) / (warpTile * warpTile);
  return ((tiles * k * 2 * warpTile * element) / sharedBytesPerClock) * design.bankTurns;
}

function productSeconds(
  target: Target,
  operation: ProductOperation,
): { readonly seconds: Seconds; readonly assumptions: readonly Assumption[] } {
  const { row, rates, device, element, format, vectorRate } = target;
  const { batch, m, n, k } = operation;
  const onMatrix = usesMatrixUnits(row, element, format === 'tf32');
  const maker = makerOf(row);
  const byUnits = onMatrix || vectorRate === 0;
  const arithmetic = byUnits
    ? batchedGemmTime(device, batch, m, n, k, false) / target.clockShare
    : (2 * batch * m * n * k) / (rates.vector * vectorRate);
  const compulsory = { cacheBytes: 0, memoryBytes: productBytes(device, batch, m, n, k), isBuffered: true };
  if (maker !== 'hand') {
    // The time of a library's product on matrix units holds its memory traffic and its floor.
    const seconds = byUnits ? arithmetic : kernelTime(rates, { arithmetic, loadClocks: 0, ...compulsory }).seconds;
    return { seconds, assumptions: [] };
  }
  const design = designOf(row, onMatrix);
  const steps = (batch * m * n * k) / warp;
  const loadClocks = onMatrix ? operandClocks(operation, design, element) : steps * loadClocksOf(design, target);
  const cacheBytes = batch * m * n * k * element * (2 / design.tile);
  return {
    seconds: kernelTime(rates, { arithmetic, loadClocks, ...compulsory, cacheBytes, isBuffered: design.isBuffered }).seconds,
    assumptions: [{ value: design.title, why: 'the code is not at hand; the design is what the words of the row name' }],
  };
}

/** Threads of a block that works on one row of a reduction. */
const rowThreads = (row: number): number => Math.min(1024, 2 ** Math.ceil(Math.log2(Math.max(32, row))));

function streamWork({ row, rates, element }: Target, operation: StreamOperation): KernelWork {
  const { elements, reads, writes, reductions } = operation;
  const memoryBytes = elements * (reads + writes) * element;
  const work = { arithmetic: 0, loadClocks: 0, cacheBytes: 0, memoryBytes, isBuffered: true };
  const rows = operation.row === undefined ? undefined : elements / operation.row;
  if (makerOf(row) !== 'hand') return rows === undefined ? work : { ...work, blocks: rows };
  const resident = rates.threadsPerMultiprocessor;
  const each = loadBytes(row, element);
  const loaded = { ...work, loadedBytes: elements * reads * element };
  if (rows === undefined) return { ...loaded, underWay: resident * each * Math.max(1, reads) };
  // A thread that walks along its row has the sectors of two loads under way, and fills the device only with many rows.
  if (isThreadPerRow(row)) return { ...loaded, underWay: (Math.min(rows, resident * rates.multiprocessors) * 64) / rates.multiprocessors };
  const threads = rowThreads(operation.row ?? 1);
  const together = Math.max(1, Math.floor(resident / threads));
  const inTurn = rows / Math.min(rows, rates.multiprocessors * together);
  const barrierSteps = avoidsBarriers(row) ? 0 : inTurn * reductions * Math.log2(threads);
  return { ...work, blocks: rows, barrierSteps };
}

function work(target: Target): Worked | { readonly refused: string } {
  const operation = operationOf(target.row);
  if ('refused' in operation) return operation;
  if (operation.kind === 'attention') {
    const flops = attentionFlops(operation.shape);
    return { seconds: attentionForward(target.device, operation.shape), flops, bytes: 0, assumptions: [] };
  }
  if (operation.kind === 'stream') {
    const asked = streamWork(target, operation);
    const { seconds } = kernelTime(target.rates, asked);
    return { seconds, flops: operation.elements * Math.max(1, operation.reads), bytes: asked.memoryBytes, assumptions: [] };
  }
  const { seconds, assumptions } = productSeconds(target, operation);
  const { batch, m, n, k } = operation;
  return { seconds, flops: 2 * batch * m * n * k, bytes: productBytes(target.device, batch, m, n, k), assumptions };
}

/** Every way rows print the time of a kernel. */
function fieldsOf({ seconds, flops, bytes }: Worked): Predicted {
  return {
    kernel_us: seconds * 1e6,
    time_ms: seconds * 1e3,
    time_us: seconds * 1e6,
    gflops: flops / seconds / 1e9,
    tflops: flops / seconds / 1e12,
    ...(bytes > 0 ? { gbps: bytes / seconds / 1e9 } : {}),
  };
}

/**
 * What a power limit leaves of the clocks: the square root of its share of the sheet's, as for steady load; units that do
 * a part of the full rate, as those of GeForce cards in 16 bits, draw so much less.
 */
function clockShareOf(accelerator: Accelerator, format: NumberFormat, sheetWatts: number | undefined): number {
  const { peak, tdpWatts } = accelerator;
  const full = (peak.int8 ?? peak.fp8)?.value;
  const own = peakRate(accelerator, format);
  if (!tdpWatts || sheetWatts === undefined || tdpWatts.value >= sheetWatts || full === undefined || own === undefined) return 1;
  const draw = Math.min(1, (own * bytesPerElement(format)) / full);
  return Math.min(1, Math.sqrt(tdpWatts.value / sheetWatts / draw));
}

/** Predicts a row about the time of one kernel, or says why not. */
export function predictKernelTime(
  row: KernelRow,
  accelerator: Accelerator,
  architecture: Architecture,
  sheetWatts: number | undefined,
): KernelPrediction | { readonly refused: string } {
  const rates = kernelRates(accelerator, architecture, kernelCalibration);
  const stated = formatOf(row);
  const format = stated ?? 'fp32';
  // Scales by block of 128 are what fp8 products of model weights carry; the unscaled kind says so.
  const isBlockScaled = format === 'fp8' && !/per.?tensor|unscaled/i.test(`${row.kernel} ${row.note}`);
  const device = describeDevice(accelerator, format, sustainedCalibration(accelerator), isBlockScaled ? 'block' : 'tensor');
  if (!rates || !device || peakRate(accelerator, format) === undefined) return { refused: 'the data sheet of the device lacks a rate' };
  const element = format === 'tf32' ? 4 : bytesPerElement(format);
  const vectorRate = format === 'fp32' ? 1 : element === 2 ? 2 : 0;
  const worked = work({ row, rates, device, format, element, vectorRate, clockShare: clockShareOf(accelerator, format, sheetWatts) });
  if ('refused' in worked) return worked;
  const assumed: readonly Assumption[] = stated === undefined ? [{ value: 'float32', why: 'the type of the elements is not stated' }] : [];
  return { predicted: fieldsOf(worked), assumptions: [...assumed, ...worked.assumptions] };
}
