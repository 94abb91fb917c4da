/** bitsandbytes: LLM.int8() and blockwise 4 bits (Dettmers et al. 2022, 2023; bitsandbytes/functional.py, quantize_4bit). */
import { uniform, type WeightScheme } from './scheme.ts';

const source = 'bitsandbytes/functional.py, quantize_4bit';
/** An fp32 absmax per 64 weights. */
export const nf4 = uniform('nf4', 'NF4, an fp32 scale per 64', 'int4', { bits: 4, group: { size: 64, bytes: 4 } }, source);

/** Absmax values in 8 bits, with an fp32 scale per 256 of them and one offset: 0.127 bits a weight instead of 0.5. */
export const nf4Double = uniform(
  'nf4-dq',
  'NF4 with double quantization',
  'int4',
  { bits: 4, group: { size: 64, bytes: 1 + 4 / 256 }, matrixBytes: 4 },
  `${source}, compress_statistics`,
);

export const llmInt8: WeightScheme = uniform(
  'bitsandbytes-8bit',
  'LLM.int8()',
  'int8',
  { bits: 8, rowBytes: 4 },
  'bitsandbytes/nn/modules.py, Linear8bitLt: SCB in fp32',
);
