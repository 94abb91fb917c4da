/** Weights in a format the GPU cannot multiply are turned into 16 bits in every product. */
import { defineRule } from '../finding.ts';
import { floatBits, quantizationFields, quantizationOf } from './shared/quantization.ts';
import { sm } from './shared/serving.ts';

/** First capability with tensor cores for the format, and the first whose kernels read it at all. */
const native = { 4: 10, 8: 8.9 } as const;
const readable = 7.5;

export const weightsWithoutNativeFormat = defineRule({
  id: 'weights-without-native-format',
  group: 'serving',
  severity: 'info',
  kinds: ['serving'],
  frameworks: ['vllm'],
  reads: ['cluster.gpu'],
  mayRead: [...quantizationFields, 'model.name'],
  check({ job, cluster, report }) {
    const capability = cluster?.accelerator.computeCapability;
    const method = quantizationOf(job);
    const bits = method && floatBits(method.name);
    if (!cluster || capability === undefined || method === undefined || bits === undefined) return;
    if (capability >= native[bits] || capability < readable) return;
    report({
      at: method.field,
      related: ['model.name', 'cluster.gpu'],
      what: `${cluster.accelerator.label} (${sm(capability)}) stores FP${bits} weights but does not compute in FP${bits}`,
      why: `"Your GPU does not have native support for FP${bits} computation but FP${bits} quantization is being used"; Marlin computes in 16 bits`,
      advice: 'memory is saved, large batches and prompts are not faster than in 16 bits',
    });
  },
});
