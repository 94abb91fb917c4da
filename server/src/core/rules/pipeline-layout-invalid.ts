/** A pipeline written out by hand must hold the model's layers in stages that can be dealt to the ranks. */
import { defineRule } from '../finding.ts';
import { parsePipelineLayout } from '../training/pipeline-layout.ts';
import { engineName, megatronCore } from './shared/megatron.ts';
import { isCount } from './shared/numbers.ts';

export const pipelineLayoutInvalid = defineRule({
  id: 'pipeline-layout-invalid',
  group: 'parallelism',
  severity: 'error',
  frameworks: megatronCore,
  reads: ['parallel.pipelineLayout', 'parallel.pipeline'],
  mayRead: ['model.layers'],
  check({ job, framework, report }) {
    const pipeline = job['parallel.pipeline'];
    if (!isCount(pipeline)) return;
    const layout = parsePipelineLayout(job['parallel.pipelineLayout'], pipeline);
    const layers = job['model.layers'];
    const refused = 'refused' in layout ? layout.refused : undefined;
    const laidOut = 'refused' in layout ? undefined : layout.chunks.flat().reduce((sum, chunk) => sum + chunk.layers, 0);
    if (refused === undefined && (layers === undefined || laidOut === layers)) return;
    report({
      at: 'parallel.pipelineLayout',
      related: refused === undefined ? ['model.layers'] : ['parallel.pipeline'],
      what: refused === undefined ? `The pipeline layout has ${laidOut} layers, the model ${layers}` : `T${refused.slice(1)}`,
      why: `${engineName(framework)} checks the letters of the layout and its length against PP and the layers of the model, and stops`,
      advice: 'write E once at the start, L once at the end, one t per layer, and a multiple of PP stages apart by |',
    });
  },
});
