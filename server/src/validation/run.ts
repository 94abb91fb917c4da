/**
 * `rooflint validate`: predicts every row without its measurement, then, and only then, compares.
 */
import { type CountedFlops, countedFlops } from '../core/compute/flops.ts';
import { derive } from '../core/derive.ts';
import type { Assumption, Estimate, TrainingEstimate } from '../core/estimate.ts';
import type { ServingJob } from '../core/estimate-inputs.ts';
import { estimateJob } from '../core/estimate-job.ts';
import type { FlopsConvention, PartialJob } from '../core/job-fields.ts';
import { completeServing } from '../core/serving/complete-serving.ts';
import { completeTraining } from '../core/training/complete-training.ts';
import type { Catalog } from './catalog.ts';
import { predictCollective } from './collective.ts';
import { groupOf, groupOfJob, groupOfKernel, groupOfServing, type RowGroup } from './group.ts';
import { isKernelRow } from './kernels/kernel-row.ts';
import { predictKernel } from './kernels/predict-kernel.ts';
import { predictServing } from './predict-serving.ts';
import { type Predicted, predictTraining } from './predict-training.ts';
import { reportingOf } from './reporting.ts';
import { type CaseInput, readRows } from './row.ts';
import { rowToJob } from './row-to-job.ts';
import { doubled } from './single-layer.ts';
import { errorsOf, type Quantity, type QuantitySummary, type RowError, summarize, untoldOf } from './summary.ts';
import type { CandidateJob, MappedCase } from './training-job.ts';

export interface RowResult {
  readonly id: string;
  readonly kind: string;
  readonly predicted: Predicted;
  /** Why nothing is predicted; null when something is. */
  readonly refused: string | null;
  readonly assumptions: readonly Assumption[];
  readonly group: RowGroup;
}

export interface ValidationSummary {
  readonly rows: number;
  readonly used: number;
  readonly refused: number;
  readonly refusedBecause: Readonly<Record<string, number>>;
  /** By quantity and by row kind: "memory", "memory / peak_mem_gib" ... */
  readonly errors: Readonly<Record<string, QuantitySummary>>;
  /** Rows used and refused of each row kind. */
  readonly kinds: Readonly<Record<string, { readonly used: number; readonly refused: number }>>;
}

export interface ValidationReport {
  readonly rows: readonly RowResult[];
  readonly summary: ValidationSummary;
  readonly errors: readonly RowError[];
  /** Whether runs that are known to have fitted, or not, are predicted to. */
  readonly fits: readonly FitOutcome[];
  /** Quantities that an answered row states and that are not predicted for it. */
  readonly untold: readonly { readonly id: string; readonly quantity: Quantity }[];
}

export interface FitOutcome {
  readonly id: string;
  readonly ranOut: boolean;
  readonly predicted: boolean;
}

interface Chosen {
  readonly estimate: Estimate;
  readonly job: PartialJob;
  readonly assumptions: readonly Assumption[];
}

/** Runs all rows of a .jsonl text. Never throws on any content. */
export function validate(content: string, catalog: Catalog): ValidationReport {
  const rows: RowResult[] = [];
  const errors: RowError[] = [];
  const fits: FitOutcome[] = [];
  const untold: { id: string; quantity: Quantity }[] = [];
  for (const reading of readRows(content)) {
    if ('problem' in reading) {
      rows.push({
        id: reading.id,
        kind: 'unreadable',
        predicted: {},
        refused: reading.problem,
        assumptions: [],
        group: groupOf({ id: reading.id, kind: 'unreadable' }),
      });
      continue;
    }
    const result = predictRow(reading.row.input, catalog);
    rows.push(result);
    errors.push(...errorsOf(result.id, result.predicted, reading.row.measured));
    if (result.refused === null)
      untold.push(...untoldOf(result.predicted, reading.row.measured).map((quantity) => ({ id: result.id, quantity })));
    const { oom } = result.predicted;
    const known = Object.keys(reading.row.measured).length > 0;
    if (typeof oom === 'boolean' && known) fits.push({ id: result.id, ranOut: reading.row.measured.oom === true, predicted: oom });
  }
  return { rows, summary: summaryOf(rows, errors), errors, fits, untold };
}

/** Predicts one row from its inputs. */
export function predictRow(input: CaseInput, catalog: Catalog): RowResult {
  const { id, kind } = input;
  if (kind === 'comm') return predictComm(input, catalog);
  if (isKernelRow(input)) return predictOfKernel(input, catalog);
  const mapping = rowToJob(input, catalog);
  if ('refused' in mapping) return refusal(input, mapping.refused);
  const chosen = choose(mapping);
  if ('refused' in chosen) return refusal(input, chosen.refused);
  const { estimate, job } = chosen;
  const reporting = reportingOf(input);
  const serving = estimate.kind === 'serving' ? servingJob(mapping, job) : undefined;
  const predicted =
    estimate.kind === 'training'
      ? predictTraining({
          input,
          job,
          estimate,
          reporting,
          flops: flopsOf(mapping, job, reporting.flops),
          timeKnown: mapping.timeKnown,
          baseline: baselineOf(mapping, job),
          second: mapping.timeKnown && job['model.layers'] === 1 ? secondLayer(mapping, job) : undefined,
        })
      : predictServing(input, job, estimate, mapping.timeKnown ? serving : undefined);
  const counting = estimate.kind === 'training' ? reporting.assumptions : [];
  const group =
    estimate.kind === 'training'
      ? groupOfJob(input, job, mapping.framework, mapping.cluster)
      : groupOfServing(input, serving, mapping.timeKnown);
  return { id, kind, predicted, refused: null, assumptions: [...chosen.assumptions, ...estimate.assumptions, ...counting], group };
}

