import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OptimizerKind, PartialJob } from '../../server/src/core/job-fields.ts';
import { adapterParameters } from '../../server/src/core/memory/adapter-parameters.ts';
import { storedBytes } from '../../server/src/core/memory/base-weights.ts';
import { sharedMemory } from '../../server/src/core/memory/shared-memory.ts';
import { type StageParts, stageParts } from '../../server/src/core/memory/stage-parts.ts';
import { stageMemory } from '../../server/src/core/memory/stage-terms.ts';
import type { Term } from '../../server/src/core/term.ts';
import { completeTraining } from '../../server/src/core/training/complete-training.ts';
import { stagePlan } from '../../server/src/core/training/stage-plan.ts';
import { cluster, gpt3OnThousand } from './shapes.ts';

const gib = 2 ** 30;

const llama2: PartialJob = {
  'model.layers': 32,
  'model.hidden': 4096,
  'model.heads': 32,
  'model.kvHeads': 32,
  'model.ffn': 11008,
  'model.vocab': 32000,
  'model.gatedMlp': true,
  'model.tiedEmbeddings': false,
};
const llama3: PartialJob = { ...llama2, 'model.kvHeads': 8, 'model.ffn': 14336, 'model.vocab': 128256 };
const single: PartialJob = {
  'cluster.gpus': 1,
  'parallel.data': 1,
  'batch.micro': 4,
  'batch.global': 4,
  'sequence.length': 4096,
  'precision.compute': 'bf16',
  'recompute.granularity': 'full',
  'attention.kernel': 'flash',
};

function complete(fields: PartialJob, framework: string) {
  const completed = completeTraining(fields, framework, cluster('a100-sxm-80gb', 128));
  if ('refusal' in completed) throw new Error(completed.refusal.why);
  return completed.job;
}

/** Numbers of one rank with every layer of one micro batch alive. */
function parts(fields: PartialJob, framework = 'huggingface', rank = 0): StageParts {
  const job = complete(fields, framework);
  const plan = stagePlan(job)[rank];
  if (!plan) throw new Error('no such rank');
  return stageParts(job, plan, plan.layers, sharedMemory(job));
}

function adapters(fields: PartialJob): number {
  const job = complete({ ...single, ...fields }, 'litgpt');
  const plan = stagePlan(job)[0];
  return plan ? adapterParameters(job, plan) : Number.NaN;
}

describe('parameters of adapters', () => {
  it.each([
    ['LoRA r 8 on queries and values of Llama 2 7B (LitGPT prints 4,194,304)', { ...llama2, 'adapter.kind': 'lora' }, 4_194_304],
    ['LLaMA-Adapter (LitGPT prints 1,229,760)', { ...llama2, 'adapter.kind': 'adapter' }, 1_229_760],
    ['Adapter v2 (LitGPT prints 4,279,744)', { ...llama2, 'adapter.kind': 'adapter-v2' }, 4_279_744],
    [
      'LoRA r 16 on the attention of Llama 3 8B, r (in + out) each',
      { ...llama3, 'adapter.kind': 'lora', 'adapter.rank': 16, 'adapter.targets': 'q,k,v,o' },
      32 * 16 * (8192 + 5120 + 5120 + 8192),
    ],
    [
      'DoRA adds one magnitude per output',
      { ...llama2, 'adapter.kind': 'dora', 'adapter.rank': 8, 'adapter.targets': 'q' },
      32 * (8 * 8192 + 4096),
    ],
  ] as const)('%s', (_name, fields, count) => {
    expect(adapters(fields)).toBe(count);
  });

  it('grow in proportion to the rank and add up over targets', () => {
    const lora = (rank: number, targets: string) =>
      adapters({ ...llama2, 'adapter.kind': 'lora', 'adapter.rank': rank, 'adapter.targets': targets });
    expect(lora(64, 'all-linear')).toBe(8 * lora(8, 'all-linear'));
    expect(lora(8, 'q,k,v,o') + lora(8, 'gate,up,down')).toBe(lora(8, 'all-linear'));
  });
});

describe('stored weights', () => {
  it('NF4 takes 4.5 bits, with double quantization 4.127 (Dettmers et al. 2023, section 3)', () => {
    expect(storedBytes('nf4') * 8).toBeCloseTo(4.5, 9);
    expect(storedBytes('nf4-dq') * 8).toBeCloseTo(4.127, 3);
  });
});

