/** Virtual stages only make sense between several pipeline stages. */
import { defineRule } from '../finding.ts';
import { removeFix } from './shared/fixes.ts';
import { isCount, plural } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

export const tooFewStagesForInterleaving = defineRule({
  id: 'too-few-stages-for-interleaving',
  group: 'parallelism',
  severity: 'error',
  // NeMo 2 switches interleaving off there.
  frameworks: ['megatron-lm', 'nemo', 'megatron-bridge', 'nemo-rl', 'verl'],
  reads: ['parallel.pipeline', 'parallel.virtualStages'],
  mayRead: ['parallel.layersPerVirtualStage', 'overlap.pipelineTransfers'],
  check({ job, framework, sources, report }) {
    const stages = job['parallel.pipeline'];
    const virtual = job['parallel.virtualStages'];
    if (!isCount(stages) || !isCount(virtual) || virtual < 2) return;
    // Two stages without overlap are refused by Megatron-LM's launcher alone.
    const overlapped = framework !== 'megatron-lm' || (job['overlap.pipelineTransfers'] ?? true);
    if (stages > (overlapped ? 1 : 2)) return;
    // Asked for in both ways, one of them must go first; another rule says so.
    const twice = isWritten(sources, 'parallel.layersPerVirtualStage') && isWritten(sources, 'parallel.virtualStages');
    const field = isWritten(sources, 'parallel.layersPerVirtualStage') ? 'parallel.layersPerVirtualStage' : 'parallel.virtualStages';
    report({
      at: field,
      related: ['parallel.pipeline', ...(overlapped ? [] : (['overlap.pipelineTransfers'] as const))],
      what: `${plural(virtual, 'virtual stage')} per rank need more than PP ${stages}`,
      why: overlapped
        ? 'interleaved 1F1B with a single pipeline stage is refused'
        : 'with transfers not overlapped two ranks would have several transfers at once, so PP must be above 2',
      advice: overlapped ? 'raise PP or leave virtual stages out' : 'raise PP above 2, or let transfers overlap',
      fixes: twice ? [] : [removeFix('Leave virtual stages out', field, true)],
    });
  },
});
