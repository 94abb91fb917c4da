/** Step time, tokens per second, MFU, HFU and cost, as terms. */
import { calibrationPath } from '../calibration/calibration-file.ts';
import { hostCalibration } from '../calibration/host.ts';
import { type CountedFlops, countedFlops } from '../compute/flops.ts';
import { type ConventionInfo, flopsConventions } from '../compute/flops-conventions.ts';
import type { TrainingEstimate } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { FlopsConvention } from '../job-fields.ts';
import type { ScheduleRequest } from '../schedules/schedule.ts';
import type { PipelineSummary } from '../schedules/simulate.ts';
import { type Band, sumOf, type Term, type TermInput } from '../term.ts';
import type { RankParts, StageTimes } from './stage-times.ts';
import { rateBand, scaledBand } from './time-bands.ts';

function seconds(id: string, label: string, value: number, more: Partial<Term> = {}): Term {
  return { id: `time.${id}`, label, value, unit: 's', ...more };
}

const microBatches = (job: TrainingJob): TermInput => ({
  name: 'micro batches',
  value: job.batch.accumulation,
  field: 'batch.accumulation',
});

/** The calibration that a job's times rest on, as an input of each that does. */
function calibrationInput({ cluster: { measured } }: TrainingJob): readonly TermInput[] {
  return measured ? [{ name: 'calibration', value: measured.name, from: calibrationPath }] : [];
}

