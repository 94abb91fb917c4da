/** Bytes per weight of each scheme, from the block layouts of the formats themselves. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Matrix, Part, TensorCategory } from '../../server/src/core/serving/memory/matrices.ts';
import { findScheme, leaving } from '../../server/src/core/serving/memory/weight-schemes/find-scheme.ts';
import { ggufScheme } from '../../server/src/core/serving/memory/weight-schemes/gguf-mixes.ts';
import { bitsPerWeight, fallback, type GgmlType } from '../../server/src/core/serving/memory/weight-schemes/gguf-types.ts';
import { matrixBytes, type Place } from '../../server/src/core/serving/memory/weight-schemes/scheme.ts';

const matrix = (rows: number, columns: number, part: Part = 'mlp', category: TensorCategory = 'ffn-up'): Matrix => ({
  part,
  category,
  rows,
  columns,
  count: 1,
});
const anywhere: Place = { layer: 0, layers: 32, experts: 0, sharing: 4, tied: false };

const bytesOf = (name: string, of: Matrix, details = {}): number => {
  const scheme = findScheme(name, details);
  if (scheme === undefined) throw new Error(`no scheme is called ${name}`);
  return matrixBytes(of, scheme.layout(of, anywhere));
};

describe('a matrix of 4096 x 4096', () => {
  const square = 4096 * 4096;
  const groups = (size: number) => square / size;
  test.each<[name: string, bytes: number, details?: object]>([
    ['fp32', square * 4],
    ['bf16', square * 2],
    ['fp8', square + 8],
    ['fp8', square + 32 * 32 * 4, { group: 128 }],
    ['fp8-dynamic', square + 4096 * 4],
    ['compressed-tensors-fp8', square + 4096 * 4],
    ['compressed-tensors-w8a8', square + 4096 * 4],
    ['mxfp8', square + groups(32)],
    ['mxfp4', square / 2 + groups(32)],
    ['nvfp4', square / 2 + groups(16) + 8],
    ['modelopt-nvfp4', square / 2 + groups(16) + 8],
    ['gptq', square / 2 + groups(128) * 2.5],
    ['gptq', square / 2 + groups(32) * 2.5 + 4096 * 4, { group: 32, order: true }],
    ['gptq', square / 2 + 4096 * 2.5, { group: -1 }],
    ['gptq-8bit', square + groups(128) * 3],
    ['gptq-3bit', (square * 3) / 8 + groups(128) * 2.375],
    ['gptq-2bit', square / 4 + groups(128) * 2.25],
    ['awq', square / 2 + groups(128) * 2.5],
    ['compressed-tensors-w4a16', square / 2 + groups(32) * 2, { group: 32 }],
    ['compressed-tensors-w4a16', square / 2 + groups(32) * 2.5, { group: 32, symmetric: false }],
    ['bitsandbytes-nf4', square / 2 + groups(64) * 4],
    ['nf4-dq', square / 2 + groups(64) * (1 + 4 / 256) + 4],
    ['bitsandbytes-8bit', square + 4096 * 4],
    ['torchao-int4', square / 2 + groups(128) * 4],
    ['hqq-4bit', square / 2 + groups(64) * 4],
    ['aqlm-2bit', square / 4 + 4096 * 2 + 65536 * 8 * 2],
    ['q4f16_1', square / 2 + groups(32) * 2],
    ['q4_0', groups(32) * 18],
    ['q8_0', groups(32) * 34],
    ['f16', square * 2],
  ])('%s takes %d bytes', (name, bytes, details = {}) => {
    expect(bytesOf(name, matrix(4096, 4096), details)).toBe(bytes);
  });
});

test('names that say nothing of a layout have no scheme', () => {
  for (const name of ['never_heard_of', 'squeeze', '']) expect(findScheme(name)).toBeUndefined();
});

/** Bits per weight as llama.cpp prints them in `llama-quantize --help` and in its documentation of the types. */
test.each<[GgmlType, number]>([
  ['q2_k', 2.625],
  ['q3_k', 3.4375],
  ['q4_k', 4.5],
  ['q5_k', 5.5],
  ['q6_k', 6.5625],
  ['q8_0', 8.5],
  ['q4_0', 4.5],
  ['q4_1', 5],
  ['q5_0', 5.5],
  ['q5_1', 6],
  ['iq1_s', 1.5625],
  ['iq1_m', 1.75],
  ['iq2_xxs', 2.0625],
  ['iq2_xs', 2.3125],
  ['iq2_s', 2.5625],
  ['iq3_xxs', 3.0625],
  ['iq3_s', 3.4375],
  ['iq4_nl', 4.5],
  ['iq4_xs', 4.25],
  ['tq1_0', 1.6875],
  ['tq2_0', 2.0625],
  ['mxfp4', 4.25],
])('%s has %d bits per weight', (type, bits) => {
  expect(bitsPerWeight(type)).toBe(bits);
});

