/**
 * What may be set to what: for every field that can be tried the values worth trying, and for each of them why the framework would
 * refuse it with the other settings as they are. The refusals are those of the rules.
 */

import type { PartialJob, ScheduleName } from '../../core/job-fields.ts';
import { findSchedule, schedules } from '../../core/schedules/index.ts';
import { accelerators, networks } from '../../data/index.ts';
import { adapters } from '../../frameworks/index.ts';
import { tableOfAdapter } from '../../frameworks/key-tables.ts';
import { triedJob } from '../alternatives.ts';
import type { JobAnalysis } from '../analysis.ts';
import { degreesOf, divisors } from '../degrees.ts';
import { refusalsOf } from '../trials.ts';
import { countedJob } from '../world.ts';
import { fieldsOf, type TriedField, type Value, valueIn } from './fields.ts';
import { asFields } from './ways.ts';

export interface Choice {
  readonly value: Value;
  /** How it is called, where the value itself is a name only a program knows. */
  readonly label?: string;
  /** Why the framework would refuse it; absent for what it takes. */
  readonly refused?: string;
}

export interface Control {
  readonly field: TriedField;
  /** What the job has; absent where nobody says. */
  readonly value?: Value;
  readonly choices: readonly Choice[];
}

/** Most virtual stages that are offered. */
const mostStages = 16;
const factors = [0.125, 0.25, 0.5, 1, 2, 4, 8];
const microBatchSizes = [1, 2, 4, 8, 16, 32, 64];

const scaled = (current: number): readonly number[] =>
  factors.map((factor) => current * factor).filter((value) => Number.isInteger(value) && value >= 1);

/** Every field of the job that may be set, with its choices. `tried` is the job as it is now. */
export function controlsOf(tried: JobAnalysis): readonly Control[] {
  const refusal = refusalsOf(triedJob(tried));
  return fieldsOf(tried).flatMap((field): Control[] => {
    if (!hasKey(field, tried)) return [];
    const value = valueIn(field, tried);
    const choices = choicesOf(field, tried, value);
    if (choices.length === 0) return [];
    return [
      {
        field,
        ...(value === undefined ? {} : { value }),
        choices: choices.map((choice) => {
          if (choice.value === value || choice.refused !== undefined || isFree(field)) return choice;
          const refused = refusal(asFields(tried, { [field]: choice.value }));
          return refused === undefined ? choice : { ...choice, refused };
        }),
      },
    ];
  });
}

/** Fields that stand for something every file says in one way or another. */
const everywhere: ReadonlySet<TriedField> = new Set([
  'cluster.gpu',
  'cluster.interconnect',
  'parallel.data',
  'parallel.schedule',
  'parallel.virtualStages',
  'batch.accumulation',
]);

/** True when the framework has the field at all: it is written, or a key is known for it. */
function hasKey(field: TriedField, { sources, framework }: JobAnalysis): boolean {
  const origin = sources[field];
  if (everywhere.has(field) || (origin !== undefined && 'value' in origin)) return true;
  const spelt = adapters.find(({ id }) => id === framework)?.spell?.(field, 2);
  return (spelt !== undefined && spelt !== '') || (tableOfAdapter(framework)?.keys.some((key) => key.field === field) ?? false);
}

/** Hardware is bought, not refused. */
const isFree = (field: TriedField): boolean => field === 'cluster.gpu' || field === 'cluster.interconnect';

/** The values worth trying in rising order, what the job has among them; none where the field says nothing about this job. */
function choicesOf(field: TriedField, job: JobAnalysis, value: Value | undefined): readonly Choice[] {
  switch (field) {
    case 'cluster.gpu':
      return accelerators.map(({ id, label }) => ({ value: id, label }));
    case 'cluster.interconnect':
      return networks.map(({ id, label }) => ({ value: id, label }));
    case 'parallel.schedule':
      return scheduleChoices(job);
    case 'recompute.granularity':
      return ['none', 'selective', 'full'].map((one) => ({ value: one }));
    case 'serving.kvCacheDtype':
      return [...new Set([String(value ?? 'bf16'), 'fp8'])].map((one) => ({ value: one }));
    default:
      return rising(numbersOf(field, job), value).map((one) => ({ value: one }));
  }
}

function rising(values: readonly number[], current: Value | undefined): readonly number[] {
  if (values.length === 0) return [];
  return [...new Set([...values, ...(typeof current === 'number' ? [current] : [])])].sort((a, b) => a - b);
}

function numbersOf(field: TriedField, analysis: JobAnalysis): readonly number[] {
  const { job, kind } = analysis;
  const value = valueIn(field, analysis);
  const current = typeof value === 'number' ? value : undefined;
  switch (field) {
    case 'parallel.expert':
      return (job['model.experts'] ?? 0) > 1 ? degreesOf(field, countedJob(analysis)) : [];
    case 'parallel.tensor':
    case 'parallel.pipeline':
    case 'parallel.context':
      return kind === 'serving' ? [1, 2, 4, 8, 16] : degreesOf(field, countedJob(analysis));
    case 'parallel.virtualStages':
      return (job['parallel.pipeline'] ?? 1) > 1 ? divisors((job['model.layers'] ?? 0) / (job['parallel.pipeline'] ?? 1), mostStages) : [];
    case 'zero.stage':
      return isMegatron(analysis) ? [0, 1] : [0, 1, 2, 3];
    case 'batch.micro':
      return microBatchSizes.filter((size) => size <= 8 * (current ?? 1));
    case 'serving.gpuMemoryUtilization':
      return [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95];
    default:
      return current === undefined ? [] : scaled(current);
  }
}

/** Megatron's distributed optimizer shards optimizer states or nothing; the forks that run under DeepSpeed have all stages. */
function isMegatron({ job, runsAs, keys }: JobAnalysis): boolean {
  if (job['zero.implementation'] !== undefined) return job['zero.implementation'] === 'megatron-distributed-optimizer';
  const forked = Object.keys(keys.origins).some((name) => /\/(?:deepspeed|zero-stage)/.test(name));
  return (runsAs === 'megatron-lm' || runsAs === 'megatron-core') && !forked;
}

/** Every schedule, with what its own order refuses about the stages and micro batches there are. */
function scheduleChoices(job: JobAnalysis): readonly Choice[] {
  const { result } = job;
  if (!('estimate' in result) || result.estimate.kind !== 'training') return [];
  const { stages, name } = result.estimate.schedule;
  return schedules.map(({ id, label, interleaves }) => ({
    value: id,
    label,
    ...(id !== name && interleaves && stages < 2 ? { refused: 'there is no pipeline to loop through' } : {}),
  }));
}

/** What goes along with a schedule: VPP as it wants it, and micro batches that it can deal out. */
export function withSchedule(job: JobAnalysis, change: PartialJob): PartialJob {
  const name: ScheduleName | undefined = change['parallel.schedule'];
  const schedule = name && findSchedule(name);
  if (!schedule) return change;
  const stages = change['parallel.virtualStages'] ?? Number(valueIn('parallel.virtualStages', job) ?? 1);
  const wanted = schedule.interleaves ? (schedule.fixedChunks ?? Math.max(2, stages)) : 1;
  return { ...change, 'parallel.virtualStages': wanted };
}
