/** Weights in floating-point formats of 8 bits and more. */
import { type Layout, uniform, type WeightScheme } from './scheme.ts';

const none = new Map<never, number>();
const plain = (id: 'fp32' | 'bf16' | 'fp16', bits: number): WeightScheme =>
  uniform(id, id.toUpperCase(), id, { bits }, 'IEEE 754, and bfloat16', none);

export const fp32 = plain('fp32', 32);
export const bf16 = plain('bf16', 16);
export const fp16 = plain('fp16', 16);

const fp8 = (id: string, label: string, layout: Layout, source: string): WeightScheme => uniform(id, label, 'fp8', layout, source);

/** One fp32 scale for the weights and one for the activations of each matrix. */
export const fp8Tensor = fp8(
  'fp8',
  'FP8, a scale per matrix',
  { bits: 8, matrixBytes: 8 },
  'vllm/model_executor/layers/quantization/fp8.py',
);
export const fp8Channel = fp8(
  'fp8-channel',
  'FP8, a scale per output channel',
  { bits: 8, rowBytes: 4 },
  'compressed_tensors, FP8_DYNAMIC; vllm compressed_tensors_w8a8_fp8.py',
);
/** DeepSeek-AI 2024 (DeepSeek-V3), section 3.3.2. */
export const fp8Block = fp8(
  'fp8-block',
  'FP8, a scale per block of 128 x 128',
  { bits: 8, block: { rows: 128, columns: 128, bytes: 4 } },
  'vllm/model_executor/layers/quantization/fp8.py, weight_block_size',
);
export const mxfp8 = fp8('mxfp8', 'MXFP8', { bits: 8, group: { size: 32, bytes: 1 } }, 'OCP Microscaling Formats v1.0, section 5');
