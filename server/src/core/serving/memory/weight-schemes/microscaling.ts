/** Four-bit floating point with a small scale for each block (OCP Microscaling Formats v1.0; NVFP4 of modelopt). */
import { uniform } from './scheme.ts';

/** E2M1 weights, an E8M0 exponent per 32 of them. Checkpoints quantize the routed experts only. */
export const mxfp4 = uniform(
  'mxfp4',
  'MXFP4, an 8-bit exponent per 32',
  'fp4',
  { bits: 4, group: { size: 32, bytes: 1 } },
  'OCP Microscaling Formats v1.0; vllm/model_executor/layers/quantization/mxfp4.py',
);

/** E2M1 weights, an E4M3 scale per 16 of them and fp32 scales per matrix for weights and activations. */
export const nvfp4 = uniform(
  'nvfp4',
  'NVFP4, an FP8 scale per 16',
  'fp4',
  { bits: 4, group: { size: 16, bytes: 1 }, matrixBytes: 8 },
  'vllm/model_executor/layers/quantization/modelopt.py, ModelOptNvFp4Config',
);
