/**
 * Which arithmetic of a kernel counts, and for how much: additions, subtractions and products of floating-point values one
 * each, a division one, a fused multiply-add two, a function such as `expf` one (it runs on units of its own); matrix
 * instructions by their shape. What is worked out for indexes counts nothing.
 */
import type { KernelArithmetic } from '../arithmetic.ts';
import type { Call, Operation, Setting } from '../body.ts';
import { type Expression, evaluate, partsOf, type Scope } from '../expression.ts';

export type Unit = 'vector' | 'matrix';

export interface Flops {
  readonly setting: Setting;
  /** Of one thread; of a warp for matrix instructions. */
  readonly each: number;
  readonly unit: Unit;
  /** `fp32`, `fp16` ... of what is multiplied. */
  readonly format: 'fp64' | 'fp32' | 'tf32' | 'fp16' | 'bf16' | 'fp8' | 'int8';
}

const integerType = /\b(?:u?int(?:\d+_t)?|unsigned|long|short|char|bool|s?size_t|ptrdiff_t|dim3|uint[234]?|int[234])\b/;
const isFloating = (type: string): boolean => type !== '' && !/\bauto\b/.test(type) && !integerType.test(type);

/** Functions whose value is floating. */
const functions =
  /^(?:__)?(?:f?(?:exp|log|sin|cos|tanh?|sqrt|rsqrt|pow|fabs|fmax|fmin|fma|erf|fdividef?|frcp_\w+|expm1|log1p|rcp|h?exp|hlog)\w*|h(?:add|mul|fma|sub|max|min|div)\w*|h[a-z0-9]*2float\w*|half2float|float2half\w*|bfloat162float|int2float\w*|__?ld[gc]\w*)$/;

/** Functions of the language that make a value of values, and touch no memory of their own. */
export const isOfValues = (callee: string): boolean =>
  functions.test(callee) ||
  /^__\w+_as_\w+$|^make_\w+[1-4]$|^__\w+2\w+(?:_r[nzud])?$|^__f\w+_r[nzud]$|^__(?:shfl|ballot|syncwarp|reduce|activemask|popc|clz|ffs|builtin)\w*$/.test(
    callee,
  );

const baseName = (text: string): string => /[A-Za-z_]\w*/.exec(text)?.[0] ?? '';

interface Names {
  readonly arithmetic: KernelArithmetic;
  readonly scope: Scope;
}

