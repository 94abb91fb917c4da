/**
 * From measured steps and the job that ran to a calibration: how many times as long each kind of kernel and collective took as the model says.
 * A collective waits for the slowest of its ranks, so that the faster quarter of equal ones stands for the links.
 */
import { clusterCalibration, modelFingerprint } from '../calibration/measured.ts';
import type {
  CalibratedCollective,
  LinkLevel,
  MeasuredCollective,
  MeasuredFactor,
  MeasuredSpeeds,
} from '../calibration/measured-speeds.ts';
import { allToAllTime } from '../comms/all-to-all.ts';
import { allGatherTime, allReduceTime, reduceScatterTime, sendTime } from '../comms/collectives.ts';
import { groupsOf } from '../comms/groups.ts';
import { type Group, type Placement, place } from '../comms/network.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { gpusOf, trainingNumbers } from '../training/training-numbers.ts';
import type { Bytes, Seconds } from '../units.ts';
import { type Collective, dimensionOf } from './collective.ts';
import type { MeasuredStep } from './measured-step.ts';
import type { PartId } from './parts.ts';
import { predictedStep, stageOfRank } from './predicted-step.ts';
import { medianGap, type Recording } from './recorder.ts';

/** One measured process. */
export interface MeasuredRank {
  readonly rank?: number;
  readonly recording: Recording;
  readonly step: MeasuredStep;
}

export interface DerivedFrom {
  readonly name: string;
  readonly configuration: string;
  readonly software: string;
}

/** Beyond these a trace is of another job or machine than the configuration. */
const plausible = (slowdown: number): boolean => slowdown >= 0.2 && slowdown <= 20;

/** The calibration of a job's GPU by the processes that were measured, or why there can be none. */
export function deriveCalibration(
  job: TrainingJob,
  ranks: readonly MeasuredRank[],
  from: DerivedFrom,
): { readonly speeds: MeasuredSpeeds; readonly left: readonly string[] } | { readonly refused: string } {
  const { measured: _, ...cluster } = job.cluster;
  const plain: TrainingJob = { ...job, cluster };
  const numbers = trainingNumbers(plain);
  if ('refused' in numbers) return numbers;
  if (ranks.every(({ step }) => step.found === 0))
    return { refused: 'the trace marks no steps, so that its kernels cannot be counted per step' };
  const left: string[] = [];
  const factor = (id: PartId): MeasuredFactor | undefined => {
    const ratios = ranks.flatMap(({ rank, step }) => {
      const predicted = predictedStep(plain, numbers, stageOfRank(plain, rank, numbers)).parts.find((part) => part.id === id)?.visible ?? 0;
      const part = step.parts.find((one) => one.id === id);
      return predicted > 0 && part ? part.samples.map((seconds) => seconds / predicted) : [];
    });
    const found = factorOf(ratios);
    if (found && !plausible(found.slowdown)) {
      left.push(`${id}: ${found.slowdown.toPrecision(3)} times the prediction is no calibration; the configuration may be another one`);
      return undefined;
    }
    return found;
  };
  const gemm = factor('gemm');
  const attention = factor('attention');
  const memoryBound = factor('memory-bound');
  const hostOperator = hostOf(plain, ranks);
  const collectives = collectivesOf(plain, ranks, left);
  if (!gemm && !attention && !memoryBound && collectives.length === 0)
    return { refused: left[0] ?? 'no kernel of the trace has a prediction to compare it with' };
  const { accelerator } = cluster;
  return {
    speeds: {
      ...from,
      gpu: accelerator.id,
      model: modelFingerprint(accelerator.architecture),
      ...(gemm ? { gemm } : {}),
      ...(attention ? { attention } : {}),
      ...(memoryBound ? { memoryBound } : {}),
      ...(hostOperator ? { hostOperator } : {}),
      collectives,
    },
    left,
  };
}

function factorOf(ratios: readonly number[]): MeasuredFactor | undefined {
  if (ratios.length === 0) return undefined;
  const mean = ratios.reduce((sum, one) => sum + one, 0) / ratios.length;
  return { slowdown: round(mean), samples: ratios.length, spread: shareOf((Math.max(...ratios) - Math.min(...ratios)) / mean) };
}

const round = (value: number): number => Number(value.toPrecision(6));
const shareOf = (value: number): number => Number(value.toFixed(4));

/** Gaps between launches are those of single operators only where nothing launches them in bundles. */
function hostOf(job: TrainingJob, ranks: readonly MeasuredRank[]): MeasuredSpeeds['hostOperator'] {
  if (job.compiled || job.cudaGraphs !== 'none') return undefined;
  const usual = clusterCalibration(job.cluster, gpusOf(job)).hostOperator;
  const gaps = ranks.flatMap(({ recording }) => medianGap(recording.launches) ?? []).sort((a, b) => a - b);
  const seconds = gaps[Math.floor(gaps.length / 2)];
  // The host of a busy GPU waits for room in its queue: such gaps tell of the GPU.
  if (seconds === undefined || seconds > 3 * usual || seconds < usual / 10) return undefined;
  return { seconds: round(seconds), samples: ranks.reduce((sum, { recording }) => sum + recording.launches.calls, 0) };
}

