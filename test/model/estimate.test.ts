import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrainingEstimate } from '../../server/src/core/estimate.ts';
import { estimateJob } from '../../server/src/core/estimate-job.ts';
import type { PartialJob } from '../../server/src/core/job-fields.ts';
import { simulate } from '../../server/src/core/schedules/simulate.ts';
import type { Term } from '../../server/src/core/term.ts';
import { cluster, gpt3OnThousand } from './shapes.ts';

const machine = cluster('a100-sxm-80gb', 128);

function estimate(fields: PartialJob = {}): TrainingEstimate {
  const result = estimateJob({ ...gpt3OnThousand, ...fields }, 'megatron-lm', machine);
  if (!('estimate' in result) || result.estimate.kind !== 'training') throw new Error(JSON.stringify(result));
  return result.estimate;
}

function terms(root: Term): Term[] {
  return [root, ...(root.children ?? []).flatMap(terms)];
}

function everyTerm(e: TrainingEstimate): Term[] {
  const { throughput: t } = e;
  const roots = [
    ...e.memory.stages.map((stage) => stage.device),
    e.memory.usable,
    e.time.step,
    t.mfu,
    t.hfu,
    t.tokensPerSecond,
    t.modelFlopsPerGpu,
  ];
  return [...roots, ...e.communication.flatMap((kind) => [kind.bytes, kind.busy, kind.exposed])].flatMap(terms);
}

const peak = (e: TrainingEstimate): number => e.memory.stages[e.memory.worstStage]?.device.value ?? 0;

