/**
 * Block sizes of ggml's types: weights of a block and the bytes it takes (ggml/src/ggml-common.h, the structs block_*; gguf 0.19.0,
 * gguf/constants.py, GGML_QUANT_SIZES).
 */
import type { Layout } from './scheme.ts';

const sizes = {
  f32: [1, 4],
  f16: [1, 2],
  bf16: [1, 2],
  q1_0: [128, 2 + 16],
  q4_0: [32, 2 + 16],
  q4_1: [32, 2 + 2 + 16],
  q5_0: [32, 2 + 4 + 16],
  q5_1: [32, 2 + 2 + 4 + 16],
  q8_0: [32, 2 + 32],
  q2_k: [256, 2 + 2 + 16 + 64],
  q3_k: [256, 2 + 64 + 32 + 12],
  q4_k: [256, 2 + 2 + 128 + 12],
  q5_k: [256, 2 + 2 + 128 + 32 + 12],
  q6_k: [256, 2 + 128 + 64 + 16],
  iq1_s: [256, 2 + 32 + 16],
  iq1_m: [256, 32 + 16 + 8],
  iq2_xxs: [256, 2 + 64],
  iq2_xs: [256, 2 + 64 + 8],
  iq2_s: [256, 2 + 64 + 16],
  iq3_xxs: [256, 2 + 64 + 32],
  iq3_s: [256, 2 + 64 + 32 + 8 + 4],
  iq4_nl: [32, 2 + 16],
  iq4_xs: [256, 2 + 2 + 128 + 4],
  tq1_0: [256, 2 + 4 * 13],
  tq2_0: [256, 2 + 64],
  mxfp4: [32, 1 + 16],
  nvfp4: [64, 4 + 32],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;

export type GgmlType = keyof typeof sizes;

export const isGgmlType = (name: string): name is GgmlType => Object.hasOwn(sizes, name);

export const bitsPerWeight = (type: GgmlType): number => (8 * sizes[type][1]) / sizes[type][0];

/** Rows whose length a block does not divide fall back to a type of smaller blocks (llama-quant.cpp, tensor_type_fallback). */
export function fallback(type: GgmlType, columns: number): GgmlType {
  const fits = (candidate: GgmlType) => columns % sizes[candidate][0] === 0;
  if (fits(type)) return type;
  const next: GgmlType =
    type === 'q6_k' ? 'q8_0' : type === 'q5_k' ? 'q5_1' : type === 'q4_k' ? 'q5_0' : type.startsWith('iq') ? 'iq4_nl' : 'q4_0';
  return fits(next) ? next : 'f16';
}

/** A type as a layout: its blocks hold the scales, so that the bits are all there is. */
export const ggmlLayout = (type: GgmlType): Layout => ({ bits: bitsPerWeight(type) });
