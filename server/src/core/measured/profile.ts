/** Measured files against the job that ran: what a command line prints and a panel shows. */
import type { Estimate } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Cluster } from '../hardware.ts';
import type { PartialJob } from '../job-fields.ts';
import { completeTraining } from '../training/complete-training.ts';
import { type TrainingNumbers, trainingNumbers } from '../training/training-numbers.ts';
import { compareStep, type StepComparison } from './compare-step.ts';
import type { ComparedFigure } from './compared-figure.ts';
import type { DerivedFrom, MeasuredRank } from './derive-calibration.ts';
import { compareServingLog, compareTrainingLog } from './log-figures.ts';
import { devicesOf, type MeasuredStep, measuredStep, slotsOf } from './measured-step.ts';
import { predictedStep, stageOfRank } from './predicted-step.ts';
import type { KernelTotal, Recording } from './recorder.ts';
import { type DeviceOrigin, type MeasuredTrace, type TraceFormat, type TraceOrigin, traceFormats } from './trace.ts';

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
  /** What the trace calls it, where it holds several. */
  readonly name?: string;
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

const computingParts: ReadonlySet<string> = new Set(['pass', 'gemm', 'attention', 'memory-bound']);
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
    devices: recording ? devicesOfTrace(trace, recording, job) : [],
    figures: figuresOf(trace, profiled?.estimate),
  };
}

function figuresOf({ log }: MeasuredTrace, estimate: Estimate | undefined): readonly ComparedFigure[] {
  if (!log) return [];
  if (log.kind === 'training') return compareTrainingLog(log, estimate?.kind === 'training' ? estimate : undefined);
  return compareServingLog(log, estimate?.kind === 'serving' ? estimate : undefined);
}

function devicesOfTrace({ origin }: MeasuredTrace, recording: Recording, job: TrainingJob | undefined): readonly ProfiledDevice[] {
  const slots = slotsOf(recording, job);
  const numbers = job && trainingNumbers(job);
  const ran = job && numbers && !('refused' in numbers) ? { job, numbers } : undefined;
  const devices = devicesOf(recording);
  return devices.map((device) => {
    const told = origin.devices?.find((one) => one.device === device);
    const rank = told ? told.rank : origin.rank;
    const stage = ran && stageOf(told, rank, ran.job, ran.numbers);
    const step = measuredStep(recording, device, job, slots);
    const predicted = ran && stage !== undefined && step.found > 0 ? predictedStep(ran.job, ran.numbers, stage) : undefined;
    return {
      device,
      ...(told?.name === undefined ? {} : { name: told.name }),
      ...(rank === undefined ? {} : { rank }),
      ...(stage === undefined ? {} : { stage }),
      step,
      comparison: compareStep(step, predicted),
      kernels: longestKernels(recording, devices.length > 1 ? device : undefined),
      beyond: recording.beyond,
      recording,
      slots,
    };
  });
}

/** The rank of the pipeline: as the trace says, or as the order of the ranks has it. */
function stageOf(told: DeviceOrigin | undefined, rank: number | undefined, job: TrainingJob, numbers: TrainingNumbers): number {
  const stage = told?.stage ?? -1;
  return stage >= 0 && stage < job.parallel.pipeline ? stage : stageOfRank(job, rank, numbers);
}

/** The names that took longest: of all kernels, or of those of one device that were kept. */
function longestKernels({ names, kernels }: Recording, device: number | undefined): readonly KernelTotal[] {
  const totals = device === undefined ? names : names.map((total) => ({ ...total, count: 0, seconds: 0 }));
  for (let at = 0; device !== undefined && at < kernels.count; at++) {
    const total = totals[kernels.name[at] ?? 0];
    if (!total || kernels.device[at] !== device) continue;
    total.count++;
    total.seconds += kernels.duration[at] ?? 0;
  }
  return totals
    .filter(({ seconds }) => seconds > 0)
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, mostKernels);
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
  if (origin.isPrediction) doubts.push(`${name} is a prediction that Rooflint exported, not a measured run.`);
  const assumed = origin.devices?.filter((one) => one.assumed === true) ?? [];
  if (assumed.length > 0)
    doubts.push(`${name} names no ranks: its processes 0 to ${assumed.length - 1} are taken as the ranks with these numbers.`);
  if (broken !== undefined) doubts.push(`${name}: ${broken}.`);
  return doubts;
}

/** Why the files are no base for a calibration, if so. */
export function notMeasured(profile: Profile): string | undefined {
  const predicted = profile.files.find(({ origin }) => origin.isPrediction);
  if (predicted) return `${predicted.name} is a prediction, not a run`;
  return measuredRanks(profile).length === 0 ? 'a calibration is made from kernels; logs hold none' : undefined;
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