/** Whether a value is floating; a name that nothing tells about is not. */
function isFloat(expression: Expression, names: Names, depth = 0): boolean {
  if (depth > 20) return false;
  const { types, initial } = names.arithmetic;
  switch (expression.kind) {
    case 'number':
      return /[.fF]|\de/.test(expression.text) && !/^0[xX]/.test(expression.text);
    case 'name': {
      const name = baseName(expression.name);
      const type = types.get(name);
      if (type === undefined) return false;
      const value = initial.get(name);
      return /\bauto\b/.test(type) && value ? isFloat(value, names, depth + 1) : isFloating(type);
    }
    case 'call':
      return (
        functions.test(expression.callee.replace(/^.*::/, '')) ||
        (/^(?:min|max|abs)$/.test(expression.callee) && expression.values.some((value) => isFloat(value, names, depth + 1)))
      );
    case 'other': {
      const cast = /^\(?\s*(?:static_cast\s*<)?\s*\(?\s*(float|double|half|__half2?|floatX)\s*[)>]/.exec(expression.text);
      return cast !== null || isFloating(types.get(baseName(expression.text)) ?? '');
    }
    case 'binary':
      return !/^[<>=!&|%]/.test(expression.operator) && partsOf(expression).some((part) => isFloat(part, names, depth + 1));
    case 'conditional':
      return [expression.yes, expression.no].some((part) => isFloat(part, names, depth + 1));
    default:
      return partsOf(expression).some((part) => isFloat(part, names, depth + 1));
  }
}

function formatOfType(type: string): Flops['format'] {
  if (/double/.test(type)) return 'fp64';
  if (/bf16|bfloat/i.test(type)) return 'bf16';
  return /\bhalf|__half|fp16|float16/i.test(type) ? 'fp16' : 'fp32';
}

/** The type of the first name in an expression that has a floating one. */
function typeIn(expression: Expression, { arithmetic: { types } }: Names): string {
  const words = [...expression.text.matchAll(/[A-Za-z_]\w*/g)].map(([word]) => types.get(word) ?? '');
  return words.find(isFloating) ?? 'float';
}

/** `half2` and `float4` hold several values; arithmetic on them counts each. */
const lanes = (type: string): number => (/\b(?:__)?(?:nv_)?(?:half|bfloat16|float)2\b|162\b/.test(type) ? 2 : 1);

const shape = /m(\d+)n(\d+)k(\d+)/;
const inputs = /\.(f16|bf16|tf32|e4m3|e5m2|s8|u8|f64)\b/g;

function ofInstruction(text: string): Pick<Flops, 'each' | 'unit' | 'format'> | undefined {
  const sizes = /(?:w?g?mma|mfma|tcgen05)/i.test(text) ? shape.exec(text) : null;
  if (!sizes) return undefined;
  const [m, n, k] = sizes.slice(1).map(Number);
  const types = [...text.matchAll(inputs)].map(([, type]) => type);
  const names: Readonly<Record<string, Flops['format']>> = {
    f16: 'fp16',
    bf16: 'bf16',
    tf32: 'tf32',
    e4m3: 'fp8',
    e5m2: 'fp8',
    s8: 'int8',
    u8: 'int8',
    f64: 'fp64',
  };
  return { each: 2 * (m ?? 0) * (n ?? 0) * (k ?? 0), unit: 'matrix', format: names[types[0] ?? 'f16'] ?? 'fp16' };
}

/** `wmma::mma_sync` multiplies fragments whose shape stands in their types. */
function ofFragments(types: ReadonlyMap<string, string>, scope: Scope): Pick<Flops, 'each' | 'unit' | 'format'> | undefined {
  const fragment = [...types.values()].find((type) => /fragment\s*<[^>]*matrix_a/.test(type));
  const parts = /fragment\s*<([^>]*)/
    .exec(fragment ?? '')?.[1]
    ?.split(',')
    .map((part) => part.trim());
  if (!parts) return undefined;
  const sizes = parts.slice(1, 4).map((text) => (/^\d+$/.test(text) ? Number(text) : evaluate({ kind: 'name', name: text, text }, scope)));
  if (sizes.length < 3 || sizes.some((size) => size === undefined)) return undefined;
  const format = /tf32/.test(parts[4] ?? '') ? 'tf32' : formatOfType(parts[4] ?? '');
  return { each: sizes.reduce((all: number, size) => all * (size ?? 1), 2), unit: 'matrix', format };
}

function ofCall(call: Call, names: Names): Pick<Flops, 'each' | 'unit' | 'format'> | undefined {
  const callee = call.callee.replace(/^.*::/, '');
  if (/^mma_sync$/.test(callee)) return ofFragments(names.arithmetic.types, names.scope);
  const byName = ofInstruction(
    `${call.callee} ${/MMA|MFMA/.test(call.callee) ? call.callee.replace(/(\d+)x?(\d+)x?(\d+)/, 'm$1n$2k$3') : ''}`,
  );
  if (byName) return byName;
  const leetcuda = /^HMMA(\d{2})(\d{1,2})(\d{2})/.exec(callee);
  if (leetcuda) return { each: 2 * Number(leetcuda[1]) * Number(leetcuda[2]) * Number(leetcuda[3]), unit: 'matrix', format: 'fp16' };
  if (!functions.test(callee) || /2float|2half|ldg|ldc/.test(callee)) return undefined;
  const type = call.values.map((value) => typeIn(value, names))[0] ?? 'float';
  const each = (/fma(?!x)/.test(callee) ? 2 : 1) * (/2$/.test(callee) ? 2 : lanes(type));
  return {
    each,
    unit: 'vector',
    format: /^__?h/.test(callee) && !/exp|log/.test(callee) ? formatOfType(/bf/.test(type) ? type : 'half') : formatOfType(type),
  };
}

/** A pointer, or one moved by so much. */
function isAddress(expression: Expression, names: Names): boolean {
  if (expression.kind === 'name') return names.arithmetic.types.get(expression.name)?.includes('*') === true;
  return (
    expression.kind === 'binary' &&
    /^[-+]$/.test(expression.operator) &&
    [expression.left, expression.right].some((side) => isAddress(side, names))
  );
}

function ofOperation(operation: Operation, names: Names): Pick<Flops, 'each' | 'unit' | 'format'> | undefined {
  const { operator, left, right } = operation;
  if (operator === 'asm') return ofInstruction(left.text);
  // A pointer that moves is no arithmetic on values.
  const target = left.kind === 'name' ? names.arithmetic.types.get(left.name) : undefined;
  if (operator.endsWith('=') && target?.includes('*')) return undefined;
  if (!isFloat(left, names) && !isFloat(right, names)) return undefined;
  if (isAddress(left, names) || isAddress(right, names)) return undefined;
  const type = typeIn(isFloat(left, names) ? left : right, names);
  return { each: lanes(type), unit: 'vector', format: formatOfType(type) };
}

/** Everything that counts, with where it stands. */
export function flopsOf(arithmetic: KernelArithmetic, scope: Scope): readonly Flops[] {
  const names = { arithmetic, scope };
  const of = (setting: Setting, found: Pick<Flops, 'each' | 'unit' | 'format'> | undefined): readonly Flops[] =>
    found ? [{ setting, ...found }] : [];
  return [
    ...arithmetic.operations.flatMap((operation) => of(operation, ofOperation(operation, names))),
    ...arithmetic.statements.calls.flatMap((call) => of(call, ofCall(call, names))),
  ];
}