function refusal(input: CaseInput, why: string): RowResult {
  return { id: input.id, kind: input.kind, predicted: {}, refused: why, assumptions: [], group: groupOf(input) };
}

function predictComm(input: CaseInput, catalog: Catalog): RowResult {
  const { id, kind } = input;
  const result = predictCollective(input, catalog);
  if ('refused' in result) return refusal(input, result.refused);
  return { id, kind, predicted: result.predicted, refused: null, assumptions: result.assumptions, group: groupOf(input) };
}

function predictOfKernel(input: CaseInput, catalog: Catalog): RowResult {
  const { id, kind } = input;
  const result = predictKernel(input, catalog);
  if ('refused' in result) return { ...refusal(input, result.refused), group: groupOfKernel(input) };
  const { predicted, assumptions, gpu } = result;
  return { id, kind, predicted, refused: null, assumptions, group: groupOfKernel(input, gpu) };
}

/** The first candidate that fits its GPU, else the last. */
function choose(mapping: MappedCase): Chosen | { readonly refused: string } {
  let last: Chosen | { readonly refused: string } = { refused: 'no job could be built from the row' };
  for (const candidate of mapping.candidates) {
    const result = estimateOf(mapping, candidate);
    if ('refused' in result) {
      last = result;
      continue;
    }
    last = result;
    if (mapping.candidates.length === 1 || fitsGpu(result.estimate)) return result;
  }
  return last;
}

/** The run was made: an estimate a little over the memory is more likely wrong than the next candidate right. */
const roomForError = 1.1;

/** Whether the estimate itself is below what the driver offers; bands have no say, as they come from these very rows. */
function fitsGpu({ memory }: Estimate): boolean {
  const bytes = 'stages' in memory ? (memory.stages[memory.worstStage]?.device.value ?? 0) : memory.total.value;
  return bytes <= roomForError * memory.usable.value;
}

function estimateOf(mapping: MappedCase, candidate: CandidateJob): Chosen | { readonly refused: string } {
  const { job } = derive(candidate.job, {}, mapping.framework);
  const result = estimateJob(job, mapping.framework, mapping.cluster);
  if ('refusal' in result) return { refused: result.refusal.why };
  return { estimate: result.estimate, job, assumptions: candidate.assumptions };
}

/** The complete job behind a serving estimate. */
function servingJob(mapping: MappedCase, job: PartialJob): ServingJob | undefined {
  const completed = completeServing(job, mapping.framework, mapping.cluster);
  return 'refusal' in completed ? undefined : completed.job;
}

/** FLOPs of a step by the convention of the source. */
function flopsOf(mapping: MappedCase, job: PartialJob, convention: FlopsConvention): CountedFlops | undefined {
  const completed = completeTraining(job, mapping.framework, mapping.cluster);
  if ('refusal' in completed) return undefined;
  return countedFlops(completed.job, completed.job.batch.global * completed.job.sequenceLength, convention);
}

function secondLayer(mapping: MappedCase, job: PartialJob): TrainingEstimate | undefined {
  const result = estimateOf(mapping, { job: doubled(job), assumptions: [] });
  return 'refused' in result || result.estimate.kind !== 'training' ? undefined : result.estimate;
}

/** Tensor parallelism without sequence parallelism or recomputation: the baseline of Korthikanti et al. 2022, Figure 7. */
function baselineOf(mapping: MappedCase, job: PartialJob): TrainingEstimate | undefined {
  if ((job['parallel.tensor'] ?? 1) <= 1) return undefined;
  const plain: PartialJob = { ...job, 'parallel.sequence': false, 'recompute.granularity': 'none' };
  const result = estimateOf(mapping, { job: plain, assumptions: [] });
  return 'refused' in result || result.estimate.kind !== 'training' ? undefined : result.estimate;
}

function summaryOf(rows: readonly RowResult[], errors: readonly RowError[]): ValidationSummary {
  const refusedBecause: Record<string, number> = {};
  const kinds: Record<string, { used: number; refused: number }> = {};
  for (const { kind, refused } of rows) {
    const count = kinds[kind] ?? { used: 0, refused: 0 };
    kinds[kind] = count;
    if (refused === null) count.used += 1;
    else {
      count.refused += 1;
      refusedBecause[refused] = (refusedBecause[refused] ?? 0) + 1;
    }
  }
  const refused = rows.filter((row) => row.refused !== null).length;
  return { rows: rows.length, used: rows.length - refused, refused, refusedBecause, kinds, errors: byQuantity(errors) };
}

function byQuantity(errors: readonly RowError[]): Record<string, QuantitySummary> {
  const groups = new Map<string, RowError[]>();
  const add = (name: string, error: RowError) => {
    const group = groups.get(name);
    if (group) group.push(error);
    else groups.set(name, [error]);
  };
  for (const error of errors) {
    const { quantity } = error;
    add(quantity, error);
    add(`${quantity} / ${error.field}`, error);
  }
  return Object.fromEntries([...groups].sort(([a], [b]) => a.localeCompare(b)).map(([name, group]) => [name, summarize(group)]));
}
