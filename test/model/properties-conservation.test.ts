/** Nothing is lost or counted twice when a job is split: layers, parameters, FLOPs and bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelFlops } from '../../server/src/core/compute/flops.ts';
import { flopsConventions } from '../../server/src/core/compute/flops-conventions.ts';
import { commonProducts, mixerProducts, mlpProducts, type Product } from '../../server/src/core/compute/products.ts';
import type { FlopsConvention, PartialJob } from '../../server/src/core/job-fields.ts';
import { countKinds } from '../../server/src/core/model-shape.ts';
import { blockParameters } from '../../server/src/core/parameters/block-parameters.ts';
import { totalParameters } from '../../server/src/core/parameters/model-parameters.ts';
import {
  changed,
  complete,
  estimateOf,
  families,
  gpus,
  hasExperts,
  layers,
  modelOf,
  numbersOf,
  type RandomJob,
  randomJob,
} from './random-jobs.ts';

const forAll = (check: (job: RandomJob) => void, numRuns = 60): void => fc.assert(fc.property(randomJob, check), { numRuns });
const area = (products: readonly Product[]): number => products.reduce((sum, [n, k]) => sum + n * k, 0);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('layers', () => {
  it('are all held once, each kind as often as the model has it', () => {
    forAll((job) => {
      const { model, parallel } = complete(job);
      const { plans } = numbersOf(job);
      expect(sum(parallel.layers.flat())).toBe(model.layers);
      expect(sum(plans.map((plan) => plan.layers))).toBe(model.layers);
      const kinds = countKinds(model, 0, model.layers);
      kinds.forEach((count, kind) => {
        expect(sum(plans.map((plan) => plan.kinds[kind] ?? 0))).toBe(count);
      });
      for (const plan of plans) expect(sum(plan.chunks.map((chunk) => chunk.layers))).toBe(plan.layers);
      expect(sum(plans.map((plan) => plan.embeddingShare))).toBeCloseTo(1, 12);
      expect(sum(plans.map((plan) => plan.headShare))).toBeCloseTo(1, 12);
    });
  });

  it('are all held once with a first and last stage of their own', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 4), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), (pipeline, first, last) => {
        const middle = 3 * Math.max(0, pipeline - 2);
        const fields: PartialJob = {
          ...modelOf('llama', first + middle + last),
          'parallel.pipeline': pipeline,
          'parallel.data': gpus / pipeline,
          'parallel.layersFirstStage': first,
          'parallel.layersLastStage': last,
          'batch.micro': 1,
          'batch.global': 8 * (gpus / pipeline),
          'sequence.length': 2048,
        };
        const held = numbersOf({ fields, framework: 'megatron-lm' }).plans.map((plan) => plan.layers);
        expect(sum(held)).toBe(first + middle + last);
        expect(held[0]).toBe(first);
        expect(held.at(-1)).toBe(last);
      }),
      { numRuns: 30 },
    );
  });
});

describe('parameters', () => {
  it('of all pipeline ranks together are the model, and a second copy of a tied embedding', () => {
    forAll((job) => {
      const whole = changed(job, { 'parallel.tensor': 1, 'parallel.expert': 1, 'parallel.expertTensor': 1 });
      const { model, parallel } = complete(whole);
      const { plans } = numbersOf(whole);
      const copies =
        model.tiedEmbeddings && parallel.pipeline > 1 && parallel.vocabPipeline === 'none' ? model.paddedVocab * model.hidden : 0;
      // A head spread over the ranks has its norm on each.
      const digits = parallel.vocabPipeline === 'none' ? 9 : 4;
      expect(sum(plans.map((plan) => plan.parameters)) / (totalParameters(model) + copies)).toBeCloseTo(1, digits);
    });
  });

  it('of experts are divided by EP and by their TP, and by nothing else', () => {
    const moe = Object.keys(families).filter(hasExperts);
    fc.assert(
      fc.property(
        fc.constantFrom(...moe),
        fc.constantFrom(1, 2, 4),
        fc.constantFrom(1, 2),
        fc.constantFrom(1, 2),
        (family, ep, etp, tensor) => {
          const { model } = complete(jobOf(family, {}));
          for (const block of model.blocks) {
            const whole = blockParameters(block, model.hidden, model.normalization);
            const part = blockParameters(block, model.hidden, model.normalization, { tensor, expert: ep, expertTensor: etp });
            expect(part.experts * ep * etp).toBeCloseTo(whole.experts, 3);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('of a TP group are at least the model, and the copies are small: norms, biases, latent projections, routers', () => {
    forAll((job) => {
      const { model, parallel } = complete(job);
      const { tensor } = parallel;
      for (const block of model.blocks) {
        const whole = blockParameters(block, model.hidden, model.normalization).dense;
        const part = blockParameters(block, model.hidden, model.normalization, { tensor, expert: 1, expertTensor: 1 }).dense;
        expect(tensor * part).toBeGreaterThanOrEqual(whole * (1 - 1e-12));
        expect(part).toBeLessThanOrEqual(whole);
      }
    });
  });
});

function jobOf(family: string, more: PartialJob): RandomJob {
  return {
    family,
    framework: 'megatron-lm',
    fields: {
      ...modelOf(family),
      'parallel.data': gpus,
      'batch.micro': 1,
      'batch.global': 8 * gpus,
      'sequence.length': 2048,
      ...more,
    },
  };
}

describe('FLOPs', () => {
  it('do not depend on how the job is split, by any convention', () => {
    forAll((job) => {
      const alone = changed(job, {
        'parallel.tensor': 1,
        'parallel.pipeline': 1,
        'parallel.virtualStages': 1,
        'parallel.context': 1,
        'parallel.expert': 1,
        'parallel.expertTensor': 1,
        'parallel.data': gpus,
      });
      for (const id of Object.keys(flopsConventions) as FlopsConvention[])
        expect(modelFlops(complete(job), 4096, id) / modelFlops(complete(alone), 4096, id)).toBeCloseTo(1, 12);
    }, 30);
  });

  it('of the products of a TP group are those of the whole, but for what every rank repeats', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(families)), fc.constantFrom(1, 2, 4, 8), (family, tensor) => {
        const { model } = complete(jobOf(family, {}));
        for (const { mixer, feedForward } of model.blocks) {
          if (mixer) {
            const [whole, part] = [area(mixerProducts(mixer, model.hidden, 1)), tensor * area(mixerProducts(mixer, model.hidden, tensor))];
            // Latent attention's projections down are on every rank.
            if (mixer.kind === 'mla') expect(part).toBeGreaterThanOrEqual(whole);
            else expect(part / whole).toBeCloseTo(1, 12);
          }
          if (feedForward?.kind === 'dense') {
            const products = (split: number) => area(commonProducts(feedForward, model.hidden, split));
            expect((tensor * products(tensor)) / products(1)).toBeCloseTo(1, 12);
          } else if (feedForward) {
            const products = (split: number) => area(mlpProducts(feedForward.ffn, feedForward.gated, model.hidden, split));
            expect((tensor * products(tensor)) / products(1)).toBeCloseTo(1, 12);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of the slowest rank cannot be done faster than the peak allows', () => {
    forAll((job) => {
      const complete_ = complete(job);
      const { step, tokens, devices } = numbersOf(job);
      // Causal attention is the least anybody has to compute.
      const least = modelFlops(complete_, tokens, 'megatron-causal');
      if (complete_.model.blocks.some(({ mixer }) => mixer?.kind === 'attention' && mixer.window)) return;
      expect(step).toBeGreaterThan(least / gpus / devices.linear.peak);
    });
  });
});

describe('bytes between GPUs', () => {
  const share = (size: number): number => (size - 1) / size;
  const traffic = (more: PartialJob, framework = 'megatron-lm') =>
    numbersOf({ framework, fields: { ...jobOf('llama', {}).fields, 'precision.compute': 'bf16', ...more } });

  it('of gradients: an all-reduce sends twice what a reduce-scatter does, and a gather of weights the rest', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 8, 64, 128), fc.constantFrom(1, 2), (data, pipeline) => {
        const sizes = { 'parallel.data': data, 'parallel.pipeline': pipeline, 'batch.global': 4 * data };
        const plain = traffic({ ...sizes, 'zero.stage': 0, 'precision.gradients': 'fp32' });
        const sharded = traffic({ ...sizes, 'zero.stage': 1, 'precision.gradients': 'fp32' });
        const heaviest = Math.max(...plain.plans.map(({ parameters }) => parameters));
        expect(plain.dataCost.reduceBytes).toBeCloseTo(2 * share(data) * 4 * heaviest, -2);
        expect(plain.dataCost.gatherBytes).toBe(0);
        expect(sharded.dataCost.reduceBytes).toBeCloseTo(share(data) * 4 * heaviest, -2);
        expect(sharded.dataCost.gatherBytes).toBeCloseTo(share(data) * 2 * heaviest, -2);
      }),
      { numRuns: 20 },
    );
  });

  it('of fully sharded parameters: two gathers and one scatter for every micro batch', () => {
    for (const rounds of [1, 4]) {
      const { dataCost, plans } = traffic({ 'zero.stage': 3, 'zero.implementation': 'fsdp2', 'batch.global': rounds * gpus }, 'torchtitan');
      const parameters = plans[0]?.parameters ?? 0;
      expect(dataCost.gatherBytes / (2 * rounds * share(gpus) * 2 * parameters)).toBeCloseTo(1, 9);
      expect(dataCost.reduceBytes / (rounds * share(gpus) * 4 * parameters)).toBeCloseTo(1, 9);
    }
  });

  it('of TP are as many with sequence parallelism as without: a gather and a scatter are an all-reduce', () => {
    for (const tensor of [2, 4, 8]) {
      const bytes = (sequence: boolean) =>
        traffic({
          'parallel.tensor': tensor,
          'parallel.data': gpus / tensor,
          'parallel.sequence': sequence,
          'batch.global': 4 * (gpus / tensor),
        }).times.blocks[0]?.tensor.bytes ?? 0;
      // Sequence parallelism gathers the input once more for the weight gradient: 10 in place of 8.
      expect(bytes(true) / bytes(false)).toBeGreaterThanOrEqual(1 - 1e-9);
      expect(bytes(true) / bytes(false)).toBeLessThanOrEqual(10 / 8 + 1e-9);
    }
  });

  it('of experts: what leaves a rank is its tokens times the experts they visit, less those that stay', () => {
    for (const expert of [2, 4, 8]) {
      const run = (more: PartialJob) => numbersOf(jobOf('moe', { 'parallel.expert': expert, ...more }));
      const bytes = (more: PartialJob = {}) => run(more).times.blocks.at(-1)?.expert.bytes ?? 0;
      const each = 2048 * 2048 * 2 * 2;
      // Dispatch and combine, forward and backward.
      expect(bytes() / (4 * each * share(expert))).toBeCloseTo(1, 9);
      expect(bytes({ 'model.expertsPerToken': 4 }) / bytes()).toBeCloseTo(2, 9);
    }
  });

  it('between stages: as many as the schedule times, every micro batch there and back', () => {
    for (const framework of ['megatron-lm', 'torchtitan']) {
      const fields = {
        ...jobOf('llama', {}).fields,
        'parallel.tensor': 4,
        'parallel.pipeline': 4,
        'parallel.data': 8,
        'batch.global': 64,
      };
      const bytes = estimateOf({ framework, fields }).communication.find(({ id }) => id === 'pipeline')?.bytes.value ?? 0;
      const message = 2048 * 2048 * 2;
      // Megatron-LM's TP ranks send a quarter each.
      expect(bytes).toBe((2 * 8 * message) / (framework === 'megatron-lm' ? 4 : 1));
    }
  });

  it('inside layers: nobody waits longer than the links are busy, wherever the layers that send lie', () => {
    const inLayers = new Set(['tensor', 'context', 'expert']);
    const waited = ({ fields, framework }: RandomJob): void => {
      for (const { id, busy, exposed } of estimateOf({ framework, fields }).communication) {
        if (!inLayers.has(id)) continue;
        expect(exposed.value, id).toBeGreaterThanOrEqual(0);
        expect(exposed.value, id).toBeLessThanOrEqual(busy.value * (1 + 1e-9));
      }
    };
    forAll(waited);
    // The first stage has the dense layers, the second all the experts it can.
    const uneven = jobOf('moe', { 'parallel.expert': 4, 'parallel.pipeline': 2, 'parallel.data': 64, 'batch.global': 512 });
    waited({ ...uneven, fields: { ...uneven.fields, 'model.firstDenseLayers': 1 } });
  });

  it('all grow with the layers and with the micro batch in proportion', () => {
    const one = traffic({ 'parallel.tensor': 4, 'parallel.data': 32, 'parallel.sequence': true, 'batch.global': 128 });
    const two = traffic({ 'parallel.tensor': 4, 'parallel.data': 32, 'parallel.sequence': true, 'batch.micro': 2, 'batch.global': 128 });
    expect((two.times.blocks[0]?.tensor.bytes ?? 0) / (one.times.blocks[0]?.tensor.bytes ?? 1)).toBeCloseTo(2, 9);
    expect(one.plans[0]?.layers).toBe(layers);
  });
});