describe('the training estimate', () => {
  it('adds up: every sum equals its children, shares add to one, all numbers are finite', () => {
    for (const fields of [{}, { 'parallel.virtualStages': 3 }, { 'parallel.pipeline': 1, 'parallel.data': 128 }] as PartialJob[]) {
      const e = estimate(fields);
      for (const term of everyTerm(e)) {
        expect(Number.isFinite(term.value), term.id).toBe(true);
        if (term.combine === 'sum') expect(term.value).toBeCloseTo(term.children?.reduce((sum, child) => sum + child.value, 0) ?? 0, 3);
      }
      const shares = Object.values(e.time.shares).reduce((sum, share) => sum + share, 0);
      expect(shares).toBeCloseTo(1, 6);
    }
  });

  it('says what it leaves out of an update by Muon', () => {
    const whys = (kind: 'adam' | 'muon') => estimate({ 'optimizer.kind': kind }).assumptions.map(({ why }) => why);
    expect(whys('muon')).toContainEqual(expect.stringContaining('Newton-Schulz'));
    expect(whys('muon')).toContainEqual(expect.stringContaining('another optimizer'));
    expect(whys('adam').join()).not.toContain('Muon');
  });

  it('gathers from the copy of ZeRO++ after the first pass of a step', () => {
    const zero3 = { 'parallel.tensor': 1, 'parallel.pipeline': 1, 'zero.stage': 3, 'zero.implementation': 'deepspeed' } as const;
    const gathered = (fields: PartialJob) => {
      const whole = estimate({ ...zero3, 'batch.micro': 1, 'batch.global': 1024, 'parallel.data': 1024, ...fields });
      const kind = whole.communication.find(({ bytes }) => bytes.id.includes('gather'));
      return { step: whole.time.step.value, bytes: kind?.bytes.value ?? 0, busy: kind?.busy.value ?? 0 };
    };
    const plain = gathered({});
    const near = gathered({ 'zero.secondaryPartition': 8 });
    // The first of two gathers of each weight goes over all 1024 ranks, the second over the 8 of a node.
    expect(near.bytes / plain.bytes).toBeCloseTo((1023 / 1024 + 7 / 8) / ((2 * 1023) / 1024), 6);
    expect(near.busy).toBeLessThan(0.95 * plain.busy);
    expect(near.busy).toBeGreaterThan(0.5 * plain.busy);
    expect(near.step).toBeLessThan(plain.step);
    expect(gathered({ 'zero.secondaryPartition': 1024 })).toEqual(plain);
    expect(gathered({ 'zero.secondaryPartition': 8, 'zero.implementation': 'fsdp2' })).toEqual(
      gathered({ 'zero.implementation': 'fsdp2' }),
    );
    const twice = { 'batch.global': 2048, 'zero.secondaryPartition': 8 };
    expect(gathered(twice).bytes / near.bytes).toBeCloseTo((1023 / 1024 + (3 * 7) / 8) / (1023 / 1024 + 7 / 8), 6);
  });

  it('shows bands that hold the value, with what they rest on', () => {
    const e = estimate();
    for (const term of [e.time.step, e.throughput.mfu, ...e.memory.stages.map((stage) => stage.device)]) {
      expect(term.band?.low).toBeLessThan(term.value);
      expect(term.band?.high).toBeGreaterThan(term.value);
      expect(term.band?.basis).not.toBe('');
    }
  });

  it('draws bands of rates from the band of the step, which no step at the full rate falls below', () => {
    const experts = { 'model.experts': 8, 'model.expertsPerToken': 2, 'parallel.expert': 8 } as PartialJob;
    for (const e of [estimate(), estimate(experts)]) {
      const { step } = e.time;
      const counted = e.throughput.mfu.children?.find((term) => term.id.endsWith('maxtext'))?.value ?? 0;
      expect(step.band?.low).toBeGreaterThanOrEqual(counted * step.value * 0.999999);
      expect((step.band?.low ?? 0) * (e.throughput.tokensPerSecond.band?.high ?? 0)).toBeCloseTo(
        step.value * e.throughput.tokensPerSecond.value,
        3,
      );
      expect((step.band?.high ?? 0) * (e.throughput.mfu.band?.low ?? 0)).toBeCloseTo(step.value * e.throughput.mfu.value, 6);
    }
  });

  it('puts half the time as far off as twice the time', () => {
    const { step } = estimate().time;
    expect((step.band?.low ?? 0) * (step.band?.high ?? 0)).toBeCloseTo(step.value ** 2, 6);
  });

  it('lets no step undercut the layers it computes again', () => {
    // Experts of a small step have a band wide enough to reach what the GPUs can do at all.
    const loop = { 'model.experts': 8, 'model.expertsPerToken': 2, 'model.expertFfn': 49152 } as PartialJob;
    const edge = (fields: PartialJob) => {
      const result = estimateJob({ ...gpt3OnThousand, ...loop, ...fields }, 'huggingface', machine);
      if (!('estimate' in result) || result.estimate.kind !== 'training') throw new Error(JSON.stringify(result));
      return result.estimate.throughput.mfu.band?.high ?? 0;
    };
    const [kept, again] = [edge({ 'recompute.granularity': 'none' }), edge({ 'recompute.granularity': 'full' })];
    expect(again).toBeLessThan(0.8 * kept);
  });

  it('names formula and inputs in every component of memory', () => {
    const states = estimate().memory.stages[0]?.allocated.children?.find((term) => term.id === 'memory.states');
    for (const child of states?.children ?? []) {
      expect(child.formula).toBeTruthy();
      expect(child.inputs?.length).toBeGreaterThan(1);
      expect(child.source).toBeTruthy();
    }
  });

  it.each([
    ['micro batch', { 'batch.micro': 2 }],
    ['sequence length', { 'sequence.length': 4096 }],
    ['no recomputation', { 'recompute.granularity': 'none' }],
    ['no sequence parallelism', { 'parallel.sequence': false }],
    ['no sharding', { 'zero.stage': 0 }],
    ['more virtual stages', { 'parallel.virtualStages': 3 }],
  ] as [string, PartialJob][])('needs more memory with a larger value: %s', (_name, fields) => {
    expect(peak(estimate(fields))).toBeGreaterThan(peak(estimate()));
  });

  it('has a bubble of (p - 1)/m of the work with equal stages, divided by VPP when interleaved', () => {
    const bubble = (v: number) => {
      const e = estimate({ 'parallel.virtualStages': v, 'batch.global': 256 });
      return e.time.shares.bubble;
    };
    // 16 micro batches on 8 stages: 7/16 of the work; the ends (embedding, head, transfers) shift it a little.
    expect(bubble(1)).toBeGreaterThan(0.2);
    expect(bubble(3)).toBeLessThan(bubble(1) / 2);
  });

  it('scales: twice the GPUs at twice the global batch give nearly the same step', () => {
    const wide = estimate({ 'parallel.data': 32, 'batch.global': 3072, 'cluster.gpus': 2048 });
    expect(wide.time.step.value / estimate().time.step.value).toBeCloseTo(1, 1);
    expect(wide.gpus).toBe(2048);
  });

  it('reduces gradients once a step, but for DeepSpeed stage 2 once a micro batch', () => {
    const traffic = (stage: 1 | 2) => {
      const result = estimateJob(
        { ...gpt3OnThousand, 'parallel.pipeline': 1, 'parallel.data': 128, 'zero.stage': stage, 'zero.implementation': 'deepspeed' },
        'deepspeed',
        machine,
      );
      if (!('estimate' in result) || result.estimate.kind !== 'training') throw new Error('no estimate');
      return result.estimate.communication.find(({ id }) => id === 'data')?.bytes.value ?? 0;
    };
    expect(traffic(2) / traffic(1)).toBeCloseTo(1536 / 128, 9);
  });

  it('hands the panel a schedule whose simulated peak is the estimated one', () => {
    for (const fields of [{}, { 'parallel.virtualStages': 3 }] as PartialJob[]) {
      const e = estimate(fields);
      const run = simulate(e.schedule);
      if ('refused' in run) throw new Error(run.refused);
      expect(Math.max(...run.peakBytes) / peak(e)).toBeCloseTo(1, 9);
      expect(run.stepSeconds / e.time.step.value).toBeCloseTo(1, 9);
    }
  });

  it('refuses with a sentence and the missing fields', () => {
    const result = estimateJob({ 'model.layers': 2 }, 'megatron-lm', machine);
    expect('refusal' in result && result.refusal.missing).toEqual(['model.hidden', 'model.heads']);
    const noGpu = estimateJob(gpt3OnThousand, 'megatron-lm', undefined);
    expect('refusal' in noGpu && noGpu.refusal.missing).toEqual(['cluster.gpu']);
    const visits = estimateJob({ ...gpt3OnThousand, 'model.experts': 8, 'model.expertsPerToken': 16 }, 'megatron-lm', machine);
    const ends = estimateJob({ ...gpt3OnThousand, 'parallel.layersFirstStage': 97 }, 'megatron-lm', machine);
    expect('refusal' in ends && ends.refusal.why).toBe('the first and the last stage are given 97 layers, the model has 96');
    expect('refusal' in visits && visits.refusal.why).toBe('top-k 16 is more than the 8 experts');
  });
});

