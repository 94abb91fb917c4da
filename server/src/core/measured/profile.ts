/** Measured files against the job that ran: what a command line prints and a panel shows. */
import type { Estimate } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Cluster } from '../hardware.ts';
import type { PartialJob } from '../job-fields.ts';
import { completeTraining } from '../training/complete-training.ts';
import { trainingNumbers } from '../training/training-numbers.ts';
import { compareStep, type StepComparison } from './compare-step.ts';
import type { ComparedFigure } from './compared-figure.ts';
import type { DerivedFrom, MeasuredRank } from './derive-calibration.ts';
import { compareServingLog, compareTrainingLog } from './log-figures.ts';
import { devicesOf, type MeasuredStep, measuredStep, slotsOf } from './measured-step.ts';
import { predictedStep, stageOfRank } from './predicted-step.ts';
import type { KernelTotal, Recording } from './recorder.ts';
import { type MeasuredTrace, type TraceFormat, type TraceOrigin, traceFormats } from './trace.ts';

/** The job a trace is held against. */
export interface ProfiledJob {
  readonly job: PartialJob;
  readonly runsAs: string;
  readonly cluster: Cluster | undefined;
  readonly estimate: Estimate | undefined;
}

/** One GPU of a trace. */
export interface ProfiledDevice {
  readonly device: number;
  /** Rank of the process, where the trace says it. */
  readonly rank?: number;
  /** Rank of the pipeline it was compared with. */
  readonly stage?: number;
  readonly step: MeasuredStep;
  readonly comparison: StepComparison;
  readonly kernels: readonly KernelTotal[];
  /** Kernels whose times only count in the totals, since there were too many. */
  readonly beyond: number;
  readonly recording: Recording;
  readonly slots: Uint8Array;
}

export interface ProfiledFile {
  readonly name: string;
  readonly format: TraceFormat;
  readonly label: string;
  readonly origin: TraceOrigin;
  readonly broken?: string;
  readonly devices: readonly ProfiledDevice[];
  readonly figures: readonly ComparedFigure[];
}

export interface Profile {
  readonly files: readonly ProfiledFile[];
  /** What makes the comparison doubtful, in sentences. */
  readonly doubts: readonly string[];
}

/** The complete training job, where the configuration is one. */
export function trainingJobOf({ job, runsAs, cluster, estimate }: ProfiledJob): TrainingJob | undefined {
  if (estimate?.kind !== 'training') return undefined;
  const completed = completeTraining(job, runsAs, cluster);
  return 'job' in completed ? completed.job : undefined;
}

const mostKernels = 12;

export function profileOf(traces: readonly MeasuredTrace[], profiled: ProfiledJob | undefined): Profile {
  const job = profiled && trainingJobOf(profiled);
  const files = traces.map((trace) => fileOf(trace, profiled, job));
  const doubts = profiled ? traces.flatMap((trace) => doubtsOf(trace, profiled)) : [];
  return { files, doubts: [...doubts, ...unevenRanks(files)] };
}

/** Ranks that do the same work should take the same time; the others wait for the slowest. */
function unevenRanks(files: readonly ProfiledFile[]): readonly string[] {
  const ranks = files.flatMap(({ name, devices }) =>
    devices.map((device) => ({ name, stage: device.stage, busy: computingOf(device.step) })),
  );
  return [...new Set(ranks.map(({ stage }) => stage))].flatMap((stage) => {
    const alike = ranks.filter((one) => one.stage === stage).sort((a, b) => a.busy - b.busy);
    const [fastest, slowest] = [alike[0], alike.at(-1)];
    if (!fastest || !slowest || !(slowest.busy > 1.05 * fastest.busy)) return [];
    const more = Math.round((slowest.busy / fastest.busy - 1) * 100);
    return [
      `The kernels of ${slowest.name} compute ${more} % longer per step than those of ${fastest.name}: the other ranks wait for them.`,
    ];
  });
}

const computingParts: ReadonlySet<string> = new Set(['gemm', 'attention', 'memory-bound']);
const computingOf = ({ parts }: MeasuredStep): number =>
  parts.reduce((sum, { id, visible }) => sum + (computingParts.has(id) ? visible : 0), 0);

