/**
 * A training row as a job. Gaps are filled by rules that never look at the measurement, and every filled gap is returned
 * as an assumption. When the row does not say what is recomputed, several jobs are returned, least recomputation first:
 * the run was made, so the first that fits its GPU is the likely one.
 */

import type { Assumption } from '../core/estimate.ts';
import type { Cluster } from '../core/hardware.ts';
import type { PartialJob, PartialJobDraft } from '../core/job-fields.ts';
import { batchOf } from './batch.ts';
import { bridgeRecipeOf } from './bridge-recipe.ts';
import type { Catalog } from './catalog.ts';
import { fineTuningOf } from './fine-tuning.ts';
import { clusterOf } from './hardware.ts';
import { withMaxTextScript } from './maxtext.ts';
import { modelOf } from './model-of-row.ts';
import { attentionOf, optimizerOf, precisionOf, recomputeOf } from './numerics.ts';
import { pipelineOf, scheduleRefusal } from './pipeline.ts';
import type { CaseInput } from './row.ts';
import { parallelOf } from './sharding.ts';
import { softwareDefaultsOf } from './software-defaults.ts';
import { frameworkOf, type Stack, stackOf } from './stack.ts';
import { timedLengthsKnown } from './timed-lengths.ts';

export interface CandidateJob {
  readonly job: PartialJob;
  readonly assumptions: readonly Assumption[];
}

export interface MappedCase {
  readonly framework: string;
  readonly cluster: Cluster;
  /** False: only memory may be told, because the GPU is a stand-in or the batch is. */
  readonly timeKnown: boolean;
  readonly candidates: readonly CandidateJob[];
}

export type Mapping = MappedCase | { readonly refused: string };

/** Builds the job of a training row. The row comes without its measured numbers. */
export function trainingJobOf(row: CaseInput, catalog: Catalog): Mapping {
  const input = withMaxTextScript(row);
  const refused = scheduleRefusal(input);
  if (refused !== undefined) return { refused };
  const hardware = clusterOf(input, catalog);
  if ('refused' in hardware) return hardware;
  const model = modelOf(input, catalog);
  if ('refused' in model) return model;
  const stack = stackOf(input);
  const splits = splitsOf(input, stack);
  const candidates: CandidateJob[] = [];
  for (const split of splits) {
    const fields: PartialJobDraft = { ...model.fields };
    const script: Assumption[] =
      input === row ? [] : [{ value: 'the script of that name in MaxText configs/tpu', why: 'the table names only the parameters' }];
    const assumptions: Assumption[] = [...script, ...hardware.assumptions, ...model.assumptions, ...split.assumptions];
    const missing = fillJob(split.input, stack, fields, assumptions);
    if (missing !== undefined && splits.length === 1) return { refused: missing };
    if (missing !== undefined) continue;
    candidates.push(...withRecompute(input, stack, fields, assumptions).flatMap((candidate) => withMicroBatches(split.input, candidate)));
  }
  // Another stage costs less than computing everything twice.
  const effort = ({ job }: CandidateJob) => ['none', 'selective', 'full'].indexOf(job['recompute.granularity'] ?? 'none');
  if (splits.length > 1) candidates.sort((a, b) => effort(a) - effort(b));
  if (candidates.length === 0) return { refused: 'no split of the stated GPUs holds the stated batch' };
  return {
    framework: frameworkOf(stack),
    cluster: hardware.cluster,
    timeKnown: hardware.gpuKnown && timedLengthsKnown(input),
    candidates,
  };
}

function fillJob(input: CaseInput, stack: Stack, fields: PartialJobDraft, assumptions: Assumption[]): string | undefined {
  parallelOf(input, stack, fields, assumptions);
  const missing = batchOf(input, stack, fields, assumptions);
  if (missing !== undefined) return missing;
  pipelineOf(input, fields, assumptions);
  precisionOf(input, stack, fields, assumptions);
  optimizerOf(input, fields, assumptions);
  attentionOf(input, stack, fields, assumptions);
  softwareDefaultsOf(input, stack, fields, assumptions);
  bridgeRecipeOf(input, stack, fields, assumptions);
  fineTuningOf(input, stack, fields, assumptions);
  return undefined;
}

interface Split {
  readonly input: CaseInput;
  readonly assumptions: readonly Assumption[];
}

