/** Rows about single kernels: what they say beside what every row has. Their measured fields are never read here. */
import { z } from 'zod';
import type { NumberFormat } from '../../core/job-fields.ts';
import type { CaseInput } from '../row.ts';

const schema = z.looseObject({
  kernel: z.string().default(''),
  language: z.string().default(''),
  dtype: z.string().default(''),
  where: z.string().default(''),
  note: z.string().default(''),
  arch: z.string().default(''),
  shape: z.record(z.string(), z.union([z.number(), z.string()])).default({}),
  launch: z.record(z.string(), z.union([z.number(), z.string()])).default({}),
});

export type KernelRow = z.infer<typeof schema>;

export type KernelReading =
  | { readonly row: KernelRow; readonly refused?: undefined }
  | { readonly row?: undefined; readonly refused: string };

/** @returns the problem in one sentence where a field has another form. */
export function kernelRowOf(input: CaseInput): KernelReading {
  const parsed = schema.safeParse(input);
  return parsed.success ? { row: parsed.data } : { refused: `the field ${parsed.error.issues[0]?.path.join('.') ?? ''} cannot be used` };
}

export const kernelKinds: ReadonlySet<string> = new Set(['throughput', 'occupancy', 'resources']);

/** Rows of kernels share the name "throughput" with training runs: a kernel has a shape and no model. */
export function isKernelRow(input: CaseInput): boolean {
  if (input.kind === 'throughput') return input.model === undefined && 'kernel' in input && 'shape' in input;
  return kernelKinds.has(input.kind);
}

const formats: readonly (readonly [RegExp, NumberFormat])[] = [
  [/bf16|bfloat16/i, 'bf16'],
  [/tf32/i, 'tf32'],
  [/fp16|float16|\bhalf\b|\bf16/i, 'fp16'],
  [/fp8|float8|e4m3|e5m2/i, 'fp8'],
  [/fp4|mxf4|e2m1/i, 'fp4'],
  [/int8|\bs8\b|\bi8\b/i, 'int8'],
  [/fp32|float32|\bf32|\bfloat\b|single/i, 'fp32'],
];

/** The type of the elements: of its field, else of the label of the shape; undefined where neither says. */
export function formatOf({ dtype, shape, kernel }: KernelRow): NumberFormat | undefined {
  for (const words of [/label|unstated/i.test(dtype) ? '' : dtype, String(shape.label ?? ''), kernel]) {
    const found = formats.find(([pattern]) => pattern.test(words));
    if (found) return found[1];
  }
  return undefined;
}

const number = (value: number | string | undefined): number | undefined => (typeof value === 'number' ? value : undefined);

/** A size by any of its names, thousands where the name says so. */
export function sizeOf({ shape }: KernelRow, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const plain = number(shape[name]) ?? number(shape[name.toUpperCase()]);
    if (plain !== undefined) return plain;
    const thousands = number(shape[`${name}_k`]);
    if (thousands !== undefined) return thousands * 1024;
  }
  return undefined;
}

/** The sizes in brackets of a label: "Data (32, 4K, 256)". */
export function labelledSizes({ shape }: KernelRow): readonly number[] {
  const inside = /\(([^()]*)\)/.exec(String(shape.label ?? ''))?.[1] ?? '';
  return inside.split(/[,x]/).flatMap((part) => {
    const [, digits, unit] = /^\s*(\d+(?:\.\d+)?)\s*([KM]?)\s*$/i.exec(part) ?? [];
    return digits === undefined ? [] : [Number(digits) * (/k/i.test(unit ?? '') ? 1024 : /m/i.test(unit ?? '') ? 1024 ** 2 : 1)];
  });
}
