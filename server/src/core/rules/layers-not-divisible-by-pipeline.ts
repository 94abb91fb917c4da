/** Megatron deals layers out to pipeline stages evenly unless told how to do it unevenly. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { engineName, megatronCore, option } from './shared/megatron.ts';
import { choices, divisors, leavesRemainder, neighbours } from './shared/numbers.ts';
import { fitting, isEven, splitFields } from './shared/splits.ts';

export const layersNotDivisibleByPipeline = defineRule({
  id: 'layers-not-divisible-by-pipeline',
  group: 'parallelism',
  severity: 'error',
  frameworks: megatronCore,
  reads: ['model.layers', 'parallel.pipeline'],
  mayRead: [...splitFields, 'model.mixerPattern'],
  check({ job, framework, sources, report }) {
    // DeepSpeed's pipeline module balances stages itself.
    if (job['zero.implementation'] === 'deepspeed') return;
    // Hybrid models choose the layers of a stage by their pattern.
    if (framework === 'megatron-core' && job['model.mixerPattern'] !== undefined) return;
    if (!isEven(job, sources)) return;
    const extra = Number(job['parallel.embeddingCountsAsLayer'] ?? false) + Number(job['parallel.lossCountsAsLayer'] ?? false);
    const layers = job['model.layers'] + extra;
    const pipeline = job['parallel.pipeline'];
    if (!leavesRemainder(layers, pipeline)) return;
    const valid = fitting({ job, sources, framework }, 'parallel.pipeline', divisors(layers));
    const use =
      valid.length > 0
        ? `use PP ${choices(valid, pipeline)}`
        : `use PP ${choices(divisors(layers), pipeline)} and change what depends on it`;
    const last = option(framework, 'decoder-last-pipeline-num-layers', 'num_layers_in_last_pipeline_stage');
    const counted = extra > 0 ? ` (${job['model.layers']} and ${extra} for embedding and loss)` : '';
    report({
      at: 'parallel.pipeline',
      related: ['model.layers'],
      what: `${layers} layers${counted} cannot be dealt evenly to PP ${pipeline}`,
      why: `${engineName(framework)} stops when stages would be unequal and no layers are named for the first or last stage`,
      advice: `${use}, or ${option(framework, 'decoder-first-pipeline-num-layers', 'num_layers_in_first_pipeline_stage')} / ${last}`,
      fixes: setFixes('parallel.pipeline', neighbours(valid, pipeline), (value) => `Set PP to ${value}`),
    });
  },
});