interface Point {
  readonly kind: CalibratedCollective;
  readonly level: LinkLevel;
  readonly fixed: Seconds;
  readonly whole: Seconds;
  readonly measured: Seconds;
  readonly samples: number;
  readonly spread: number;
  /** Bus bytes of one message, as nccl-tests counts them. */
  readonly moved: Bytes;
}

function collectivesOf(job: TrainingJob, ranks: readonly MeasuredRank[], left: string[]): readonly MeasuredCollective[] {
  const points = ranks.flatMap(({ recording }) => pointsOf(job, recording));
  const keys = new Set(points.map(({ kind, level }) => `${kind} ${level}`));
  return [...keys].flatMap((key) => {
    const fitted = collectiveFrom(points.filter(({ kind, level }) => `${kind} ${level}` === key));
    if (plausible(fitted.latency) && plausible(fitted.rate)) return [fitted];
    left.push(`${fitted.kind} (${fitted.level}): ${fitted.rate.toPrecision(3)} times the prediction; its ranks waited for each other`);
    return [];
  });
}

/** Messages whose fixed part is a small share of their time tell the rate, the others the latency. */
function collectiveFrom(points: readonly Point[]): MeasuredCollective {
  const [first] = points as readonly [Point];
  const large = points.filter(({ fixed, whole }) => fixed < 0.3 * whole);
  const small = points.filter(({ fixed, whole }) => fixed >= 0.3 * whole);
  const rate = median(large.map(({ fixed, whole, measured }) => Math.max(measured - fixed, measured / 10) / (whole - fixed)));
  const latency = median(
    small.map(({ fixed, whole, measured }) => Math.max(measured - (rate ?? 1) * (whole - fixed), measured / 10) / Math.max(fixed, 1e-9)),
  );
  const largest = points.reduce((most, one) => (one.moved > most.moved ? one : most), first);
  return {
    kind: first.kind,
    level: first.level,
    latency: round(latency ?? 1),
    rate: round(rate ?? latency ?? 1),
    bandwidth: round(largest.moved / largest.measured),
    samples: points.reduce((sum, { samples }) => sum + samples, 0),
    spread: shareOf(Math.max(...points.map(({ spread }) => spread))),
  };
}

const median = (values: readonly number[]): number | undefined => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** One point for each distinct message of a recording. */
function pointsOf(job: TrainingJob, { kernels, collectives }: Recording): readonly Point[] {
  const durations = new Map<number, number[]>();
  for (let at = 0; at < kernels.count; at++) {
    const which = kernels.collective[at] ?? -1;
    if (which < 0) continue;
    const list = durations.get(which) ?? [];
    durations.set(which, list);
    if (list.length < 10_000) list.push(kernels.duration[at] ?? 0);
  }
  return [...durations].flatMap(([which, list]) => {
    const collective = collectives[which];
    return collective ? (pointOf(job, collective, list) ?? []) : [];
  });
}

function pointOf(job: TrainingJob, collective: Collective, list: number[]): Point | undefined {
  const { bytes, kind } = collective;
  const group = groupFor(job, collective);
  if (bytes === undefined || group === undefined || group.size < 2 || kind === 'broadcast' || kind === 'collective') return undefined;
  const placement = place(job.cluster, group);
  const sorted = list.sort((a, b) => a - b);
  const quantile = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const measured = quantile(0.25);
  if (!(measured > 0)) return undefined;
  const whole = timeOf(placement, group.size, kind, bytes);
  const share = (group.size - 1) / group.size;
  return {
    kind,
    level: placement.level.kind,
    fixed: Math.min(whole, timeOf(placement, group.size, kind, 1)),
    whole,
    measured,
    samples: sorted.length,
    spread: (quantile(0.9) - quantile(0.1)) / measured,
    moved: bytes * (kind === 'all-reduce' ? 2 * share : kind === 'send-recv' ? 1 : share),
  };
}

function timeOf(placement: Placement, size: number, kind: CalibratedCollective, bytes: Bytes): Seconds {
  switch (kind) {
    case 'all-reduce':
      return allReduceTime(placement, size, bytes);
    case 'all-gather':
      return allGatherTime(placement, size, bytes);
    case 'reduce-scatter':
      return reduceScatterTime(placement, size, bytes);
    case 'all-to-all':
      return allToAllTime(placement, size, bytes);
    case 'send-recv':
      return sendTime(placement, bytes);
  }
}

/** Where the ranks of a collective lie: by its own ranks, else as the job's group of that dimension. */
function groupFor(job: TrainingJob, collective: Collective): Group | undefined {
  const groups = groupsOf(job);
  const dimension = dimensionOf(collective, job);
  const known: Readonly<Record<string, Group>> = {
    tensor: groups.tensor,
    context: groups.context,
    expert: groups.expert,
    pipeline: { size: 2, stride: groups.pipeline.stride },
    data: groups.reduce,
  };
  const usual = known[dimension];
  const { groupSize, stride } = collective;
  if (collective.kind === 'send-recv') return usual && { size: 2, stride: usual.stride };
  if (groupSize !== undefined && stride !== undefined) return { size: groupSize, stride };
  if (!usual) return undefined;
  return groupSize === undefined || groupSize === usual.size ? usual : { size: groupSize, stride: usual.stride };
}
