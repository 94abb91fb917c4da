/**
 * Neighbouring values of one field, each put into the job, derived and estimated again: with another TP there is another
 * DP and another number of micro batches too. A value that the framework would refuse says so instead of a number.
 */
import type { JobField, PartialJob } from '../core/job-fields.ts';
import type { Alternative, JobAnalysis } from './analysis.ts';
import { degreesOf, divisors, oddDegreesNear } from './degrees.ts';
import { type TriedJob, trialsOf } from './trials.ts';
import { countedJob } from './world.ts';

type Value = number | string | boolean;

const powersOfTwo: readonly number[] = [1, 2, 4, 8, 16, 32, 64];

/** Powers of two around the current value, the current one among them. */
const around = (current: number, reach = 2): readonly number[] => {
  const near = powersOfTwo.filter((value) => value >= current / 2 ** (reach + 1) && value <= current * 2 ** reach);
  return [...new Set([...near, current])].sort((a, b) => a - b);
};

/** Half, the same, twice: for quantities that may be any number. */
const scaledBy = (current: number, factors: readonly number[]): readonly number[] =>
  factors.map((factor) => current * factor).filter((value) => Number.isInteger(value) && value >= 1);

const both: readonly boolean[] = [false, true];
const shares: readonly number[] = [0.8, 0.85, 0.9, 0.95];

/** Values worth trying where a field's value is being typed: what stands there now says nothing. */
export function typedCandidates(field: JobField, job: PartialJob): readonly Value[] {
  return degrees.has(field) ? degreesOf(field, job) : candidates(field, field === 'batch.micro' ? { ...job, [field]: 2 } : job);
}

const degrees: ReadonlySet<JobField> = new Set(['parallel.tensor', 'parallel.pipeline', 'parallel.context', 'parallel.expert']);

/** The values to try for a field, or none when trying says nothing. */
function candidates(field: JobField, job: PartialJob): readonly Value[] {
  const current = job[field];
  if (typeof current === 'number') return numbers(field, current, job);
  switch (field) {
    case 'recompute.granularity':
      return ['none', 'selective', 'full'];
    case 'attention.kernel':
      return ['unfused', 'flash'];
    case 'zero.offloadOptimizer':
      return ['none', 'cpu'];
    case 'zero.offloadParam':
      return ['none', 'cpu'];
    case 'precision.gradients':
      return ['fp32', 'bf16'];
    case 'serving.kvCacheDtype':
      return [...new Set([String(current ?? 'bf16'), 'fp8'])];
    case 'parallel.schedule':
      return ['gpipe', '1f1b'];
    case 'parallel.sequence':
    case 'parallel.tpCommOverlap':
    case 'overlap.gradReduce':
    case 'overlap.paramGather':
    case 'zero.overlapComm':
    case 'precision.fp8':
    case 'optimizer.cpuOffload':
    case 'compile.enabled':
    case 'serving.enforceEager':
      return both;
    default:
      return [];
  }
}

function numbers(field: JobField, current: number, job: PartialJob): readonly number[] {
  if (!(current > 0) && field !== 'zero.stage') return [];
  switch (field) {
    case 'parallel.tensor':
    case 'parallel.pipeline':
    case 'parallel.context':
      return [...new Set([...around(current), ...oddDegreesNear(field, job, current)])].sort((a, b) => a - b);
    case 'parallel.expert':
      return [...new Set([...degreesOf(field, job).filter((value) => value > current / 8 && value < current * 8), current])].sort(
        (a, b) => a - b,
      );
    case 'parallel.virtualStages':
      return divisors((job['model.layers'] ?? 0) / (job['parallel.pipeline'] ?? 1) || 1, 8);
    case 'zero.stage':
      return job['zero.implementation'] === 'megatron-distributed-optimizer' ? [0, 1] : [0, 1, 2, 3];
    case 'batch.micro':
      return around(current);
    case 'batch.global':
    case 'batch.accumulation':
    case 'cluster.nodes':
    case 'serving.dataParallel':
      return scaledBy(current, [0.5, 1, 2]);
    case 'sequence.length':
    case 'serving.maxModelLen':
    case 'serving.maxSequences':
    case 'serving.maxBatchedTokens':
      return scaledBy(current, [0.25, 0.5, 1, 2]);
    case 'serving.gpuMemoryUtilization':
      return [...new Set([...shares, current])].sort((a, b) => a - b);
    default:
      return [];
  }
}

/** The alternatives of one field of a job in rising order; empty when the field has none or there is no estimate at all. */
export function alternativesOf(analysis: JobAnalysis, field: JobField): readonly Alternative[] {
  if (!('estimate' in analysis.result)) return [];
  const current = analysis.job[field];
  const trial = trialsOf(triedJob(analysis));
  return candidates(field, countedJob(analysis)).map((value): Alternative => {
    if (value === current) return { field, value, current: true, result: analysis.result };
    return { field, value, current: false, result: trial({ [field]: value }) };
  });
}

/** The job as trials take it. */
export function triedJob({ job, sources, runsAs, framework, kind, keys }: JobAnalysis): TriedJob {
  return { job, sources, framework: runsAs, frameworks: [framework, runsAs, ...keys.dialects], keys: keys.values, kind };
}
