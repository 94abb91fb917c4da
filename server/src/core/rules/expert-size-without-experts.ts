/** A width of experts in a model that has none. */
import { defineRule } from '../finding.ts';
import { megatronCore, option } from './shared/megatron.ts';
import { isLeftOut, isWhole } from './shared/origins.ts';

export const expertSizeWithoutExperts = defineRule({
  id: 'expert-size-without-experts',
  group: 'parallelism',
  severity: 'warning',
  frameworks: megatronCore,
  reads: ['model.expertFfn', 'model.layers'],
  mayRead: ['model.experts'],
  check({ job, framework, sources, report }) {
    if (job['model.experts'] !== undefined || !isLeftOut(sources, 'model.experts') || !isWhole(sources)) return;
    report({
      at: 'model.expertFfn',
      what: 'A size of experts is set but the model has no experts',
      why: '"moe_ffn_hidden_size is set but num_moe_experts is None", an error from core_v0.18 on; before it did nothing',
      advice: `add ${option(framework, 'num-experts', 'num_moe_experts')}, or take ${option(framework, 'moe-ffn-hidden-size')} out`,
      fixes: [{ title: 'Take the size of experts out', changes: [{ kind: 'remove', field: 'model.expertFfn' }] }],
    });
  },
});
