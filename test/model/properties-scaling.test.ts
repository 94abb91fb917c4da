/** Doubling one thing moves memory, time and traffic the way theory says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostCalibration } from '../../server/src/core/calibration/host.ts';
import type { PartialJob } from '../../server/src/core/job-fields.ts';
import { changed, complete, families, modelOf, numbersOf, peakOf, type RandomJob, randomJob } from './random-jobs.ts';

const forAll = (check: (job: RandomJob) => void, numRuns = 50): void => fc.assert(fc.property(randomJob, check), { numRuns });
const of = (job: RandomJob, field: keyof PartialJob): number => Number(job.fields[field] ?? 1);
const residentOf = (job: RandomJob): number =>
  Math.max(...numbersOf(job).stages.map(({ weights, gradients, master, moments }) => weights + gradients + master + moments));
const workOf = (job: RandomJob): number => numbersOf(job).times.parts.reduce((sum, part) => sum + part.compute, 0);
/** A hair of room for rounding. */
const hair = 1 + 1e-9;

describe('twice the data-parallel ranks', () => {
  const doubled = (job: RandomJob, global: number) =>
    changed(job, { 'parallel.data': 2 * of(job, 'parallel.data'), 'cluster.gpus': 2 * of(job, 'cluster.gpus'), 'batch.global': global });

  it('need no more memory, and sharded states shrink', () => {
    forAll((job) => {
      const more = doubled(job, 2 * of(job, 'batch.global'));
      expect(peakOf(more)).toBeLessThanOrEqual(peakOf(job) * hair);
      // Not states on the host, those of a shard group of fixed size, nor those of a rank without adapters.
      const away = ['zero.offloadOptimizer', 'adapter.kind', 'parallel.dataShard'].some((field) => field in job.fields);
      if (of(job, 'zero.stage') >= 1 && !away) expect(residentOf(more)).toBeLessThan(residentOf(job));
    });
  });

  it('take as long for twice the batch, but for communication and the slowest of more GPUs', () => {
    // From one GPU to two the slowest loses most: sqrt(2 ln 2) deviations.
    const slower = 1 + 1.18 * hostCalibration.paceSpread;

    forAll((job) => {
      const [now, more] = [numbersOf(job), numbersOf(doubled(job, 2 * of(job, 'batch.global')))];
      now.times.parts.forEach((part, rank) => {
        const ratio = (more.times.parts[rank]?.compute ?? 0) / part.compute;
        expect(ratio).toBeGreaterThan(1 - 1e-9);
        expect(ratio).toBeLessThan(slower);
      });
      expect(more.tokens).toBe(2 * now.tokens);
    });
  });
});

describe('twice the micro batch', () => {
  it('keeps twice the activations of a layer, and logits', () => {
    forAll((job) => {
      const more = changed(job, { 'batch.micro': 2 * of(job, 'batch.micro'), 'batch.global': 2 * of(job, 'batch.global') });
      const [now, then] = [numbersOf(job).memory, numbersOf(more).memory];
      now.kept.forEach((bytes, kind) => {
        expect(Math.abs((then.kept[kind] ?? 0) - 2 * bytes)).toBeLessThanOrEqual(1e-6 * bytes);
      });
      // A loss in pieces of fixed size keeps no more for more tokens.
      const pieces = job.fields['loss.fused'] === true;
      if (pieces) expect(then.logits).toBeLessThanOrEqual(2 * now.logits);
      else expect(Math.abs(then.logits - 2 * now.logits)).toBeLessThanOrEqual(1e-6 * now.logits);
      expect(peakOf(more)).toBeGreaterThanOrEqual(peakOf(job));
    });
  });

  it('computes twice as much a micro batch, or less than twice as long', () => {
    forAll((job) => {
      const more = changed(job, { 'batch.micro': 2 * of(job, 'batch.micro'), 'batch.global': 2 * of(job, 'batch.global') });
      const ratio = workOf(more) / workOf(job);
      expect(ratio).toBeGreaterThan(1);
      expect(ratio).toBeLessThanOrEqual(2.05);
    });
  });
});

