/** How large the elements are that a Triton kernel loads: what a comment gives, what tensors of the file are made as, else what its casts suggest. */
import type { TritonArithmetic, TritonFile } from './facts.ts';

export interface TritonTexts {
  readonly kernel: string;
  /** The file the kernel stands in. */
  readonly file: string;
}

export interface Elements {
  readonly bytes: number;
  readonly from: string;
  readonly isAssumed: boolean;
}

const sizes: { readonly [type: string]: number | undefined } = {
  float8_e4m3fn: 1,
  float8_e5m2: 1,
  int8: 1,
  uint8: 1,
  half: 2,
  float16: 2,
  bfloat16: 2,
  float: 4,
  float32: 4,
  int32: 4,
  double: 8,
  float64: 8,
};

const madeAs = /\bdtype\s*=\s*torch\.(\w+)/g;
const widened = /\)\s*\.to\(\s*(?:tl|triton\.language)\.float32\s*[),]/;
const narrowed = /\.to\(\s*(?:tl|triton\.language)\.(float16|bfloat16)\s*[),]/;

/** The floating type that every tensor of the file is made with. */
function typeOfTensors(text: string): string | undefined {
  const found = new Set(
    [...text.matchAll(madeAs)].flatMap(([, type = '']) => (/float|half|double/.test(type) && sizes[type] !== undefined ? [type] : [])),
  );
  const [only] = found;
  return found.size === 1 ? only : undefined;
}

export function elementsOf(file: TritonFile, texts: TritonTexts, { flops }: TritonArithmetic): Elements {
  const given = file.given.get('element_bytes');
  if (given !== undefined) return { bytes: given, from: 'comment `rooflint:`', isAssumed: false };
  const type = typeOfTensors(texts.file);
  const made = type === undefined ? undefined : sizes[type];
  const narrow = narrowed.exec(texts.kernel)?.[1];
  // Scratch and results in 32 bits are made where inputs of 16 come from elsewhere: casts then speak against them.
  const isDoubtful = made === 4 && (narrow !== undefined || widened.test(texts.kernel));
  if (made !== undefined) return { bytes: made, from: `dtype=torch.${type} of the file's tensors`, isAssumed: isDoubtful };
  if (narrow !== undefined) return { bytes: 2, from: `the kernel casts to ${narrow}`, isAssumed: true };
  if (widened.test(texts.kernel)) return { bytes: 2, from: 'the kernel widens what it loads to float32', isAssumed: true };
  if (flops.some(({ unit }) => unit === 'matrix')) return { bytes: 2, from: 'the kernel multiplies matrices', isAssumed: true };
  return { bytes: 4, from: 'nothing tells the type', isAssumed: true };
}