test('rows that no block divides fall back to smaller blocks, and to 16 bits', () => {
  expect(fallback('q4_k', 512)).toBe('q4_k');
  expect(fallback('q4_k', 2880)).toBe('q5_0');
  expect(fallback('q6_k', 2880)).toBe('q8_0');
  expect(fallback('iq3_s', 2880)).toBe('iq4_nl');
  expect(fallback('q4_k', 100)).toBe('f16');
});

describe('mixes of llama.cpp', () => {
  const bits = (mix: string, category: TensorCategory, place: Partial<Place> = {}, part: Part = 'mlp'): number =>
    ggufScheme(mix)?.layout(matrix(4096, 4096, part, category), { ...anywhere, ...place }).bits ?? 0;

  test('Q4_K_M gives half of the values and down projections six bits', () => {
    expect(bits('Q4_K_M', 'ffn-up')).toBe(4.5);
    expect(bits('Q4_K_M', 'ffn-down', { layer: 0 })).toBe(6.5625);
    expect(bits('Q4_K_M', 'ffn-down', { layer: 5 })).toBe(4.5);
    expect(bits('Q4_K_M', 'ffn-down', { layer: 6 })).toBe(6.5625);
    expect(bits('Q4_K_M', 'v', { layer: 31 })).toBe(6.5625);
    expect(bits('Q4_K_M', 'head', {}, 'head')).toBe(6.5625);
    expect(bits('Q4_K_M', 'token-embedding', {}, 'embedding')).toBe(4.5);
    expect(bits('Q4_K_M', 'token-embedding', { tied: true }, 'embedding')).toBe(6.5625);
  });

  test('eight experts make attention worth eight bits', () => {
    expect(bits('Q4_K_M', 'k', { experts: 8 }, 'attention')).toBe(8.5);
    expect(bits('Q4_K_M', 'v', { experts: 8 }, 'attention')).toBe(8.5);
    expect(bits('Q4_K_M', 'k', { experts: 64 }, 'attention')).toBe(4.5);
  });

  test('experts in MXFP4 have all else in eight bits', () => {
    expect(bits('mxfp4_moe', 'ffn-up', { experts: 32 }, 'experts')).toBe(4.25);
    expect(bits('mxfp4_moe', 'q', { experts: 32 }, 'attention')).toBe(8.5);
  });

  test('routers stay in fp32, whatever the mix', () => {
    for (const mix of ['Q2_K', 'IQ1_S', 'Q8_0']) expect(bits(mix, 'other', { experts: 8 }, 'router')).toBe(32);
  });

  test('a smaller name is never a larger file', () => {
    const order = [
      'IQ1_S',
      'IQ1_M',
      'IQ2_XXS',
      'IQ2_XS',
      'IQ2_S',
      'IQ2_M',
      'IQ3_XXS',
      'IQ3_S',
      'IQ4_XS',
      'Q5_K_S',
      'Q5_K_M',
      'Q6_K',
      'Q8_0',
    ];
    const categories: readonly TensorCategory[] = ['q', 'k', 'v', 'output', 'ffn-gate', 'ffn-up', 'ffn-down'];
    const whole = order.map((mix) => {
      let sum = 0;
      for (let layer = 0; layer < 32; layer++) for (const category of categories) sum += bits(mix, category, { layer });
      return sum;
    });
    expect(whole).toEqual([...whole].sort((a, b) => a - b));
  });
});

test('parts left alone take 16 bits, wholly or in their share', () => {
  const scheme = findScheme('nvfp4');
  if (scheme === undefined) throw new Error('nvfp4 is a scheme');
  expect([...leaving(scheme, 'attention,state-space:0.25,nonsense:1,mlp:7').leaves]).toEqual([
    ...scheme.leaves,
    ['attention', 1],
    ['state-space', 0.25],
  ]);
});

test('bytes never fall below the bits, and grow with every row and column', () => {
  const names = ['bf16', 'fp8', 'fp8-dynamic', 'gptq', 'awq', 'nf4', 'nf4-dq', 'mxfp4', 'nvfp4', 'q4_0', 'q8_0', 'q4f16_1', 'hqq-4bit'];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 64 }), (name, rows, columns) => {
      const [high, wide] = [rows * 32, columns * 32];
      const bytes = bytesOf(name, matrix(high, wide));
      expect(bytes).toBeGreaterThanOrEqual((high * wide * 4) / 8);
      expect(bytesOf(name, matrix(high + 32, wide))).toBeGreaterThan(bytes);
      expect(bytesOf(name, matrix(high, wide + 32))).toBeGreaterThan(bytes);
    }),
    { numRuns: 200 },
  );
});
