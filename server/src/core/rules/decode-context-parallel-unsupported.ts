/** Decode context parallelism shares out copies of the KV cache, so there must be copies. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { choices, divisors, isCount } from './shared/numbers.ts';

export const decodeContextParallelUnsupported = defineRule({
  id: 'decode-context-parallel-unsupported',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  reads: ['serving.decodeContextParallel', 'parallel.tensor'],
  mayRead: ['model.kvHeads', 'model.heads', 'model.attentionKind'],
  check({ job, report }) {
    const context = job['serving.decodeContextParallel'];
    const tensor = job['parallel.tensor'];
    if (!isCount(context) || !isCount(tensor) || context === 1) return;
    const latent = job['model.attentionKind'] === 'MLA';
    const kvHeads = latent ? 1 : job['model.kvHeads'];
    const heads = job['model.heads'];
    const queriesPerKv = latent || kvHeads === undefined || heads === undefined ? undefined : Math.floor(heads / kvHeads);
    const valid = divisors(tensor).filter(
      (value) =>
        (latent || kvHeads === undefined || value * kvHeads <= tensor) && (queriesPerKv === undefined || queriesPerKv % value === 0),
    );
    if (valid.includes(context)) return;
    const why =
      tensor % context !== 0
        ? 'it must divide TP'
        : kvHeads !== undefined && context * kvHeads > tensor
          ? `TP ${tensor} holds only ${Math.floor(tensor / kvHeads)} copies of ${kvHeads} KV heads`
          : 'it must divide the query heads of each KV head';
    report({
      at: 'serving.decodeContextParallel',
      related: ['parallel.tensor', 'model.kvHeads'],
      what: `Decode context parallelism ${context} does not work with TP ${tensor}${kvHeads === undefined || latent ? '' : ` and ${kvHeads} KV heads`}`,
      why,
      advice: `use ${choices(valid, context)}, or raise TP`,
      fixes: setFixes('serving.decodeContextParallel', valid.slice(-1), (value) => `Set it to ${value}`),
    });
  },
});