describe('twice the layers', () => {
  const doubled = (job: RandomJob) => changed(job, modelOf(job.family, 32));

  it('hold twice the parameters of layers and do twice their work', () => {
    forAll((job) => {
      const plain = changed(job, { 'model.firstDenseLayers': 0, 'model.mtpLayers': 0 });
      const more = changed(doubled(plain), { 'model.firstDenseLayers': 0 });
      const [now, then] = [numbersOf(plain), numbersOf(more)];
      const inLayers = (numbers: typeof now) => numbers.plans.reduce((sum, plan) => sum + plan.layerParameters, 0);
      expect(inLayers(then) / inLayers(now)).toBeCloseTo(2, 9);
      const tensor = (numbers: typeof now) => numbers.times.parts.reduce((sum, part) => sum + part.tensorComm, 0);
      if (tensor(now) > 0) expect(tensor(then) / tensor(now)).toBeCloseTo(2, 6);
      expect(then.step).toBeGreaterThan(now.step);
      expect(peakOf(more)).toBeGreaterThanOrEqual(peakOf(plain));
    });
  });
});

describe('twice the sequence', () => {
  it('keeps at least twice the activations, and takes at least as long per token', () => {
    forAll((job) => {
      const more = changed(job, { 'sequence.length': 2 * of(job, 'sequence.length') });
      const [now, then] = [numbersOf(job), numbersOf(more)];
      now.memory.kept.forEach((bytes, kind) => {
        expect(then.memory.kept[kind] ?? 0).toBeGreaterThanOrEqual((2 - 1e-6) * bytes);
      });
      expect(peakOf(more)).toBeGreaterThanOrEqual(peakOf(job));
      expect(then.step).toBeGreaterThan(now.step);
    });
  });
});

describe('twice the TP', () => {
  const fits = (job: RandomJob): boolean => of(job, 'parallel.tensor') <= 4 && of(job, 'parallel.data') >= 2;
  const doubled = (job: RandomJob) =>
    changed(job, {
      'parallel.tensor': 2 * of(job, 'parallel.tensor'),
      'parallel.data': of(job, 'parallel.data') / 2,
      'batch.global': of(job, 'batch.global') / 2,
    });

  it('holds fewer parameters on a GPU, but no less than half', () => {
    forAll((job) => {
      if (!fits(job) || job.fields['parallel.expert'] !== undefined) return;
      const [now, then] = [numbersOf(job).plans, numbersOf(doubled(job)).plans];
      now.forEach((plan, rank) => {
        const ratio = (then[rank]?.parameters ?? 0) / plan.parameters;
        expect(ratio).toBeLessThan(1);
        expect(ratio).toBeGreaterThanOrEqual(0.5 / hair);
      });
    });
  });

  it('never computes more than twice as fast', () => {
    forAll((job) => {
      if (!fits(job) || job.fields['parallel.expert'] !== undefined) return;
      const ratio = workOf(doubled(job)) / workOf(job);
      expect(ratio).toBeGreaterThan(0.49);
      expect(ratio).toBeLessThan(1.01);
    });
  });
});

describe('twice the PP', () => {
  it('holds fewer parameters on the fullest GPU and works fewer layers', () => {
    forAll((job) => {
      if (of(job, 'parallel.pipeline') > 2 || of(job, 'parallel.data') < 2) return;
      const more = changed(job, {
        'parallel.pipeline': 2 * of(job, 'parallel.pipeline'),
        'parallel.data': of(job, 'parallel.data') / 2,
        'parallel.virtualStages': 1,
        'batch.global': of(job, 'batch.global') / 2,
        ...(job.fields['parallel.expert'] === undefined ? {} : { 'parallel.expert': 1, 'parallel.expertTensor': 1 }),
      });
      const base = changed(job, {
        'parallel.virtualStages': 1,
        ...(job.fields['parallel.expert'] === undefined ? {} : { 'parallel.expert': 1, 'parallel.expertTensor': 1 }),
      });
      const heaviest = (one: RandomJob) => Math.max(...numbersOf(one).plans.map(({ parameters }) => parameters));
      expect(heaviest(more)).toBeLessThan(heaviest(base));
      const layersOf = (one: RandomJob) => Math.max(...numbersOf(one).plans.map(({ layers }) => layers));
      expect(layersOf(more)).toBe(layersOf(base) / 2);
    });
  });
});