describe('any job', () => {
  const odd = fc.oneof(fc.integer({ min: -4, max: 300 }), fc.constantFrom(0, Number.NaN, Number.POSITIVE_INFINITY, 1e18, 0.5, -1));
  it('gives an estimate with finite numbers or a refusal with a sentence, and never throws', () => {
    const fields = fc.record(
      {
        'parallel.tensor': odd,
        'parallel.pipeline': odd,
        'parallel.virtualStages': odd,
        'parallel.context': odd,
        'parallel.data': odd,
        'parallel.layersFirstStage': odd,
        'parallel.layersLastStage': odd,
        'batch.micro': odd,
        'batch.global': odd,
        'sequence.length': odd,
        'model.layers': odd,
        'model.hidden': odd,
        'model.heads': odd,
        'model.kvHeads': odd,
        'model.vocab': odd,
        'recompute.layers': odd,
        'serving.maxModelLen': odd,
        'serving.gpuMemoryUtilization': odd,
        'serving.maxSequences': odd,
        'serving.blockSize': odd,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fields, fc.constantFrom('megatron-lm', 'deepspeed', 'vllm'), (job, framework) => {
        const result = estimateJob({ ...gpt3OnThousand, ...job }, framework, machine);
        if ('refusal' in result) {
          expect(result.refusal.why.length).toBeGreaterThan(5);
          return;
        }
        const value = result.estimate.kind === 'training' ? peak(result.estimate) : result.estimate.memory.total.value;
        expect(Number.isFinite(value)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});