/** What the busiest rank does and waits for; `hidden` are the seconds of exchanges that passes running together hide. */
function workTerms(job: TrainingJob, part: RankParts, hidden: number): readonly Term[] {
  const m = job.batch.accumulation;
  const micro = microBatches(job);
  const calibration = calibrationInput(job);
  const terms = [
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
    seconds('expert', 'Waiting for EP', m * part.expertComm - hidden, {
      formula: 'micro batches * layers with experts * all-to-alls - what passes that run together hide',
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
  ];
  return terms.filter(({ value }) => value > 0).map((term) => ({ ...term, inputs: [...(term.inputs ?? []), ...calibration] }));
}

/** What follows the pipeline. */
function tailTerms(job: TrainingJob, tail: ScheduleRequest['tail']): readonly Term[] {
  return [
    seconds('gradient-reduction', 'Gradient reduction not hidden', tail.gradientReduction, {
      formula: 'all of it, or with overlap what outlasts the last backward pass and the last bucket',
      inputs: [{ name: 'overlap', value: String(job.overlap.gradReduce), field: 'overlap.gradReduce' }],
    }),
    seconds('optimizer', 'Optimizer step', tail.optimizer, {
      formula: 'bytes of gradients, master weights and moments / bandwidth + fixed host time',
      inputs: [
        { name: 'optimizer', value: job.optimizer.kind, field: 'optimizer.kind' },
        { name: 'GPU', value: job.cluster.accelerator.label, field: 'cluster.gpu' },
        { name: 'fixed host time', value: hostCalibration.stepFloor, from: 'fitted, docs/model/parameters.md' },
      ],
    }),
    seconds('parameter-gather', 'Parameter gathering not hidden', tail.parameterGather, {
      formula: 'all of it, or with overlap what outlasts the first forward pass and the first bucket',
      inputs: [{ name: 'overlap', value: String(job.overlap.paramGather), field: 'overlap.paramGather' }],
    }),
  ];
}

/** The step of the slowest rank: pipeline, then what follows it. */
export function stepTerm(
  job: TrainingJob,
  band: Band,
  step: number,
  run: PipelineSummary,
  tail: ScheduleRequest['tail'],
  times: StageTimes,
): Term {
  const slowest = Math.max(...Array.from(run.busySeconds));
  const slowestRank = run.busySeconds.indexOf(slowest);
  const part = times.parts[slowestRank] ?? times.parts[0];
  const work = part ? workTerms(job, part, run.hiddenSeconds[slowestRank] ?? 0) : [];
  const pipeline = sumOf('time.pipeline', 'Pipeline', 's', [
    ...work,
    // The two are summed in different orders: equal ones may differ in the last digit.
    seconds('bubble', 'Bubble and transfers', Math.max(0, run.period - slowest), {
      formula: 'simulated time of the pipeline - busiest rank',
      inputs: [
        microBatches(job),
        { name: 'p', value: job.parallel.pipeline, field: 'parallel.pipeline' },
        { name: 'v', value: job.parallel.virtualStages, field: 'parallel.virtualStages' },
      ],
      source: 'simulation of the schedule',
    }),
  ]);
  const step_ = sumOf('time.step', 'Step time', 's', [pipeline, ...tailTerms(job, tail)]);
  const { measured } = job.cluster;
  return { ...step_, value: step, band, ...(measured ? { note: `calibrated by ${measured.name} (${calibrationPath})` } : {}) };
}

interface Counted extends CountedFlops {
  readonly info: ConventionInfo;
}

/** Rates of FLOPs and their shares of the peak, all by the job's convention; MFU by the others stands below it. */
function flopsTerms(job: TrainingJob, band: Band, tokens: number, gpus: number, step: number, peak: number) {
  const stepInput = { name: 'step', value: step, from: 'time.step' };
  const format = job.precision.compute;
  const peakInput = { name: 'peak', value: peak, field: 'cluster.gpu' as const, from: `dense ${format} rate of the data sheet` };
  const rate = ({ info, ...flops }: Counted, kind: 'model' | 'hardware', share: boolean, id: string, label: string): Term => {
    const value = flops[kind] / step / gpus / (share ? peak : 1);
    const from = `${info.formula}${kind === 'hardware' ? '; recomputation included' : ''}`;
    return {
      id: `throughput.${id}`,
      label,
      value,
      unit: share ? '1' : 'FLOP/s',
      formula: share ? `${kind} FLOPs / (step * GPUs * peak)` : `${kind} FLOPs / step / GPUs`,
      inputs: [
        stepInput,
        { name: `${kind} FLOPs`, value: flops[kind], field: 'report.mfuConvention', from },
        ...(share ? [peakInput] : []),
      ],
      source: info.source,
      band: rateBand(value, step, band),
      note: `${info.label}'s FLOPs: ${info.formula}`,
    };
  };
  const by = (id: FlopsConvention): Counted => ({ info: flopsConventions[id], ...countedFlops(job, tokens, id) });
  const chosen = by(job.mfuConvention);
  const others = (Object.keys(flopsConventions) as FlopsConvention[]).filter((id) => id !== job.mfuConvention);
  return {
    modelFlopsPerGpu: rate(chosen, 'model', false, 'model-flops', 'Model FLOP/s per GPU'),
    hardwareFlopsPerGpu: rate(chosen, 'hardware', false, 'hardware-flops', 'Hardware FLOP/s per GPU'),
    mfu: {
      ...rate(chosen, 'model', true, 'mfu', 'MFU'),
      combine: 'none' as const,
      children: others.map((id) => rate(by(id), 'model', true, `mfu.${id}`, 'MFU')),
    },
    hfu: rate(chosen, 'hardware', true, 'hfu', 'HFU'),
  };
}

export function throughputTerms(
  job: TrainingJob,
  band: Band,
  tokens: number,
  gpus: number,
  step: number,
  peak: number,
): TrainingEstimate['throughput'] {
  const inputs = [
    { name: 'step', value: step, from: 'time.step' },
    { name: 'tokens', value: tokens, field: 'batch.global' as const },
  ];
  const rate = (id: string, label: string, value: number, formula: string, more: readonly TermInput[] = []): Term => ({
    id: `throughput.${id}`,
    label,
    value,
    unit: 'tokens/s',
    formula,
    inputs: [...inputs, ...more],
    band: rateBand(value, step, band),
  });
  return {
    tokensPerSecond: rate('tokens', 'Tokens per second', tokens / step, 'tokens / step'),
    tokensPerSecondPerGpu: rate('tokens-per-gpu', 'Tokens per second and GPU', tokens / step / gpus, 'tokens / step / GPUs', [
      { name: 'GPUs', value: gpus, field: 'cluster.gpus' },
    ]),
    ...flopsTerms(job, band, tokens, gpus, step, peak),
  };
}

export function costTerms(job: TrainingJob, band: Band, gpus: number, step: number, tokens: number): TrainingEstimate['cost'] {
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
    band: scaledBand(value, step, band),
  });
  return {
    perStep: term('per-step', 'Cost of a step', perStep, 'price * GPUs * step / 3600'),
    perBillionTokens: term('per-billion-tokens', 'Cost of a billion tokens', (perStep / tokens) * 1e9, 'cost of a step / tokens * 1e9'),
  };
}