describe('twice the experts over twice the EP', () => {
  it('leaves experts, products and FLOPs of a rank as they are', () => {
    const moe = Object.keys(families).filter((family) => families[family]?.fields['model.experts'] !== undefined);
    fc.assert(
      fc.property(fc.constantFrom(...moe), fc.constantFrom(1, 2, 4), (family, expert) => {
        const run = (factor: number) =>
          numbersOf({
            framework: 'megatron-lm',
            fields: {
              ...modelOf(family),
              'model.experts': 16 * factor,
              'parallel.expert': expert * factor,
              'parallel.data': 64,
              'batch.micro': 1,
              'batch.global': 256,
              'sequence.length': 2048,
            },
          });
        const [one, two] = [run(1), run(2)];
        expect(two.plans[0]?.expertParameters).toBeCloseTo(one.plans[0]?.expertParameters ?? 0, 3);
        expect(two.plans[0]?.parameters ?? 0).toBeGreaterThanOrEqual(one.plans[0]?.parameters ?? 0);
      }),
      { numRuns: 30 },
    );
  });
});

describe('sharding', () => {
  it('holds no more with every stage', () => {
    forAll((job) => {
      if (job.framework === 'megatron-lm') return;
      const bytes = ([0, 1, 2, 3] as const).map((stage) =>
        residentOf(changed(job, { 'zero.stage': stage, 'zero.implementation': job.framework === 'torchtitan' ? 'fsdp2' : 'deepspeed' })),
      );
      for (let stage = 1; stage < 4; stage++)
        expect(bytes[stage] ?? 0, `stage ${stage}`).toBeLessThanOrEqual((bytes[stage - 1] ?? 0) * hair);
    });
  });

  it("of Megatron-LM's optimizer holds no more either", () => {
    forAll((job) => {
      const megatron = changed({ ...job, framework: 'megatron-lm' }, { 'zero.implementation': 'megatron-distributed-optimizer' });
      expect(residentOf(changed(megatron, { 'zero.stage': 1 }))).toBeLessThanOrEqual(
        residentOf(changed(megatron, { 'zero.stage': 0 })) * hair,
      );
    });
  });
});

describe('recomputation', () => {
  it('keeps no more, needs no more memory, and takes no less time', () => {
    forAll((job) => {
      // What is on the host anyway only comes back for it.
      if (job.fields['offload.activations']) return;
      const [none, selective, full] = (['none', 'selective', 'full'] as const).map((granularity) =>
        changed(job, { 'recompute.granularity': granularity }),
      ) as [RandomJob, RandomJob, RandomJob];
      for (const [more, less] of [
        [none, selective],
        [none, full],
      ] as const) {
        const [a, b] = [numbersOf(more), numbersOf(less)];
        a.memory.kept.forEach((bytes, kind) => {
          expect(b.memory.kept[kind] ?? 0).toBeLessThanOrEqual(bytes * hair);
        });
        // One layer among many that is computed again is counted as coming back at the worst moment.
        if (job.fields['recompute.method'] !== 'block') expect(peakOf(less)).toBeLessThanOrEqual(peakOf(more) * hair);
        // A longer backward pass hides more of the gradients' reduction, which the heaviest rank may not wait for.
        expect(b.step).toBeGreaterThanOrEqual(a.step * 0.998);
        expect(b.times.parts.every((part) => part.recompute >= 0)).toBe(true);
      }
      expect(complete(full).recompute.granularity).toBe('full');
    });
  });
});