/** The row itself; or, when a Megatron run over several nodes does not say how it was split, TP 8 and growing PP. */
function splitsOf(input: CaseInput, stack: Stack): readonly Split[] {
  const { hardware = {}, model = {}, batch = {} } = input;
  const gpus = hardware.gpus ?? 1;
  if (input.parallel !== undefined || stack !== 'megatron-lm' || gpus <= 8 || batch.global === undefined)
    return [{ input, assumptions: [] }];
  const layers = Math.min(1000, model.layers ?? 1);
  const stages = Array.from({ length: layers }, (_, index) => index + 1).filter((pp) => layers % pp === 0 && gpus % (8 * pp) === 0);
  const fitting = stages.filter((pp) => (batch.global ?? 0) % (gpus / (8 * pp)) === 0);
  const why = 'parallel sizes not stated: TP over the node, and the fewest stages that fit';
  return fitting.map((pp) => ({
    input: { ...input, parallel: { tp: 8, pp, dp: gpus / (8 * pp) } },
    assumptions: [{ field: 'parallel.pipeline', value: `TP 8, PP ${pp}`, why }],
  }));
}

/**
 * Without a pipeline nothing speaks for small micro batches, so a run that does not state its own is taken to have used
 * the largest power of two that fits; with one, small ones keep the bubble short.
 */
function withMicroBatches(input: CaseInput, candidate: CandidateJob): CandidateJob[] {
  const { batch, parallel } = input;
  const unstated = batch?.micro === undefined && batch?.local === undefined && batch?.grad_accum === undefined;
  if (!unstated || (batch?.global === undefined && batch?.tokens === undefined) || (parallel?.pp ?? 1) > 1) return [candidate];
  const data = candidate.job['parallel.data'] ?? 1;
  const perRank = Math.max(1, Math.floor((candidate.job['batch.global'] ?? 1) / data));
  const sizes = [32, 16, 8, 4, 2, 1].filter((size) => size <= perRank && perRank % size === 0);
  return sizes.map((size) => ({
    job: { ...candidate.job, 'batch.micro': size, 'batch.accumulation': perRank / size },
    assumptions: [
      ...candidate.assumptions.filter((assumption) => assumption.field !== 'batch.micro'),
      { field: 'batch.micro', value: String(size), why: 'micro batch not stated: the largest that fits' },
    ],
  }));
}

/** Shares of the layers that a row may mean by "some layers"; the first that fits is taken. */
const someLayers = [0.25, 0.5, 0.75, 1];

function withRecompute(input: CaseInput, stack: Stack, fields: PartialJobDraft, assumptions: readonly Assumption[]): CandidateJob[] {
  // A recipe said which modules.
  if (input.recompute === undefined && fields['recompute.granularity'] !== undefined) return [{ job: fields, assumptions }];
  const written = input.recompute ?? '';
  const choices = recomputeOf(input, stack);
  const only = input.recompute === undefined ? 'recomputation not stated: the default of the recipe' : undefined;
  const why = choices.length > 1 ? 'recomputation not stated: the least that fits the GPU' : only;
  return choices.flatMap((granularity) => {
    const job: PartialJobDraft = { ...fields, 'recompute.granularity': granularity };
    const more: Assumption[] = why === undefined ? [] : [{ field: 'recompute.granularity', value: granularity, why }];
    if (granularity !== 'full') return [{ job, assumptions: [...assumptions, ...more] }];
    if (!/layer/i.test(written) || /^full/i.test(written))
      return [{ job: { ...job, 'recompute.method': 'uniform', 'recompute.layers': 1 }, assumptions: [...assumptions, ...more] }];
    const chunks = (fields['parallel.pipeline'] ?? 1) * (fields['parallel.virtualStages'] ?? 1);
    const perChunk = (fields['model.layers'] ?? 2) / chunks;
    return (/some layers/i.test(written) ? someLayers : [0.5]).map((share) => {
      const layers = Math.max(1, Math.round(perChunk * share));
      const unstated = 'how many of the layers are computed again is not stated: the least that fits the GPU';
      const guess: Assumption[] = /some layers/i.test(written) ? [{ field: 'recompute.layers', value: String(layers), why: unstated }] : [];
      return { job: { ...job, 'recompute.method': 'block', 'recompute.layers': layers }, assumptions: [...assumptions, ...more, ...guess] };
    });
  });
}
