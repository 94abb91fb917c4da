/** Products in 8 bits are computed from weights of 16; those of a quantized model are packed. */
import { defineRule } from '../finding.ts';
import { isOn, textIn } from './shared/keys.ts';

const bits = 'llama-factory/quantization_bit';
const fp8 = 'llama-factory/fp8';

export const fp8TrainingWithQuantization = defineRule({
  id: 'fp8-training-with-quantization',
  group: 'precision',
  severity: 'error',
  frameworks: ['llama-factory'],
  anyKey: [fp8],
  reads: [],
  check({ keys, framework, report }) {
    // The Megatron back ends are not asked.
    if (framework === 'megatron-core' || !isOn(keys, fp8) || textIn(keys, bits) === undefined) return;
    report({
      at: fp8,
      related: [bits],
      what: `FP8 training does not work on a model quantized to ${textIn(keys, bits) ?? ''} bits`,
      why: '"FP8 training is not compatible with quantization. Please disable one of them."',
      advice: 'take one of the two out',
      fixes: [
        { title: 'Train without FP8', changes: [{ kind: 'remove', field: fp8 }] },
        { title: 'Take quantization out (needs more memory)', changes: [{ kind: 'remove', field: bits }] },
      ],
    });
  },
});
