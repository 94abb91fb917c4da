/**
 * The step as terms: what one pipeline rank does and waits for, and what follows the pipeline. The terms of any rank add up
 * to the step; the estimate's own are those of the busiest.
 */
import { calibrationPath } from '../calibration/calibration-file.ts';
import { hostCalibration } from '../calibration/host.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { ScheduleRequest } from '../schedules/schedule.ts';
import type { PipelineSummary } from '../schedules/simulate.ts';
import { type Band, sumOf, type Term, type TermInput } from '../term.ts';
import type { Seconds } from '../units.ts';
import type { RankParts, StageTimes } from './stage-times.ts';

/** What the terms of a step are made from. */
export interface StepNumbers {
  readonly step: Seconds;
  readonly run: PipelineSummary;
  readonly request: ScheduleRequest;
  readonly times: StageTimes;
}

function seconds(id: string, label: string, value: number, more: Partial<Term> = {}): Term {
  return { id: `time.${id}`, label, value, unit: 's', ...more };
}

const microBatches = (job: TrainingJob): TermInput => ({
  name: 'micro batches',
  value: job.batch.accumulation,
  field: 'batch.accumulation',
});

/** What a rank computes once, by kind of kernel. */
function computeTerm(job: TrainingJob, part: RankParts): Term {
  const m = job.batch.accumulation;
  const gpu: TermInput = { name: 'GPU', value: job.cluster.accelerator.label, field: 'cluster.gpu' };
  const inputs: readonly TermInput[] = [
    microBatches(job),
    { name: 'b', value: job.batch.micro, field: 'batch.micro' },
    { name: 's', value: job.sequenceLength, field: 'sequence.length' },
    { name: 't', value: job.parallel.tensor, field: 'parallel.tensor' },
    gpu,
  ];
  const children = [
    seconds('compute.products', 'Matrix products', m * part.gemm, {
      formula: 'micro batches * layers * max(tile FLOPs / rate, bytes / bandwidth), forward and backward',
      inputs: [...inputs, { name: 'h', value: job.model.hidden, field: 'model.hidden' }],
      source: 'docs/model/kernels.md',
    }),
    seconds('compute.attention', 'Attention and scans', m * part.attention, {
      formula: 'micro batches * layers * FLOPs of the pairs the mask lets through / rate of the kernel, forward and backward',
      inputs: [...inputs, { name: 'kernel', value: job.attention, field: 'attention.kernel' }],
      source: 'Dao 2023, section 3; docs/model/kernels.md',
    }),
    seconds('compute.streaming', 'Memory-bound kernels', m * part.streaming, {
      formula: 'micro batches * layers * (bytes / bandwidth + kernels * least time of one)',
      inputs: [...inputs, { name: 'compiled', value: String(job.compiled), field: 'compile.enabled' }],
      source: 'docs/model/kernels.md',
    }),
    seconds('compute.ends', 'Embedding, head and loss', m * part.ends, {
      formula: 'micro batches * (look-up + towers + logits product + cross-entropy)',
      inputs: [...inputs, { name: 'V', value: job.model.paddedVocab, field: 'model.vocab' }],
      source: 'docs/model/kernels.md',
    }),
  ].filter(({ value }) => value > 0);
  return sumOf('time.compute', 'Computation', 's', children, {
    formula: 'micro batches * (products + attention + streaming kernels)',
    inputs: [microBatches(job), gpu],
  });
}

/** The calibration that a job's times rest on, as an input of each that does. */
function calibrationInput({ cluster: { measured } }: TrainingJob): readonly TermInput[] {
  return measured ? [{ name: 'calibration', value: measured.name, from: calibrationPath }] : [];
}

/** What a rank does and waits for; `hidden` are the seconds of exchanges that passes running together hide. */
function workTerms(job: TrainingJob, part: RankParts, hidden: number): readonly Term[] {
  const m = job.batch.accumulation;
  const micro = microBatches(job);
  const terms = [
    computeTerm(job, part),
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
  return terms.filter((term) => term.value > 0).map((term) => ({ ...term, inputs: [...(term.inputs ?? []), ...calibrationInput(job)] }));
}

/** What a rank waits for in the pipeline: its own sends where they block it, and the other ranks. */
function pipelineWaits(job: TrainingJob, { run, request }: StepNumbers, rank: number): readonly Term[] {
  const held = run.transferSeconds[rank] ?? 0;
  const p: TermInput = { name: 'p', value: job.parallel.pipeline, field: 'parallel.pipeline' };
  const inputs = [microBatches(job), p, { name: 'v', value: job.parallel.virtualStages, field: 'parallel.virtualStages' as const }];
  const source = 'simulation of the schedule';
  const transfers = seconds('transfers', 'Waiting for PP', held, {
    formula: 'sends * seconds of one, which hold the rank up',
    inputs: [microBatches(job), p, { name: 'send', value: request.transfer, field: 'cluster.interconnect' }],
    source,
  });
  // Summed in different orders, equal ones may differ in the last digit.
  const bubble = seconds('bubble', 'Bubble', Math.max(0, run.period - (run.busySeconds[rank] ?? 0) - held), {
    formula: 'simulated time of the pipeline - what the rank does and sends',
    inputs,
    source,
  });
  return held > 0 ? [transfers, bubble] : [bubble];
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

/** The rank that computes longest. */
export function busiestRank({ run }: Pick<StepNumbers, 'run'>): number {
  return run.busySeconds.indexOf(Math.max(...Array.from(run.busySeconds)));
}

/** The step of one rank: pipeline, then what follows it. */
export function stepTerm(job: TrainingJob, band: Band, numbers: StepNumbers, rank = busiestRank(numbers)): Term {
  const { step, run, request, times } = numbers;
  const part = times.parts[rank] ?? times.parts[0];
  const work = part ? workTerms(job, part, run.hiddenSeconds[rank] ?? 0) : [];
  const pipeline = sumOf('time.pipeline', 'Pipeline', 's', [...work, ...pipelineWaits(job, numbers, rank)]);
  const step_ = sumOf('time.step', 'Step time', 's', [pipeline, ...tailTerms(job, request.tail)]);
  const { measured } = job.cluster;
  return { ...step_, value: step, band, ...(measured ? { note: `calibrated by ${measured.name} (${calibrationPath})` } : {}) };
}
