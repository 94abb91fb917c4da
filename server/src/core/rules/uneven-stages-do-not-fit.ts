/** The layers between a first and a last stage of their own are dealt to the stages between. */
import { defineRule } from '../finding.ts';
import { megatronCore } from './shared/megatron.ts';
import { isCount } from './shared/numbers.ts';

export const unevenStagesDoNotFit = defineRule({
  id: 'uneven-stages-do-not-fit',
  group: 'parallelism',
  severity: 'error',
  frameworks: megatronCore,
  reads: ['model.layers', 'parallel.pipeline'],
  mayRead: ['parallel.layersFirstStage', 'parallel.layersLastStage', 'parallel.embeddingCountsAsLayer', 'parallel.lossCountsAsLayer'],
  check({ job, report }) {
    const first = job['parallel.layersFirstStage'];
    const last = job['parallel.layersLastStage'];
    const at = first === undefined ? 'parallel.layersLastStage' : 'parallel.layersFirstStage';
    if (first === undefined && last === undefined) return;
    if (job['parallel.embeddingCountsAsLayer'] || job['parallel.lossCountsAsLayer']) {
      report({
        at,
        related: ['parallel.embeddingCountsAsLayer', 'parallel.lossCountsAsLayer'],
        what: 'Stages are made uneven twice: by their layers and by counting the embedding or the loss',
        why: '"cannot be set at the same time with account_for_embedding_in_pipeline_split and account_for_loss_in_pipeline_split"',
        advice: 'keep one of the two',
      });
      return;
    }
    const layers = job['model.layers'] - (first ?? 0) - (last ?? 0);
    const stages = job['parallel.pipeline'] - Number(first !== undefined) - Number(last !== undefined);
    if (!isCount(job['parallel.pipeline']) || (stages > 0 && layers > 0 ? layers % stages === 0 : layers === 0 && stages === 0)) return;
    report({
      at,
      related: ['parallel.pipeline', 'model.layers'],
      what: `${layers} layers are left for ${stages} stages between the first and the last`,
      why: '"number of layers at middle stage: ... must be divisible by the middle pipeline model parallel size ..."',
      advice: 'give the first or last stage so many layers that the others get the same number each',
    });
  },
});