describe('one GPU', () => {
  it('plain bf16 AdamW holds five copies at its step, a fused one four', () => {
    const plain = parts({ ...llama3, ...single });
    expect(plain.moment).toBe('optimizer');
    expect((plain.allocated - plain.workspace) / 8_030_261_248).toBeCloseTo(10, 6);
    expect(plain.step).toBe(plain.weights);
    expect(parts({ ...llama3, ...single, 'optimizer.fused': true }).step).toBe(0);
  });

  it('autocast on fp32 weights adds a 16-bit copy of each while the loss is computed', () => {
    const mixed = parts({ ...llama2, ...single, 'sequence.length': 32768, 'precision.params': 'fp32', 'precision.gradients': 'fp32' });
    expect(mixed.moment).toBe('loss');
    expect(mixed.casts).toBeCloseTo(mixed.weights / 2, 0);
  });

  it('a step inside the backward pass keeps no gradients, paged states leave the card', () => {
    const inBackward = parts({ ...llama3, ...single, 'optimizer.inBackward': true });
    expect(inBackward.gradients).toBe(0);
    const paged = parts({ ...llama3, ...single, 'optimizer.kind': 'adam-8bit', 'optimizer.paged': true });
    expect(paged.moments).toBe(0);
    expect(paged.hostBytes / 8_030_261_248).toBeCloseTo(2 + 8 / 256, 6);
  });

  /**
   * fms-acceleration, scripts/benchmarks/refs/a100_80gb_liger.csv at 876e2ed6, lines 14, 10 and 22: peaks of
   * torch.cuda.max_memory_allocated in GiB.
   */
  it.each([
    ['LoRA with a fused loss', { 'loss.fused': true }, 23.196],
    ['LoRA with whole logits', {}, 35.059],
    ['QLoRA with a fused loss', { 'loss.fused': true, 'model.baseFormat': 'nf4-dq', 'adapter.kind': 'qlora' }, 13.422],
  ] as const)('%s on Llama 3 8B comes within 3 %% of the published peak', (_name, fields, measured) => {
    const peak = parts({
      ...llama3,
      ...single,
      'adapter.kind': 'lora',
      'adapter.rank': 16,
      'adapter.targets': 'q,k,v,o',
      'kernels.fused': true,
      'kernels.fusedMlp': false,
      'precision.autocast': false,
      ...fields,
    });
    expect(Math.abs(peak.allocated / gib / measured - 1)).toBeLessThan(0.03);
  });

  it('a loss in pieces or in one kernel with the head takes less than whole logits', () => {
    const peakOf = (fields: PartialJob) => parts({ ...llama3, ...single, 'adapter.kind': 'lora', ...fields }).allocated;
    expect(peakOf({ 'loss.chunks': 8 })).toBeLessThan(peakOf({}));
    expect(peakOf({ 'loss.fused': true })).toBeLessThan(peakOf({ 'loss.chunks': 8 }));
  });
});

const frameworks = ['megatron-lm', 'deepspeed', 'huggingface', 'torchtitan'] as const;
interface Draw {
  readonly tensor: number;
  readonly micro: number;
  readonly stage: 0 | 1 | 2 | 3;
  readonly data: number;
  readonly recompute: 'none' | 'selective' | 'full';
  readonly kind: OptimizerKind;
  readonly lora: boolean;
  readonly offload: boolean;
  readonly framework: (typeof frameworks)[number];
}

const anyJob: fc.Arbitrary<Draw> = fc.record({
  tensor: fc.constantFrom(1, 2, 4),
  micro: fc.constantFrom(1, 2, 4),
  stage: fc.constantFrom<Draw['stage'][]>(0, 1, 2, 3),
  data: fc.constantFrom(1, 4, 8),
  recompute: fc.constantFrom<Draw['recompute'][]>('none', 'selective', 'full'),
  kind: fc.constantFrom<OptimizerKind[]>('adam', 'adam-8bit', 'sgd', 'lion', 'muon', 'adafactor'),
  lora: fc.boolean(),
  offload: fc.boolean(),
  framework: fc.constantFrom(...frameworks),
});

function fieldsOf(draw: Draw): PartialJob {
  return {
    ...llama3,
    ...single,
    'cluster.gpus': draw.tensor * draw.data,
    'parallel.tensor': draw.tensor,
    'parallel.data': draw.data,
    'batch.micro': draw.micro,
    'batch.global': 8 * draw.micro * draw.data,
    'zero.stage': draw.stage,
    'recompute.granularity': draw.recompute,
    'optimizer.kind': draw.kind,
    'offload.activations': draw.offload,
    ...(draw.lora ? { 'adapter.kind': 'lora' } : {}),
  };
}

function leavesAddUp(term: Term): void {
  expect(term.value).toBeGreaterThanOrEqual(0);
  if (term.combine !== 'sum' || !term.children) return;
  const sum = term.children.reduce((total, child) => total + child.value, 0);
  expect(sum).toBeCloseTo(term.value, -3);
  for (const child of term.children) leavesAddUp(child);
}

