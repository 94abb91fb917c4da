/** A checkpoint is loaded by the method it was quantized with; a flag that names another family ends the start. */
import { defineRule } from '../finding.ts';

/** Families whose checkpoints no other one loads. Kernels of one family (`awq_marlin`, `gptq_bitblas`) are interchangeable. */
const families: readonly (readonly [RegExp, string])[] = [
  [/^awq/, 'awq'],
  [/^gptq/, 'gptq'],
  [/^fp8/, 'fp8'],
  [/^(?:bitsandbytes|bnb)/, 'bitsandbytes'],
  [/^compressed-tensors/, 'compressed-tensors'],
];

const familyOf = (name: string): string | undefined => families.find(([pattern]) => pattern.test(name.toLowerCase()))?.[1];

export const quantizationDiffersFromCheckpoint = defineRule({
  id: 'quantization-differs-from-checkpoint',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang'],
  reads: ['serving.quantization', 'model.quantization'],
  mayRead: ['model.name'],
  check({ job, report }) {
    const { 'serving.quantization': flag, 'model.quantization': checkpoint } = job;
    const [asked, stored] = [familyOf(flag), familyOf(checkpoint)];
    if (asked === undefined || stored === undefined || asked === stored) return;
    report({
      at: 'serving.quantization',
      related: ['model.quantization', 'model.name'],
      what: `The checkpoint is quantized with ${stored}, ${flag} cannot load it`,
      why: '"Quantization method specified in the model config ({}) does not match the quantization method specified in the `quantization` argument ({})."',
      advice: 'leave the flag out: the method is read from the checkpoint',
    });
  },
});
