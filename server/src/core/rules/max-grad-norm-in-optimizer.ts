/** DeepSpeed clips gradients itself and has its own key for it. */
import { defineRule } from '../finding.ts';
import { removeFix } from './shared/fixes.ts';

export const maxGradNormInOptimizer = defineRule({
  id: 'max-grad-norm-in-optimizer',
  group: 'precision',
  severity: 'error',
  frameworks: ['deepspeed'],
  reads: ['optimizer.maxGradNorm'],
  check({ job, report }) {
    report({
      at: 'optimizer.maxGradNorm',
      what: 'max_grad_norm is no parameter of the optimizer',
      why: 'DeepSpeed stops and asks for gradient_clipping at the top level',
      advice: `set "gradient_clipping": ${job['optimizer.maxGradNorm']} at the top level and take this key out`,
      fixes: [removeFix('Take max_grad_norm out (no clipping until gradient_clipping is set)', 'optimizer.maxGradNorm')],
    });
  },
});
