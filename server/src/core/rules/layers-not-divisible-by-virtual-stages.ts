/** Interleaving cuts the layers of a stage into equal chunks. */
import { defineRule } from '../finding.ts';
import { setFixes } from './shared/fixes.ts';
import { megatronCore } from './shared/megatron.ts';
import { choices, divisors, isCount, leavesRemainder, neighbours } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';
import { fitting, isEven, splitFields } from './shared/splits.ts';

export const layersNotDivisibleByVirtualStages = defineRule({
  id: 'layers-not-divisible-by-virtual-stages',
  group: 'parallelism',
  severity: 'error',
  frameworks: megatronCore,
  reads: ['model.layers', 'parallel.pipeline'],
  mayRead: splitFields,
  check({ job, framework, sources, report }) {
    if (!isEven(job, sources)) return;
    const extra = Number(job['parallel.embeddingCountsAsLayer'] ?? false) + Number(job['parallel.lossCountsAsLayer'] ?? false);
    const layers = job['model.layers'] + extra;
    const pipeline = job['parallel.pipeline'];
    // An uneven split over stages is the finding of another rule.
    if (!isCount(layers) || !isCount(pipeline) || layers % pipeline !== 0) return;
    const perStage = layers / pipeline;
    const perChunk = job['parallel.layersPerVirtualStage'];
    const asked = isWritten(sources, 'parallel.layersPerVirtualStage') && perChunk !== undefined ? 'layers' : 'stages';
    const value = asked === 'layers' ? perChunk : job['parallel.virtualStages'];
    if (value === undefined || !leavesRemainder(perStage, value)) return;
    const field = asked === 'layers' ? 'parallel.layersPerVirtualStage' : 'parallel.virtualStages';
    const possible = divisors(perStage).filter((part) => (asked === 'layers' ? part < perStage : part > 1));
    const valid = fitting({ job, sources, framework }, field, possible);
    report({
      at: field,
      related: ['model.layers', 'parallel.pipeline'],
      what:
        asked === 'layers'
          ? `The ${perStage} layers of a stage cannot be cut into virtual stages of ${value}`
          : `The ${perStage} layers of a stage cannot be cut into ${value} virtual stages`,
      why: 'interleaved 1F1B needs chunks of equal size on every rank',
      advice: valid.length > 0 ? `use ${choices(valid, value)}` : 'leave virtual stages out',
      fixes: setFixes(field, neighbours(valid, value), (part) =>
        asked === 'layers' ? `Use ${part} layers per virtual stage` : `Use ${part} virtual stages`,
      ),
    });
  },
});
