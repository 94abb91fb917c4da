/** Inputs of the model of dense products C[m,n] = A[m,k] B[n,k], alone or a batch of equal ones. */
import { chips, type DeviceFigures } from '../device.ts';
import { gemmFormats, gemmNumbers, isForeign, trainedFormat, type WrittenFormat } from './gemm-formats.ts';
import { engines, type Family, type InputWriter, type Parts, writeChip } from './inputs.ts';
import { beyondCache, missedShare } from './memory.ts';
import { tileShapes, tilesTime, wavesTime } from './tiles.ts';

export interface GemmCase {
  readonly format: WrittenFormat;
  readonly engine: string | undefined;
  /** Measured inside a layer, with what the profiler and the kernels around it cost; no question is of this kind. */
  readonly inLayer: boolean;
  /** Equal products in one kernel. */
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Bytes of A, of B and of C. */
export const bytesOf = (
  { format, batch, m, n, k }: GemmCase,
  device: DeviceFigures,
): { first: number; second: number; written: number } => {
  const { a, b, c } = gemmNumbers(format, device);
  return { first: batch * a * m * k, second: batch * b * n * k, written: batch * c * m * n };
};

function partsOf(shape: GemmCase, device: DeviceFigures): Parts {
  const { first, second, written } = bytesOf(shape, device);
  const work = 2 * shape.batch * shape.m * shape.n * shape.k;
  return { work: work / gemmNumbers(shape.format, device).peak, memory: (first + second + written) / device.bandwidth };
}

/** Inputs of the work alone: at the peak, in whole tiles, and in whole waves of them. */
export const workInputs = ['work at peak', 'best tiles', ...tileShapes.map(([m, n]) => `waves of ${m}x${n}`)];

/** Writes them, and gives the seconds of the tiles that waste least. */
export function writeWork(into: InputWriter, shape: GemmCase, device: DeviceFigures): number {
  const { batch, m, n, k } = shape;
  const { peak } = gemmNumbers(shape.format, device);
  into.time(partsOf(shape, device).work);
  const best = Math.min(...tileShapes.map((tile) => tilesTime(tile, batch, m, n, k, peak)));
  into.time(best);
  for (const tile of tileShapes) into.time(wavesTime(tile, batch, m, n, k, peak, device.multiprocessors));
  return best;
}

/**
 * Weights between one use of the same ones and the next: in a model the other layers lie there, in a table five or six copies that its
 * collector walks through, so that repeats do not find them in the L2.
 */
const copiesOfWeights = 6;

/** Whether an engine's product begins with a pass that reads 16-bit activations and writes narrower ones. */
const narrowsA = (format: WrittenFormat): boolean => !['bfloat16', 'float32', 'tf32', 'int8_wo', 'int4_wo'].includes(format);
/** Bytes that this pass reads and writes of each number. */
const narrowingBytes = 3;
/** Seconds below which no part of a kernel is told apart. */
const leastTime = 1e-6;

export const gemm: Family<GemmCase> = {
  grow: [
    ...workInputs,
    'bytes through L2',
    'bytes against L2',
    'bytes between repeats against L2',
    'bytes from memory',
    'bytes of narrowing A',
    'm',
    'n',
    'k',
    'work and bytes',
  ],
  free: [...chips, ...gemmFormats.slice(1), ...engines, 'rows of whole blocks', 'products of groups', 'inside a layer'],
  dimensions: ['batch', 'm', 'n', 'k'],
  group: ({ format, engine }) => `${trainedFormat(format)} ${engine ?? 'any'}`,
  foreign: ({ format, batch }) => {
    if (isForeign(format)) return `${format} was never measured and stands on ${trainedFormat(format)}`;
    return batch > 1 && format !== 'float32' ? `batches in ${format} were never measured and stand on single products` : undefined;
  },
  parts: partsOf,
  write(into: InputWriter, shape: GemmCase, device: DeviceFigures): void {
    const { format, engine, batch, m, n, k } = shape;
    const { first, second, written } = bytesOf(shape, device);
    const bytes = first + second + written;
    const best = writeWork(into, shape, device);
    const cached = bytes / device.cacheBandwidth;
    into.time(cached);
    into.add(Math.log1p(bytes / device.l2));
    const walked = copiesOfWeights * second + first + written;
    into.add(Math.log1p(walked / device.l2));
    const memory = leastTime + (missedShare(walked, device) * second + beyondCache(first + written, device)) / device.bandwidth;
    into.time(memory);
    into.time(leastTime + (narrowsA(format) ? (narrowingBytes * batch * m * k) / device.bandwidth : 0));
    for (const size of [batch * m, n, k]) into.add(Math.log(size));
    into.time(Math.max(best, memory, cached) + 0.2 * Math.min(best, memory) + 3e-6);
    writeChip(into, device);
    into.choice(gemmFormats.slice(1), trainedFormat(format));
    into.choice(engines, engine);
    into.flag(n % 64 === 0 && k % 128 === 0);
    into.flag(device.groupProducts);
    into.flag(shape.inLayer);
  },
  bound(shape: GemmCase, device: DeviceFigures): number {
    const { first, second, written } = bytesOf(shape, device);
    return Math.max(partsOf(shape, device).work, beyondCache(first + second + written, device) / device.bandwidth);
  },
};
