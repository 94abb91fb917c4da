/** Biases of experts that are split over TP would be added once per rank. */
import { defineRule } from '../finding.ts';
import { megatronCore, option } from './shared/megatron.ts';
import { isWritten } from './shared/origins.ts';

export const biasInExpertsOverTensorParallel = defineRule({
  id: 'bias-in-experts-over-tensor-parallel',
  group: 'parallelism',
  severity: 'warning',
  frameworks: megatronCore,
  reads: ['model.experts', 'model.linearBias', 'parallel.tensor'],
  mayRead: ['parallel.expertTensor', 'zero.implementation'],
  check({ job, framework, sources, report }) {
    const split = job['parallel.expertTensor'] ?? job['parallel.tensor'];
    if (!(job['model.experts'] > 1) || !job['model.linearBias'] || !(split > 1) || job['zero.implementation'] === 'deepspeed') return;
    const written = isWritten(sources, 'parallel.expertTensor');
    report({
      at: written ? 'parallel.expertTensor' : 'parallel.tensor',
      related: ['model.experts', 'model.linearBias'],
      // The flag shows a release that may be older than the check only when it is not there.
      severity: written ? 'error' : 'warning',
      what: `Experts with biases are split over expert TP ${split}`,
      why: '"Bias in Moe is only supported when ETP==1", from core_v0.15 on',
      advice: `${framework === 'megatron-lm' ? 'add --disable-bias-linear' : 'set add_bias_linear to False'} as most mixtures of experts do, or ${option(framework, 'expert-tensor-parallel-size')} to 1`,
      fixes: [
        {
          title: 'Leave biases out of linear layers (changes the model)',
          changes: [{ kind: 'set', field: 'model.linearBias', value: false }],
        },
        { title: 'Set expert TP to 1 (experts are not split)', changes: [{ kind: 'set', field: 'parallel.expertTensor', value: 1 }] },
      ],
    });
  },
});
