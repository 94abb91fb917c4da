/** Inputs of the model of dense products C[m,n] = A[m,k] B[n,k]. */
import { chips, type DeviceFigures } from '../device.ts';
import { engines, type Family, type InputWriter, writeChip } from './inputs.ts';
import { beyondCache } from './memory.ts';
import { tileShapes, tilesTime, wavesTime } from './tiles.ts';

/** Number formats of the products, in the collector's words; fp16 and bf16 take the same time. */
export const gemmFormats = ['bfloat16', 'fp8', 'fp8_block', 'nvfp4', 'sq', 'int8_wo', 'int4_wo'] as const;
export type GemmFormat = (typeof gemmFormats)[number];

export interface GemmCase {
  readonly format: GemmFormat;
  readonly engine: string | undefined;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Bytes of an element of A and of B, scales included, and the rate they are multiplied at. */
export function gemmNumbers(format: GemmFormat, device: DeviceFigures): { a: number; b: number; peak: number } {
  switch (format) {
    case 'bfloat16':
      return { a: 2, b: 2, peak: device.half };
    case 'fp8':
      return { a: 1, b: 1, peak: device.fp8 };
    case 'fp8_block':
      return { a: 1 + 4 / 128, b: 1 + 4 / 128 ** 2, peak: device.fp8 };
    case 'nvfp4':
      return { a: 0.5625, b: 0.5625, peak: device.fp4 };
    case 'sq':
      return { a: 1, b: 1, peak: device.int8 };
    case 'int8_wo':
      return { a: 2, b: 1, peak: device.half };
    case 'int4_wo':
      return { a: 2, b: 0.5, peak: device.half };
  }
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
  dimensions: ['m', 'n', 'k'],
  group: ({ format, engine }) => `${format} ${engine ?? 'any'}`,
  write(into: InputWriter, { format, engine, m, n, k }: GemmCase, device: DeviceFigures): void {
    const { a, b, peak } = gemmNumbers(format, device);
    const bytes = a * m * k + b * n * k + 2 * m * n;
    const work = (2 * m * n * k) / peak;
    const memory = bytes / device.bandwidth;
    into.time(work);
    let best = Number.POSITIVE_INFINITY;
    for (const tile of tileShapes) best = Math.min(best, tilesTime(tile, 1, m, n, k, peak));
    into.time(best);
    for (const tile of tileShapes) into.time(wavesTime(tile, 1, m, n, k, peak, device.multiprocessors));
    into.time(memory);
    into.time((b * n * k) / device.bandwidth);
    into.time((a * m * k + 2 * m * n) / device.bandwidth);
    into.add(Math.log1p(bytes / device.l2));
    into.time(1e-6 + beyondCache(bytes, device) / device.bandwidth);
    into.add(Math.log(m));
    into.add(Math.log(n));
    into.add(Math.log(k));
    into.time(Math.max(best, memory) + 0.2 * Math.min(best, memory) + 3e-6);
    writeChip(into, device);
    into.choice(gemmFormats.slice(1), format);
    into.choice(engines, engine);
    into.flag(n % 64 === 0 && k % 128 === 0);
  },
  bound({ format, m, n, k }: GemmCase, device: DeviceFigures): number {
    const { a, b, peak } = gemmNumbers(format, device);
    return Math.max((2 * m * n * k) / peak, beyondCache(a * m * k + b * n * k + 2 * m * n, device) / device.bandwidth);
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
