/**
 * What an operator costs on a GPU: FLOPs, bytes, the side of the roof it lies under, and its time by the fitted model of
 * single kernels (core/compute). Assumed: bf16 where no format is said, operands read and results written once.
 */
import { computeCalibration } from '../../calibration/compute.ts';
import { kernelCalibration } from '../../calibration/kernels.ts';
import { type AttentionShape, attentionBytes, attentionFlops, attentionForward } from '../../compute/attention.ts';
import { batchedGemmTime, type Device, describeDevice, productBytes } from '../../compute/gemm.ts';
import type { Accelerator } from '../../hardware.ts';
import type { NumberFormat } from '../../job-fields.ts';
import type { Bytes, Seconds } from '../../units.ts';
import { type Expression, evaluate, type Scope } from '../expression.ts';
import { formatName } from '../tiled/formats.ts';
import type { OperatorCall, OperatorFile } from './facts.ts';

/** An operator with its sizes as numbers. */
export interface KnownOperator {
  readonly call: OperatorCall;
  /** "4096 x 4096 x 4096", "2 x 16 heads x 8192 x 128". */
  readonly sizes: string;
  readonly format: NumberFormat;
  readonly isFormatAssumed: boolean;
  readonly product?: { readonly batch: number; readonly m: number; readonly n: number; readonly k: number };
  readonly attention?: AttentionShape;
  readonly flops: number;
}

export interface OperatorFigures {
  readonly bytes: Bytes;
  /** FLOPs for each byte. */
  readonly intensity: number;
  /** The intensity from which on the device is bound by arithmetic. */
  readonly ridge: number;
  readonly bound: 'compute' | 'memory';
  /** No kernel can take less. */
  readonly least: Seconds;
  readonly seconds: Seconds;
  /** The band of the time: the p90 error of published single kernels (docs/accuracy.md), never below the roof. */
  readonly low: Seconds;
  readonly high: Seconds;
}

const formats: ReadonlySet<string> = new Set<NumberFormat>(['fp32', 'tf32', 'fp16', 'bf16', 'fp8', 'int8', 'fp4', 'int4']);

function formatOf(written: string | undefined): NumberFormat | undefined {
  const name = written === undefined ? '' : formatName(written);
  return formats.has(name) ? (name as NumberFormat) : undefined;
}

function product(parts: readonly Expression[], scope: Scope): number | undefined {
  const values = parts.map((part) => evaluate(part, scope));
  return values.every((value) => value !== undefined && value > 0)
    ? values.reduce((all: number, value) => all * (value ?? 1), 1)
    : undefined;
}

/** @returns undefined where a size is not known. */
export function knownOperator(file: OperatorFile, call: OperatorCall): KnownOperator | undefined {
  const scope: Scope = {
    lookUp: (name) => call.constants.get(name) ?? file.constants.get(name) ?? file.given.get(name),
    functionOf: () => undefined,
    sizeOf: () => undefined,
  };
  const format = formatOf(call.format);
  const base = { call, format: format ?? ('bf16' as const), isFormatAssumed: format === undefined };
  const batch = product(call.batch, scope);
  if (call.kind === 'product') {
    const [m, n, k] = [product(call.m, scope), product([call.n], scope), product([call.k], scope)];
    if (batch === undefined || m === undefined || n === undefined || k === undefined) return undefined;
    const sizes = `${batch > 1 ? `${batch} x (` : ''}${m} x ${n} x ${k}${batch > 1 ? ')' : ''}`;
    return { ...base, sizes, product: { batch, m, n, k }, flops: 2 * batch * m * n * k };
  }
  const [heads, keyValueHeads, queries, keys, headDim] = [call.heads, call.keyValueHeads, call.queries, call.keys, call.headDim].map(
    (one) => product([one], scope),
  );
  if (batch === undefined || !heads || !keyValueHeads || !queries || !keys || !headDim) return undefined;
  const attention: AttentionShape = {
    batch,
    heads,
    keyValueHeads,
    queries,
    keys,
    headDim,
    causal: call.isCausal,
    kernel: 'flash',
    dropout: false,
    newest: false,
  };
  const shared = keyValueHeads === heads ? '' : ` over ${keyValueHeads}`;
  const sizes = `batch ${batch}, ${heads} heads${shared} of ${headDim}, ${queries === keys ? queries : `${queries} x ${keys}`} tokens${call.isCausal ? ', causal' : ''}`;
  return { ...base, sizes, attention, flops: attentionFlops(attention) };
}

function measure(
  device: Device,
  { product: sizes, attention }: KnownOperator,
): { readonly bytes: Bytes; readonly seconds: Seconds } | undefined {
  if (attention) return { bytes: attentionBytes(device, attention).forward, seconds: attentionForward(device, attention) };
  if (!sizes) return undefined;
  const { batch, m, n, k } = sizes;
  return { bytes: productBytes(device, batch, m, n, k), seconds: batchedGemmTime(device, batch, m, n, k, false) };
}

/** @returns undefined on a device that does not multiply in this format. */
export function operatorFigures(operator: KnownOperator, accelerator: Accelerator): OperatorFigures | undefined {
  const device = describeDevice(accelerator, operator.format, computeCalibration(accelerator.architecture));
  const measured = device && measure(device, operator);
  if (!device || !measured) return undefined;
  const [compute, memory] = [operator.flops / device.peak, measured.bytes / device.bandwidth];
  const least = Math.max(compute, memory);
  const seconds = Math.max(least, measured.seconds);
  return {
    bytes: measured.bytes,
    intensity: operator.flops / measured.bytes,
    ridge: device.peak / device.bandwidth,
    bound: compute >= memory ? 'compute' : 'memory',
    least,
    seconds,
    low: Math.max(least, seconds / (1 + kernelCalibration.band)),
    high: seconds * (1 + kernelCalibration.band),
  };
}
