/** Step time, tokens per second, MFU, HFU and cost, as terms. */
import { type BandBasis, timeBand } from '../calibration/bands.ts';
import { hardwareFlops, modelFlops } from '../compute/flops.ts';
import type { TrainingEstimate } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { bandOf } from '../memory/stage-memory.ts';
import type { ScheduleRequest } from '../schedules/schedule.ts';
import type { PipelineSummary } from '../schedules/simulate.ts';
import { sumOf, type Term } from '../term.ts';
import type { StageTimes } from './stage-times.ts';

function bandFor(job: TrainingJob): BandBasis {
  return timeBand(job.cluster.accelerator.architecture, job.precision.fp8, job.zero.implementation, job.zero.stage);
}

/** The step of the slowest rank: pipeline, then what follows it. */
export function stepTerm(job: TrainingJob, step: number, run: PipelineSummary, tail: ScheduleRequest['tail'], times: StageTimes): Term {
  const slowest = Math.max(...Array.from(run.busySeconds));
  const m = job.batch.accumulation;
  const part = times.parts[run.busySeconds.indexOf(slowest)] ?? times.parts[0];
  const seconds = (id: string, label: string, value: number, more: Partial<Term> = {}): Term => ({
    id: `time.${id}`,
    label,
    value,
    unit: 's',
    ...more,
  });
  const micro = { name: 'micro batches', value: m, field: 'batch.accumulation' as const };
  const work: Term[] = part
    ? [
        seconds('compute', 'Computation', m * part.compute, {
          formula: 'micro batches * (products + attention + streaming kernels)',
          inputs: [micro, { name: 'GPU', value: job.cluster.accelerator.label, field: 'cluster.gpu' }],
        }),
        seconds('recompute', 'Recomputation', m * part.recompute, {
          formula: 'micro batches * what is run again',
          inputs: [micro, { name: 'recompute', value: job.recompute.granularity, field: 'recompute.granularity' }],
        }),
        seconds('tensor', 'Waiting for TP', m * part.tensorComm, {
          formula: 'micro batches * layers * collectives that computation does not hide',
          inputs: [micro, { name: 't', value: job.parallel.tensor, field: 'parallel.tensor' }],
        }),
        seconds('context', 'Waiting for CP', m * part.contextComm, {
          formula: 'micro batches * layers * what the ring takes beyond attention',
          inputs: [micro, { name: 'c', value: job.parallel.context, field: 'parallel.context' }],
        }),
        seconds('expert', 'Waiting for EP', m * part.expertComm, {
          formula: 'micro batches * layers with experts * all-to-alls',
          inputs: [micro, { name: 'EP', value: job.parallel.expert, field: 'parallel.expert' }],
        }),
        seconds('shard', 'Waiting for sharded parameters', m * part.shardComm, {
          formula: 'micro batches * layers * gathers and scatters beyond computation',
          inputs: [micro, { name: 'ZeRO stage', value: job.zero.stage, field: 'zero.stage' }],
        }),
        seconds('host', 'Waiting for the host', m * part.host, {
          formula: 'operators * seconds to issue one, beyond the device time',
          inputs: [micro],
        }),
      ].filter((term) => term.value > 0)
    : [];
  const pipeline = sumOf('time.pipeline', 'Pipeline', 's', [
    ...work,
    seconds('bubble', 'Bubble and transfers', run.makespan - slowest, {
      formula: 'simulated makespan - busiest rank',
      inputs: [
        micro,
        { name: 'p', value: job.parallel.pipeline, field: 'parallel.pipeline' },
        { name: 'v', value: job.parallel.virtualStages, field: 'parallel.virtualStages' },
      ],
      source: 'simulation of the schedule',
    }),
  ]);
  const step_ = sumOf('time.step', 'Step time', 's', [
    pipeline,
    seconds('gradient-reduction', 'Gradient reduction not hidden', tail.gradientReduction, {
      formula: 'all of it, or with overlap what outlasts the last backward pass and the last bucket',
      inputs: [{ name: 'overlap', value: String(job.overlap.gradReduce), field: 'overlap.gradReduce' }],
    }),
    seconds('optimizer', 'Optimizer step', tail.optimizer, {
      formula: 'bytes of gradients, master weights and moments / bandwidth + fixed host time',
    }),
    seconds('parameter-gather', 'Parameter gathering not hidden', tail.parameterGather, {
      formula: 'all of it, or with overlap what outlasts the first forward pass and the first bucket',
      inputs: [{ name: 'overlap', value: String(job.overlap.paramGather), field: 'overlap.paramGather' }],
    }),
  ]);
  return { ...step_, value: step, band: bandOf(step, bandFor(job)) };
}