describe('any job', () => {
  it('has no negative part, and its terms add up to its numbers', () => {
    fc.assert(
      fc.property(anyJob, (draw) => {
        const job = complete(fieldsOf(draw), draw.framework);
        const shared = sharedMemory(job);
        for (const plan of stagePlan(job)) {
          const numbers = stageParts(job, plan, plan.layers, shared);
          for (const value of Object.values(numbers)) if (typeof value === 'number') expect(value).toBeGreaterThanOrEqual(0);
          const terms = stageMemory(job, plan, numbers, plan.layers, shared);
          leavesAddUp(terms.allocated);
          expect(terms.allocated.value / numbers.allocated).toBeCloseTo(1, 9);
          expect(terms.device.value / numbers.device).toBeCloseTo(1, 9);
          expect(numbers.reserved).toBeGreaterThanOrEqual(numbers.allocated);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('never needs more with a higher ZeRO stage in what it holds between steps', () => {
    fc.assert(
      fc.property(anyJob, (draw) => {
        const held = ([0, 1, 2, 3] as const).map((stage) => {
          const p = parts({ ...fieldsOf({ ...draw, stage }), 'zero.implementation': 'deepspeed' }, 'deepspeed');
          return p.weights + p.master + p.moments;
        });
        for (let stage = 1; stage < held.length; stage++) expect(held[stage]).toBeLessThanOrEqual((held[stage - 1] ?? 0) * (1 + 1e-12));
      }),
      { numRuns: 60 },
    );
  });
});

describe('what a knob moves', () => {
  const base: PartialJob = { ...gpt3OnThousand, 'zero.stage': 1 };
  const of = (fields: PartialJob) => parts({ ...base, ...fields }, 'megatron-lm', 1);

  it('the shards of all ranks make up the whole (ZeRO conservation)', () => {
    const whole = of({ 'zero.stage': 0 });
    const shard = of({});
    expect((shard.master + shard.moments) * 16).toBeCloseTo(whole.master + whole.moments, 0);
    expect(shard.weights).toBe(whole.weights);
    const fully = parts(
      { ...base, 'parallel.pipeline': 1, 'parallel.tensor': 1, 'cluster.gpus': 16, 'zero.stage': 3, 'zero.implementation': 'deepspeed' },
      'deepspeed',
    );
    const none = parts(
      { ...base, 'parallel.pipeline': 1, 'parallel.tensor': 1, 'cluster.gpus': 16, 'zero.stage': 0, 'zero.implementation': 'deepspeed' },
      'deepspeed',
    );
    expect(fully.weights * 16).toBeCloseTo(none.weights, 0);
    expect((fully.master + fully.moments) * 16).toBeCloseTo(none.master + none.moments, 0);
  });

  it('DP halves optimizer shards, the micro batch doubles activations, depth doubles states', () => {
    const one = of({});
    expect(of({ 'parallel.data': 32, 'cluster.gpus': 2048 }).moments).toBeCloseTo(one.moments / 2, 0);
    expect(of({ 'batch.micro': 2 }).activations).toBeCloseTo(2 * one.activations, 0);
    expect(of({ 'model.layers': 192 }).weights).toBeCloseTo(2 * one.weights, 0);
    expect(of({ 'sequence.length': 4096 }).activations).toBeGreaterThan(1.9 * one.activations);
  });

  it('recomputing more modules keeps less', () => {
    const kept = (modules: string) => of({ 'recompute.modules': modules }).activations;
    expect(kept('core_attn,layernorm')).toBeLessThan(kept('core_attn'));
    expect(kept('core_attn,mlp')).toBeLessThan(kept('core_attn,layernorm'));
  });

  it('offloaded states lie on the host', () => {
    const away = parts({ ...base, 'zero.offloadOptimizer': 'cpu', 'zero.implementation': 'deepspeed', 'zero.stage': 2 }, 'deepspeed');
    expect(away.master + away.moments).toBe(0);
    expect(away.hostBytes).toBeGreaterThan(0);
    expect(away.nvmeBytes).toBe(0);
    // ZeRO-Offload: 16-bit weights alone stay on the card (Ren et al. 2021, section 3.1).
    expect(away.gradients).toBe(0);
    expect(away.resident - away.workspace).toBe(away.weights);
    const onDisk = parts({ ...base, 'zero.offloadOptimizer': 'nvme', 'zero.implementation': 'deepspeed', 'zero.stage': 3 }, 'deepspeed');
    expect(onDisk.nvmeBytes).toBeGreaterThan(onDisk.hostBytes);
  });
});
