import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PartialJob } from '../../server/src/core/job-fields.ts';
import { type PipelineLayout, parsePipelineLayout } from '../../server/src/core/training/pipeline-layout.ts';
import { spreadLayers } from '../../server/src/core/training/spread-layers.ts';
import { stagePlan } from '../../server/src/core/training/stage-plan.ts';
import { trainingJob } from './shapes.ts';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function laidOut(text: string, pipeline: number): PipelineLayout {
  const layout = parsePipelineLayout(text, pipeline);
  if ('refused' in layout) throw new Error(layout.refused);
  return layout;
}

/** Layers as digits, E, m and L where they stand: "E3/2 2/1L" is two ranks of two chunks. */
const drawn = ({ chunks }: PipelineLayout): string =>
  chunks
    .map((row) =>
      row
        .map(({ embedding, layers, prediction, loss }) => `${embedding ? 'E' : ''}${layers}${'m'.repeat(prediction)}${loss ? 'L' : ''}`)
        .join('/'),
    )
    .join(' ');

describe('a pipeline laid out by hand', () => {
  it.each([
    ['Ett|tt|tt|ttL', 4, 'E2 2 2 2L'],
    ['Et*2|(tt|)*2ttL', 2, 'E2/2 2/2L'],
    ['Ett|tt|tt|L', 4, 'E2 2 2 0L'],
    ['E|t*3|t*3,m|L', 4, 'E0 3 3m 0L'],
    ['E,t,t,|,(t,t,|)*2,t,L', 2, 'E2/2 2/1L'],
    ['Ettt|(tt|)*29,m|L', 16, 'E3/2 2/2 2/2 2/2 2/2 2/2 2/2 2/2 2/2 2/2 2/2 2/2 2/2 2/2 2/0m 2/0L'],
    ['(E)*1t|(t|t|)*1tL', 4, 'E1 1 1 1L'],
    ['EtL', 1, 'E1L'],
  ])('%s over %i ranks', (text, pipeline, expected) => {
    expect(drawn(laidOut(text, pipeline))).toBe(expected);
  });

  it.each([
    ['Ett|ttL', 4, /2 stages, which PP 4 does not divide/],
    ['tt|ttL', 2, /start with its only E/],
    ['Ett|Ett|L', 3, /start with its only E/],
    ['Ett|tt', 2, /end with its only L/],
    ['EtL|tL', 2, /end with its only L/],
    ['Em|tL', 2, /t behind an m/],
    ['Etx|tL', 2, /"x"/],
    ['Et|(t|tL', 3, /"\("/],
    ['Et*999999999|tL', 2, /more than/],
    ['', 1, /start with its only E/],
  ])('%s over %i ranks is refused', (text, pipeline, why) => {
    const layout = parsePipelineLayout(text, pipeline);
    expect('refused' in layout && layout.refused).toMatch(why);
  });

  it('never throws, and what it accepts has one embedding, one loss and every stage', () => {
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom('E', 't', 'm', 'L', '|', '(', ')', '*3', ','), { maxLength: 20 }).map((parts) => parts.join('')),
      fc.array(fc.nat(4), { minLength: 1, maxLength: 12 }).map((counts) => `E${counts.map((count) => 't'.repeat(count)).join('|')}L`),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 4 }), (written, pipeline) => {
        const layout = parsePipelineLayout(written, pipeline);
        if ('refused' in layout) return;
        const all = layout.chunks.flat();
        expect(all).toHaveLength(pipeline * layout.virtualStages);
        expect(all.filter((chunk) => chunk.embedding)).toEqual([layout.chunks[0]?.[0]]);
        expect(all.filter((chunk) => chunk.loss)).toEqual([layout.chunks.at(-1)?.at(-1)]);
      }),
    );
  });
});

describe('layers dealt out to stages', () => {
  it('are all there, whatever the ends', () => {
    const end = fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.integer({ min: 24, max: 100 }),
        fc.integer({ min: 3, max: 8 }),
        fc.integer({ min: 1, max: 3 }),
        end,
        end,
        fc.boolean(),
        fc.boolean(),
        (layers, pipeline, virtualStages, first, last, embedding, loss) => {
          const ends = { first, last, embedding: embedding && first === undefined, loss: loss && last === undefined };
          expect(sum(spreadLayers(layers, pipeline, virtualStages, ends).flat())).toBe(layers);
        },
      ),
    );
  });

  it('make room for embedding and loss on the first and the last chunk of all', () => {
    const both = { embedding: true, loss: true };
    expect(spreadLayers(70, 12, 1, both).map((row) => row[0])).toEqual([5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 5]);
    expect(spreadLayers(14, 4, 2, both)).toEqual([
      [1, 2],
      [2, 2],
      [2, 2],
      [2, 1],
    ]);
  });
});

describe('stages of schedules that fold or double the pipeline', () => {
  const plansOf = (more: PartialJob) => stagePlan(trainingJob(more));
  const plain = plansOf({});

  it.each(['zb-v', 'v-half', 'v-min', 'dualpipe-v'] as const)('%s holds the model once, with embedding and head on rank 0', (schedule) => {
    const plans = plansOf({ 'parallel.schedule': schedule });
    expect(sum(plans.map((plan) => plan.layers))).toBe(96);
    expect(plans.map((plan) => plan.embeddingShare)).toEqual(plans.map((_plan, rank) => (rank === 0 ? 1 : 0)));
    expect(plans.map((plan) => plan.headShare)).toEqual(plans.map((_plan, rank) => (rank === 0 ? 1 : 0)));
  });

  it('dualpipe holds it twice, each rank the stages of its own and of its mirror image', () => {
    const plans = plansOf({ 'parallel.schedule': 'dualpipe' });
    expect(sum(plans.map((plan) => plan.layers))).toBe(2 * 96);
    for (const end of [0, plans.length - 1]) expect([plans[end]?.embeddingShare, plans[end]?.headShare]).toEqual([1, 1]);
    expect(sum(plans.map((plan) => plan.layerParameters))).toBeCloseTo(2 * sum(plain.map((plan) => plan.layerParameters)), 0);
  });

  it('a layout puts layers where it says, and is refused when it has other layers than the model', () => {
    const plans = plansOf({ 'parallel.pipelineLayout': 'E|(t*12|)*4t*24|t*24|L' });
    expect(plans.map((plan) => plan.layers)).toEqual([0, 12, 12, 12, 12, 24, 24, 0]);
    expect(() => plansOf({ 'parallel.pipelineLayout': 'Et|t|t|t|t|t|t|tL' })).toThrow(/8 layers, the model 96/);
  });
});
