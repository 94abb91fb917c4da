/** Number formats of products: bytes of their elements, their rates, and which trained format stands for one that was never measured. */
import type { DeviceFigures } from '../device.ts';

/** Formats that were measured, in the collectors' words; fp16 and bf16 take the same time. */
export const gemmFormats = ['bfloat16', 'fp8', 'fp8_block', 'nvfp4', 'sq', 'int8_wo', 'int4_wo', 'float32'] as const;
export type GemmFormat = (typeof gemmFormats)[number];

/** Formats nobody measured: the trained one whose kernels are built alike stands for each, with the bytes and the rate of its own. */
const standIns = { tf32: 'bfloat16', mxfp8: 'fp8', mxfp4: 'nvfp4', w4a8: 'fp8' } as const satisfies Readonly<Record<string, GemmFormat>>;
export type ForeignFormat = keyof typeof standIns;
export type WrittenFormat = GemmFormat | ForeignFormat;

export const isForeign = (format: WrittenFormat): format is ForeignFormat => format in standIns;
export const trainedFormat = (format: WrittenFormat): GemmFormat => (isForeign(format) ? standIns[format] : format);

/** Bytes of an element of A, of B and of C, scales included, and the rate they are multiplied at. */
export interface GemmNumbers {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly peak: number;
}

const numbers = (a: number, b: number, peak: number, c = 2): GemmNumbers => ({ a, b, c, peak });

export function gemmNumbers(format: WrittenFormat, device: DeviceFigures): GemmNumbers {
  switch (format) {
    case 'bfloat16':
      return numbers(2, 2, device.half);
    case 'fp8':
      return numbers(1, 1, device.fp8);
    case 'fp8_block':
      return numbers(1 + 4 / 128, 1 + 4 / 128 ** 2, device.fp8);
    case 'nvfp4':
      return numbers(0.5625, 0.5625, device.fp4);
    case 'sq':
      return numbers(1, 1, device.int8);
    case 'int8_wo':
      return numbers(2, 1, device.half);
    case 'int4_wo':
      return numbers(2, 0.5, device.half);
    case 'float32':
      return numbers(4, 4, device.single, 4);
    case 'tf32':
      return numbers(4, 4, device.tf32, 4);
    case 'mxfp8':
      return numbers(1 + 1 / 32, 1 + 1 / 32, device.fp8);
    case 'mxfp4':
      return numbers(0.5 + 1 / 32, 0.5 + 1 / 32, device.fp4);
    case 'w4a8':
      return numbers(1, 0.5625, device.fp8);
  }
}
