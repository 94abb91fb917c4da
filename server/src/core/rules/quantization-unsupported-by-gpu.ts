/** The kernels of a quantization method exist from some generation of GPUs on. */
import { defineRule } from '../finding.ts';
import { quantizationFields, quantizationOf } from './shared/quantization.ts';
import { sm } from './shared/serving.ts';

type Least = readonly (readonly [RegExp, number])[];

/** Least capability by method, the first match counts: the lowest that any release took. */
const least: { readonly [framework: string]: Least } = {
  vllm: [
    [/mxfp4|hqq|experts_int8/, 8],
    [/nvfp4|fp4|fp8|awq|marlin|torchao/, 7.5],
    [/bitsandbytes|compressed-tensors|moe_wna16/, 7],
    [/gptq|gguf|aqlm/, 6],
  ],
  sglang: [
    [/modelopt[-_]n?v?fp4|nvfp4/, 10],
    [/w8a8_fp8|modelopt[-_]fp8/, 8.9],
    [/^fp8|marlin/, 8],
    [/awq|w8a8_int8/, 7.5],
  ],
  'tensorrt-llm': [
    [/nvfp4/, 10],
    [/fp8/, 8.9],
  ],
};

export const quantizationUnsupportedByGpu = defineRule({
  id: 'quantization-unsupported-by-gpu',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang', 'tensorrt-llm'],
  reads: ['cluster.gpu'],
  mayRead: [...quantizationFields, 'model.name'],
  check({ job, framework, cluster, report }) {
    const capability = cluster?.accelerator.computeCapability;
    const method = quantizationOf(job);
    const needed = method && least[framework]?.find(([pattern]) => pattern.test(method.name))?.[1];
    if (!cluster || capability === undefined || method === undefined || needed === undefined || capability >= needed) return;
    report({
      at: method.field,
      related: ['model.name', 'cluster.gpu'],
      what: `Weights in ${method.name} need ${sm(needed)}, ${cluster.accelerator.label} is ${sm(capability)}`,
      why:
        framework === 'tensorrt-llm'
          ? '"Networks with FP8 precision require hardware with FP8 support."'
          : '"The quantization method {} is not supported for the current GPU. Minimum capability: {}."',
      advice: 'serve a checkpoint in 16 bits or in another method, or use a newer GPU',
    });
  },
});
