/** Inputs of the model of dense products C[m,n] = A[m,k] B[n,k], alone or a batch of equal ones. */
import { chips, type DeviceFigures } from '../device.ts';
import { gemmFormats, gemmNumbers, isForeign, trainedFormat, type WrittenFormat } from './gemm-formats.ts';
import { engines, type Family, type InputWriter, type Parts, writeChip } from './inputs.ts';
import { beyondCache } from './memory.ts';
import { tileShapes, tilesTime, wavesTime } from './tiles.ts';

export interface GemmCase {
  readonly format: WrittenFormat;
  readonly engine: string | undefined;
  /** Equal products in one kernel. */
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

const bytesOf = ({ format, batch, m, n, k }: GemmCase, device: DeviceFigures): { first: number; second: number; written: number } => {
  const { a, b, c } = gemmNumbers(format, device);
  return { first: batch * a * m * k, second: batch * b * n * k, written: batch * c * m * n };
};

function partsOf(shape: GemmCase, device: DeviceFigures): Parts {
  const { first, second, written } = bytesOf(shape, device);
  const work = 2 * shape.batch * shape.m * shape.n * shape.k;
  return { work: work / gemmNumbers(shape.format, device).peak, memory: (first + second + written) / device.bandwidth };
}

export const gemm: Family<GemmCase> = {
  grow: [
    'work at peak',
    'best tiles',
    ...tileShapes.map(([m, n]) => `waves of ${m}x${n}`),
    'bytes',
    'bytes of B',
    'bytes of A and C',
    'bytes against L2',
    'bytes beyond L2',
    'm',
    'n',
    'k',
    'work and bytes',
  ],
  free: [...chips, ...gemmFormats.slice(1), ...engines, 'rows of whole blocks'],
  dimensions: ['batch', 'm', 'n', 'k'],
  group: ({ format, engine }) => `${trainedFormat(format)} ${engine ?? 'any'}`,
  foreign: ({ format }) => (isForeign(format) ? `${format} was never measured and stands on ${trainedFormat(format)}` : undefined),
  parts: partsOf,
  write(into: InputWriter, shape: GemmCase, device: DeviceFigures): void {
    const { format, engine, batch, m, n, k } = shape;
    const { peak } = gemmNumbers(format, device);
    const { first, second, written } = bytesOf(shape, device);
    const bytes = first + second + written;
    const { work, memory } = partsOf(shape, device);
    into.time(work);
    let best = Number.POSITIVE_INFINITY;
    for (const tile of tileShapes) best = Math.min(best, tilesTime(tile, batch, m, n, k, peak));
    into.time(best);
    for (const tile of tileShapes) into.time(wavesTime(tile, batch, m, n, k, peak, device.multiprocessors));
    into.time(memory);
    into.time(second / device.bandwidth);
    into.time((first + written) / device.bandwidth);
    into.add(Math.log1p(bytes / device.l2));
    into.time(1e-6 + beyondCache(bytes, device) / device.bandwidth);
    for (const size of [batch * m, n, k]) into.add(Math.log(size));
    into.time(Math.max(best, memory) + 0.2 * Math.min(best, memory) + 3e-6);
    writeChip(into, device);
    into.choice(gemmFormats.slice(1), trainedFormat(format));
    into.choice(engines, engine);
    into.flag(n % 64 === 0 && k % 128 === 0);
  },
  bound(shape: GemmCase, device: DeviceFigures): number {
    const { first, second, written } = bytesOf(shape, device);
    return Math.max(partsOf(shape, device).work, beyondCache(first + second + written, device) / device.bandwidth);
  },
};

/** Rows that fill whole units of so many: full ones draw other power than one row more. */
const rowUnits = [2, 16, 32, 64, 128, 256] as const;

/** Inputs of the model of the board's power: those of the time, and how the rows fill the units of the chip. */
export const gemmPower: Family<GemmCase> = {
  ...gemm,
  free: [...gemm.free, ...rowUnits.map((unit) => `rows in whole ${unit}`)],
  write(into, shape, device) {
    gemm.write(into, shape, device);
    for (const unit of rowUnits) into.flag(shape.m % unit === 0);
  },
};
