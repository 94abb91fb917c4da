/**
 * What other settings of a server would give under the stated lengths of requests: TP, the format of weights and cache, and the
 * batch limits, tried together. Of all that fit, those are kept that no other one beats in both tokens per GPU and TPOT.
 */
import type { ServingEstimate } from '../core/estimate.ts';
import type { JobField, PartialJob } from '../core/job-fields.ts';
import type { LoadPoint } from '../core/serving-load.ts';
import { triedJob } from './alternatives.ts';
import type { JobAnalysis } from './analysis.ts';
import { degreesOf } from './degrees.ts';
import { trialsOf } from './trials.ts';
import { countedJob } from './world.ts';

export interface ServingChoice {
  /** What differs from the file; nothing for the file as it is. */
  readonly change: PartialJob;
  readonly estimate: ServingEstimate;
  /** Below the most that one engine sustains, before queues grow long. */
  readonly point: LoadPoint;
  /** Generated tokens per second and GPU there. */
  readonly tokensPerGpu: number;
}

/** GPUs of one engine that are tried. */
const widest = 16;
/** Limits of the batch, as multiples of what holds now. */
const batchFactors = [0.25, 1, 4];
/** The load at which choices are compared: queues are short, and the engine is well used. */
export const comparedPart = 0.85;
/** A slower choice must give so much more to be worth a line. */
const worthwhile = 1.01;

type Values = readonly (readonly [JobField, readonly (string | number)[]])[];

function valuesOf(analysis: JobAnalysis): Values {
  const job = countedJob(analysis);
  const degrees = degreesOf('parallel.tensor', job).filter((degree) => degree <= widest && Number.isInteger(Math.log2(degree)));
  const now = (field: JobField, otherwise: string): string => String(job[field] ?? otherwise);
  const sequences = job['serving.maxSequences'];
  return [
    ['parallel.tensor', [...new Set([job['parallel.tensor'] ?? 1, ...degrees])]],
    ['serving.quantization', [...new Set([now('serving.quantization', 'none'), 'fp8'])]],
    ['serving.kvCacheDtype', [...new Set([now('serving.kvCacheDtype', 'bf16'), 'fp8'])]],
    ['serving.maxSequences', sequences === undefined ? [] : batchFactors.map((factor) => Math.max(1, Math.round(sequences * factor)))],
  ];
}

/** Every combination, as changes of what the job has now. */
function changesOf(analysis: JobAnalysis): readonly PartialJob[] {
  const { job } = analysis;
  return valuesOf(analysis).reduce<readonly PartialJob[]>(
    (changes, [field, values]) =>
      values.length === 0
        ? changes
        : changes.flatMap((change) => values.map((value) => (isNow(job, field, value) ? change : { ...change, [field]: value }))),
    [{}],
  );
}

/** What stands for "not set" changes nothing either. */
function isNow(job: PartialJob, field: JobField, value: string | number): boolean {
  return job[field] === value || (job[field] === undefined && (value === 'none' || value === 'bf16'));
}

/** The choices on the front, from the lowest TPOT to the most tokens per GPU, the file as it is always among them; none without a stated load. */
export function servingChoices(analysis: JobAnalysis): readonly ServingChoice[] {
  if (!('estimate' in analysis.result) || analysis.result.estimate.kind !== 'serving' || !analysis.result.estimate.load) return [];
  const trial = trialsOf(triedJob(analysis));
  const output = analysis.job['load.outputTokens'] ?? 0;
  const all = changesOf(analysis).flatMap((change): ServingChoice[] => {
    const result = Object.keys(change).length === 0 ? analysis.result : trial(change);
    if (!('estimate' in result) || result.estimate.kind !== 'serving' || result.estimate.memory.fits === 'no') return [];
    const { estimate } = result;
    const point = estimate.load?.curve().findLast(({ part }) => part <= comparedPart);
    const engine = estimate.gpus / (analysis.job['serving.dataParallel'] ?? 1);
    return point ? [{ change, estimate, point, tokensPerGpu: (point.rate * output) / engine }] : [];
  });
  return front(all);
}

/** From the lowest TPOT on, those that give more than all before them; the file as it is stays. */
function front(choices: readonly ServingChoice[]): readonly ServingChoice[] {
  const sizeOf = ({ change }: ServingChoice): number => Object.keys(change).length;
  const rising = choices.toSorted((a, b) => a.point.timePerToken - b.point.timePerToken || sizeOf(a) - sizeOf(b));
  let most = 0;
  return rising.filter((choice) => {
    const isBetter = choice.tokensPerGpu > most * worthwhile;
    if (isBetter) most = choice.tokensPerGpu;
    return isBetter || sizeOf(choice) === 0;
  });
}
