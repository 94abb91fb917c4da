/** Weights as integers with scales and zero points: per channel, per group (GPTQ, AWQ and what is stored like them), MLC, HQQ. */
import type { NumberFormat } from '../../../job-fields.ts';
import { uniform, type WeightScheme } from './scheme.ts';

const format = (bits: number): NumberFormat => (bits > 4 ? 'int8' : 'int4');

/** LLM.int8() and SmoothQuant-like checkpoints: one fp32 scale per output channel. */
export function int8(id: string): WeightScheme {
  return uniform(
    id,
    'INT8, a scale per output channel',
    'int8',
    { bits: 8, rowBytes: 4 },
    'compressed_tensors, W8A8; vllm compressed_tensors_w8a8_int8.py',
  );
}

export interface Grouped {
  readonly bits: number;
  /** Weights along the input that share a scale; -1: all of them. */
  readonly group: number;
  /** A zero point is stored beside each scale, in as many bits as a weight. */
  readonly zeros: boolean;
  /** The input features keep an order of their own (act-order): an int32 each. */
  readonly order: boolean;
}

/**
 * Words of 32 bits hold the weights; each group has a 16-bit scale. 3-bit weights fill their words without a gap (GPTQ packs 32 of
 * them into three words).
 */
export function grouped(id: string, label: string, { bits, group, zeros, order }: Grouped, source: string): WeightScheme {
  const layout = {
    bits,
    group: { size: Math.max(0, group), bytes: 2 + (zeros ? bits / 8 : 0) },
    ...(order ? { columnBytes: 4 } : {}),
  };
  return uniform(id, `${label}, ${bits} bits${group > 0 ? `, groups of ${group}` : ', a scale per channel'}`, format(bits), layout, source);
}

export const gptq = (bits: number, group: number, order: boolean): WeightScheme =>
  grouped(`gptq-${bits}bit`, 'GPTQ', { bits, group, zeros: true, order }, 'AutoGPTQ qlinear: qweight, qzeros, scales, g_idx');

export const awq = (bits: number, group: number): WeightScheme =>
  grouped(`awq-${bits}bit`, 'AWQ', { bits, group, zeros: true, order: false }, 'AutoAWQ WQLinear: qweight, qzeros, scales');

/** Symmetric integers as compressed-tensors packs them: no zero points. */
export const packed = (bits: number, group: number, zeros: boolean): WeightScheme =>
  grouped(
    `w${bits}a16`,
    'Packed integers',
    { bits, group, zeros, order: false },
    'compressed_tensors, pack-quantized; vllm compressed_tensors_wNa16.py',
  );

export const hqq = (bits: number, group: number): WeightScheme =>
  uniform(
    `hqq-${bits}bit`,
    `HQQ, ${bits} bits, groups of ${group}`,
    format(bits),
    { bits, group: { size: group, bytes: 4 } },
    'hqq/core/quantize.py: a 16-bit scale and zero per group',
  );

/** torchao's int4 weight-only: tiles with a bf16 scale and a bf16 zero per group (torchao/quantization, TensorCoreTiledLayout). */
export const torchaoInt4 = (group: number): WeightScheme =>
  uniform(
    'torchao-int4',
    `torchao INT4, groups of ${group}`,
    'int4',
    { bits: 4, group: { size: group, bytes: 4 } },
    'torchao TensorCoreTiledLayout',
  );

/**
 * MLC's group quantization packs whole weights into words of 32 bits (eight of 4 bits, ten of 3) and gives each group a 16-bit scale; embedding
 * and head are quantized too (mlc_llm/quantization/quantization.py).
 */
export function mlc(bits: number): WeightScheme {
  const perWord = Math.floor(32 / bits);
  const group = bits === 3 ? 40 : 32;
  return {
    ...uniform(
      `q${bits}f16`,
      `MLC q${bits}f16, groups of ${group}`,
      format(bits),
      { bits: 32 / perWord, group: { size: group, bytes: 2 } },
      'mlc_llm/quantization/quantization.py',
    ),
    leaves: new Map([['router', 1] as const, ['vision', 1] as const]),
  };
}
