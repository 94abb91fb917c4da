/** Weights that share a scale stay on one GPU. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { choices, isCount, leavesRemainder, neighbours } from './shared/numbers.ts';
import { quantizationFields, quantizationOf } from './shared/quantization.ts';
import { cutWidths, fittingTensor, shardFields } from './shared/shards.ts';
import { fitting, splitFields } from './shared/splits.ts';

export const quantizationGroupNotDividingShard = defineRule({
  id: 'quantization-group-not-dividing-shard',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang'],
  reads: ['parallel.tensor', 'model.quantGroupSize'],
  mayRead: [...shardFields, ...splitFields, ...quantizationFields],
  check({ job, framework, sources, report }) {
    const { 'parallel.tensor': tensor, 'model.quantGroupSize': group } = job;
    const method = quantizationOf(job)?.name ?? '';
    const isBlocks = /^fp8/.test(method);
    // Experts in 4 bits go to kernels with rules of their own.
    if (!isCount(group) || group === 1 || !isCount(tensor) || tensor === 1) return;
    if (!isBlocks && (!/^(?:awq|gptq|compressed-tensors-w4)/.test(method) || (job['model.experts'] ?? 0) > 0)) return;
    const cut = cutWidths(job).find(({ width }) => width % tensor === 0 && leavesRemainder(width / tensor, group));
    if (!cut || leavesRemainder(job['model.heads'] ?? tensor, tensor)) return;
    const valid = fitting({ job, sources, framework }, 'parallel.tensor', fittingTensor(job, group));
    const spreads = cut.field === 'model.expertFfn' ? ', or keep experts whole with expert parallelism' : '';
    report({
      at: 'parallel.tensor',
      related: [cut.field, 'model.quantGroupSize'],
      what: `TP ${tensor} leaves ${cut.width / tensor} of the ${cut.label}, which cuts a ${isBlocks ? 'block' : 'group'} of ${group} weights`,
      why: isBlocks
        ? `"The output_size of gate's and up's weight = {} is not divisible by weight quantization block_n = {}"`
        : '"The input size is not aligned with the quantized weight shape. This can be caused by too large tensor parallel size."',
      advice: `${valid.length > 0 ? `use TP ${choices(valid, tensor)}` : 'use pipeline parallelism instead'}${spreads}`,
      fixes: setFixes('parallel.tensor', neighbours(valid, tensor), (value) => `Set TP to ${value}`),
    });
  },
});