function fileOf(trace: MeasuredTrace, profiled: ProfiledJob | undefined, job: TrainingJob | undefined): ProfiledFile {
  const { name, format, origin, broken, recording } = trace;
  return {
    name,
    format,
    label: traceFormats[format],
    origin,
    ...(broken === undefined ? {} : { broken }),
    devices: recording ? devicesOf(recording).map((device) => deviceOf(trace, recording, device, job)) : [],
    figures: figuresOf(trace, profiled?.estimate),
  };
}

function figuresOf({ log }: MeasuredTrace, estimate: Estimate | undefined): readonly ComparedFigure[] {
  if (!log) return [];
  if (log.kind === 'training') return compareTrainingLog(log, estimate?.kind === 'training' ? estimate : undefined);
  return compareServingLog(log, estimate?.kind === 'serving' ? estimate : undefined);
}

function deviceOf({ origin }: MeasuredTrace, recording: Recording, device: number, job: TrainingJob | undefined): ProfiledDevice {
  const slots = slotsOf(recording, job);
  const step = measuredStep(recording, device, job, slots);
  const numbers = job && trainingNumbers(job);
  const stage = job && numbers && !('refused' in numbers) ? stageOfRank(job, origin.rank, numbers) : undefined;
  const predicted = job && numbers && !('refused' in numbers) && stage !== undefined ? predictedStep(job, numbers, stage) : undefined;
  return {
    device,
    ...(origin.rank === undefined ? {} : { rank: origin.rank }),
    ...(stage === undefined ? {} : { stage }),
    step,
    comparison: compareStep(step, step.found > 0 ? predicted : undefined),
    kernels: recording.names
      .filter(({ seconds }) => seconds > 0)
      .sort((a, b) => b.seconds - a.seconds)
      .slice(0, mostKernels),
    beyond: recording.beyond,
    recording,
    slots,
  };
}

/** GPUs as the driver names them and as a data sheet does share their model: "H100", "MI300X", "L40S". */
const modelIn = (name: string): string | undefined =>
  /\b(?:[A-Z]{1,3}\d{2,4}[A-Z]{0,2}|RTX \d{4})\b/.exec(name.replaceAll(/[-_]/g, ' ').toUpperCase())?.[0];

function doubtsOf({ name, origin, recording, broken }: MeasuredTrace, { cluster, estimate }: ProfiledJob): readonly string[] {
  const doubts: string[] = [];
  const ran = origin.gpu === undefined ? undefined : modelIn(origin.gpu);
  const planned = cluster && modelIn(cluster.accelerator.label);
  if (ran !== undefined && planned !== undefined && ran !== planned)
    doubts.push(`${name} was measured on ${origin.gpu}, the estimate is for ${cluster?.accelerator.label}.`);
  if (estimate?.kind === 'training' && origin.worldSize !== undefined && origin.worldSize !== estimate.gpus)
    doubts.push(`${name} is of a job of ${origin.worldSize} ranks, the configuration starts ${estimate.gpus}.`);
  if (estimate?.kind === 'training' && recording && recording.steps.length === 0)
    doubts.push(`${name} marks no steps (ProfilerStep#N, an NVTX range per iteration): it is shown as a whole and not compared.`);
  if (broken !== undefined) doubts.push(`${name}: ${broken}.`);
  return doubts;
}

/** The measured processes of the traces, for a calibration. */
export function measuredRanks(profile: Profile): readonly MeasuredRank[] {
  return profile.files.flatMap(({ devices }) =>
    devices.map(({ rank, recording, step }) => ({ ...(rank === undefined ? {} : { rank }), recording, step })),
  );
}

/** What a calibration by these files is called. */
export function nameOfRun(files: readonly { readonly name: string }[], configuration: string, software: string): DerivedFrom {
  const [first] = files;
  const more = files.length > 1 ? ` and ${files.length - 1} more` : '';
  return { name: `${first?.name ?? 'a run'}${more}`.slice(0, 400), configuration, software };
}