export function throughputTerms(
  job: TrainingJob,
  tokens: number,
  gpus: number,
  step: number,
  peak: number,
): TrainingEstimate['throughput'] {
  const model = modelFlops(job, tokens, 'megatron');
  const hardware = hardwareFlops(job, tokens);
  const stepInput = { name: 'step', value: step, from: 'time.step' };
  const convention = "FLOPs by Megatron-LM's formula: attention over the whole square, logits included";
  const inverse = (value: number) => bandOf(value, bandFor(job));
  const rate = (id: string, label: string, value: number, unit: Term['unit'], formula: string, more: Partial<Term> = {}): Term => ({
    id: `throughput.${id}`,
    label,
    value,
    unit,
    formula,
    inputs: [stepInput],
    band: inverse(value),
    ...more,
  });
  const tokenInput = { name: 'tokens', value: tokens, field: 'batch.global' as const };
  const source = 'Narayanan et al. 2021, appendix; Chowdhery et al. 2022, appendix B';
  const peakInput = {
    name: 'peak',
    value: peak,
    field: 'cluster.gpu' as const,
    from: `dense ${job.precision.compute} rate of the data sheet`,
  };
  const modelInput = { name: 'model FLOPs', value: model, from: convention };
  const hardwareInput = { name: 'hardware FLOPs', value: hardware, from: `${convention}; recomputation included` };
  const byConvention = (name: 'palm' | 'causal', label: string): Term => {
    const flops = modelFlops(job, tokens, name);
    const inputs = [stepInput, { name: 'model FLOPs', value: flops, from: label }, peakInput];
    return rate(`mfu.${name}`, label, flops / step / gpus / peak, '1', 'model FLOPs / (step * GPUs * peak)', { source, inputs });
  };
  return {
    tokensPerSecond: rate('tokens', 'Tokens per second', tokens / step, 'tokens/s', 'tokens / step', { inputs: [stepInput, tokenInput] }),
    tokensPerSecondPerGpu: rate('tokens-per-gpu', 'Tokens per second and GPU', tokens / step / gpus, 'tokens/s', 'tokens / step / GPUs', {
      inputs: [stepInput, tokenInput, { name: 'GPUs', value: gpus, field: 'cluster.gpus' }],
    }),
    modelFlopsPerGpu: rate('model-flops', 'Model FLOP/s per GPU', model / step / gpus, 'FLOP/s', 'model FLOPs / step / GPUs', {
      source,
      inputs: [stepInput, modelInput],
      note: convention,
    }),
    hardwareFlopsPerGpu: rate(
      'hardware-flops',
      'Hardware FLOP/s per GPU',
      hardware / step / gpus,
      'FLOP/s',
      'hardware FLOPs / step / GPUs',
      { source, inputs: [stepInput, hardwareInput], note: convention },
    ),
    mfu: rate('mfu', 'MFU', model / step / gpus / peak, '1', 'model FLOPs / (step * GPUs * peak)', {
      source,
      inputs: [stepInput, modelInput, peakInput],
      note: convention,
      combine: 'none',
      children: [
        byConvention('palm', 'MFU as in PaLM: 6 N + 12 L H Q T per token'),
        byConvention('causal', 'MFU with causal attention counted half'),
      ],
    }),
    hfu: rate('hfu', 'HFU', hardware / step / gpus / peak, '1', 'hardware FLOPs / (step * GPUs * peak)', {
      source,
      inputs: [stepInput, hardwareInput, peakInput],
      note: convention,
    }),
  };
}

export function costTerms(job: TrainingJob, gpus: number, step: number, tokens: number): TrainingEstimate['cost'] {
  const price = job.cluster.pricePerGpuHour;
  if (price === undefined) return undefined;
  const perStep = (price * gpus * step) / 3600;
  const inputs = [
    { name: 'price', value: price, field: 'cluster.pricePerGpuHour' as const },
    { name: 'GPUs', value: gpus, field: 'cluster.gpus' as const },
  ];
  const term = (id: string, label: string, value: number, formula: string): Term => ({
    id: `cost.${id}`,
    label,
    value,
    unit: 'USD',
    formula,
    inputs,
    band: bandOf(value, bandFor(job)),
  });
  return {
    perStep: term('per-step', 'Cost of a step', perStep, 'price * GPUs * step / 3600'),
    perBillionTokens: term('per-billion-tokens', 'Cost of a billion tokens', (perStep / tokens) * 1e9, 'cost of a step / tokens * 1e9'),
  };
}
