import { describe, expect, it } from 'vitest';
import { hardwareFlops, modelFlops } from '../../server/src/core/compute/flops.ts';
import { flopsConventions, usualConvention } from '../../server/src/core/compute/flops-conventions.ts';
import type { FlopsConvention, PartialJob } from '../../server/src/core/job-fields.ts';
import { trainingJob } from './shapes.ts';

const ids = Object.keys(flopsConventions) as FlopsConvention[];

/** A small dense model whose sizes are all different, so that no two terms can be mistaken for one another. */
const [L, h, H, Q, f, V, T] = [6, 512, 8, 96, 1408, 32000, 1024];
const dense: PartialJob = {
  'model.layers': L,
  'model.hidden': h,
  'model.heads': H,
  'model.kvHeads': 2,
  'model.headDim': Q,
  'model.ffn': f,
  'model.vocab': V,
  'model.gatedMlp': true,
  'model.normalization': 'rmsnorm',
  'model.positionEmbedding': 'rope',
  'model.linearBias': false,
  'model.tiedEmbeddings': false,
  'sequence.length': T,
  'parallel.tensor': 1,
  'parallel.pipeline': 1,
  'parallel.sequence': false,
  'parallel.data': 8,
  'cluster.gpus': 8,
  'batch.global': 8,
  'recompute.granularity': 'none',
  'attention.kernel': 'flash',
};
const layer = h * (H + 2 * 2) * Q + H * Q * h + 3 * h * f;
const multiplied = L * layer + V * h;
const norms = L * 2 * h + h;
const square = 12 * L * H * Q * T;

describe('model FLOPs per token of a dense model', () => {
  const job = trainingJob(dense);
  it.each([
    ['megatron', 6 * multiplied + square],
    ['megatron-causal', 6 * multiplied + square / 2],
    ['palm', 6 * (multiplied + norms) + square],
    ['torchtitan', 6 * (multiplied + norms) + square],
    ['llm-foundry', 6 * (multiplied + norms + V * h) + 12 * L * h * T],
    ['maxtext', 6 * multiplied + square / 2],
    ['nanotron', 6 * multiplied + square],
    ['deepspeed', 6 * multiplied + square + 3 * (5 * norms + L * f)],
    ['layers-only', 6 * L * layer],
  ] as [FlopsConvention, number][])('%s', (id, perToken) => {
    // Unpadded heads: the shape's padded vocabulary is 32000 here too.
    expect(job.model.paddedVocab).toBe(V);
    expect(modelFlops(job, 1, id) / perToken).toBeCloseTo(1, 12);
  });

  it.each(ids)('%s: grows in proportion to the tokens', (id) => {
    expect(modelFlops(job, 4096, id)).toBeCloseTo(4096 * modelFlops(job, 1, id), -3);
  });
});

describe('experts', () => {
  const moe: PartialJob = { ...dense, 'model.experts': 16, 'model.expertsPerToken': 2, 'model.expertFfn': 704 };
  it.each(ids)('%s counts only the experts a token visits', (id) => {
    const few = modelFlops(trainingJob(moe), 1, id);
    const many = modelFlops(trainingJob({ ...moe, 'model.experts': 64 }), 1, id);
    // Only the router knows how many there are.
    expect(many - few).toBeLessThanOrEqual(6 * L * h * 48 * 1.001);
    expect(modelFlops(trainingJob({ ...moe, 'model.expertsPerToken': 4 }), 1, id) - few).toBeGreaterThan(6 * L * 2 * 3 * h * 704 * 0.999);
  });
});

describe('hardware FLOPs', () => {
  it.each(ids)("%s: never fewer than the model's, and equal without recomputation", (id) => {
    expect(hardwareFlops(trainingJob(dense), 1, id)).toBe(modelFlops(trainingJob(dense), 1, id));
    for (const granularity of ['selective', 'full'] as const) {
      const job = trainingJob({ ...dense, 'recompute.granularity': granularity });
      expect(hardwareFlops(job, 1, id)).toBeGreaterThanOrEqual(modelFlops(job, 1, id));
    }
  });

  it.each([
    ['', square / 3],
    ['core_attn', square / 3],
    ['layernorm', 0],
    ['mlp', 2 * L * 3 * h * f],
    ['core_attn mlp', square / 3 + 2 * L * 3 * h * f],
  ])('of selective recomputation are those of its modules: %s', (modules, again) => {
    const named = modules === '' ? {} : { 'recompute.modules': modules };
    const job = trainingJob({ ...dense, 'recompute.granularity': 'selective', ...named });
    expect(hardwareFlops(job, 1, 'megatron') - modelFlops(job, 1, 'megatron')).toBeCloseTo(again, 0);
  });

  it('are 8 N for 6 N with full recomputation where N is counted', () => {
    const job = trainingJob({ ...dense, 'recompute.granularity': 'full' });
    expect(hardwareFlops(job, 1, 'llm-foundry') / modelFlops(job, 1, 'llm-foundry')).toBeCloseTo(4 / 3, 12);
  });
});

describe('the convention shown', () => {
  it.each([
    ['megatron-lm', 'megatron'],
    ['megatron-deepspeed', 'megatron'],
    ['torchtitan', 'torchtitan'],
    ['nanotron', 'nanotron'],
    ['deepspeed', 'palm'],
    ['huggingface', 'palm'],
  ])('%s: %s', (framework, id) => {
    expect(usualConvention(framework)).toBe(id);
  });
});
