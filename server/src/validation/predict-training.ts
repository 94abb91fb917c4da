/**
 * A training estimate under the names and units of `measured`. All fields the model can give are given, whatever the row
 * holds; which memory counter and which FLOPs a figure means is told by `reporting.ts`.
 */
import type { CountedFlops } from '../core/compute/flops.ts';
import type { StageMemory, TrainingEstimate } from '../core/estimate.ts';
import type { PartialJob } from '../core/job-fields.ts';
import { findTerm } from '../core/term.ts';
import type { Reporting } from './reporting.ts';
import type { CaseInput } from './row.ts';
import { layerTimes } from './single-layer.ts';

export interface TrainingContext {
  readonly input: CaseInput;
  readonly job: PartialJob;
  readonly estimate: TrainingEstimate;
  readonly reporting: Reporting;
  /** Model and hardware FLOPs of a step as the source counts them. */
  readonly flops: CountedFlops | undefined;
  /** False when the GPU is a stand-in: only memory is told then. */
  readonly timeKnown: boolean;
  /** The same job with plain tensor parallelism and no recomputation, for shares of that baseline. */
  readonly baseline: TrainingEstimate | undefined;
  /** For benchmarks of one layer: the same job with two. */
  readonly second: TrainingEstimate | undefined;
}

export type Predicted = Record<string, number | boolean>;

const gib = 2 ** 30;
const mib = 2 ** 20;

/** Every field of `measured` the training model can give. */
export function predictTraining(context: TrainingContext): Predicted {
  const predicted: Predicted = { ...memoryFields(context) };
  if (context.timeKnown) Object.assign(predicted, timeFields(context));
  if (context.second) Object.assign(predicted, layerTimes(context.estimate, context.second, context.job['batch.micro'] ?? 1));
  for (const [name, value] of Object.entries(predicted)) {
    if (typeof value === 'number' && !Number.isFinite(value)) delete predicted[name];
  }
  return predicted;
}

function stageOf(context: TrainingContext, rank: number | 'worst'): StageMemory | undefined {
  const { stages, worstStage } = context.estimate.memory;
  if (rank !== 'worst') return stages[rank] ?? stages[stages.length - 1];
  // Some logs are written by the last rank only, which is the last pipeline stage.
  return /last rank|last pipeline stage/i.test(context.input.note ?? '') ? stages[stages.length - 1] : stages[worstStage];
}

function memoryFields(context: TrainingContext): Predicted {
  const stage = stageOf(context, 'worst');
  if (!stage) return {};
  const { memory: kind, gigabyte } = context.reporting;
  const peak = stage[kind].value;
  const scope = /sum over/i.test(context.input.memScope ?? '') ? context.estimate.gpus : 1;
  const resident = residentBytes(stage);
  // Library workspaces are allocated once and stay too.
  const afterStep = resident + (findTerm(stage.allocated, 'memory.workspace')?.value ?? 0);
  const first = stageOf(context, 0);
  const last = stageOf(context, 7);
  return {
    peak_mem_gib: (peak * scope) / gib,
    peak_mem_bytes: peak * scope,
    peak_mem_gb: (peak * scope) / gigabyte,
    peak_reserved_gib: stage.reserved.value / gib,
    nvidia_smi_mem_gib: stage.device.value / gib,
    after_step_mem_gib: afterStep / gib,
    after_step_mem_bytes: afterStep,
    resident_mem_gib: (residentBytes(stage, /grad/i) + flatGradients(context, stage)) / gib,
    model_state_mem_mib: resident / mib,
    memory_usage_mib: afterStep / mib,
    mem_pct: (100 * peak) / context.estimate.memory.usable.value,
    oom: stage.device.value > context.estimate.memory.usable.value,
    ...(first && context.estimate.memory.stages.length > 1 ? { peak_mem_gib_rank0: first[kind].value / gib } : {}),
    ...(last && context.estimate.memory.stages.length === 8 ? { peak_mem_gib_rank7: last[kind].value / gib } : {}),
    ...activationFields(context, stage),
  };
}

/** What stays between steps: weights, gradients and optimizer states; `without` leaves some of them out. */
function residentBytes(stage: StageMemory, without?: RegExp): number {
  const states = findTerm(stage.allocated, 'memory.states');
  const parts = states?.children ?? [];
  return (states?.value ?? 0) - parts.filter(({ id }) => without?.test(id)).reduce((sum, { value }) => sum + value, 0);
}

/** Between steps gradients are given up, except the flat ones of FSDP1, which live as long as their parameters and are as large. */
function flatGradients({ job }: TrainingContext, stage: StageMemory): number {
  const kept = job['zero.implementation'] === 'fsdp1' && job['adapter.kind'] === undefined;
  const weights = (findTerm(stage.allocated, 'memory.states')?.children ?? []).find(({ id }) => /weights/i.test(id));
  return kept ? (weights?.value ?? 0) : 0;
}

function activationFields(context: TrainingContext, stage: StageMemory): Predicted {
  const { activations } = stage;
  const fields: Predicted = {
    activation_mem_mib: activations / mib,
    activation_peak_mib: (stage.allocated.value - residentBytes(stage)) / mib,
  };
  const base = context.baseline?.memory.stages[0];
  const own = context.estimate.memory.stages[0];
  if (base && own) fields.activation_mem_pct_of_tp_baseline = (100 * own.activations) / base.activations;
  return fields;
}

function timeFields({ estimate, job, reporting, flops }: TrainingContext): Predicted {
  const { tokensPerSecond, tokensPerSecondPerGpu } = estimate.throughput;
  const length = job['sequence.length'] ?? 0;
  const step = estimate.time.step.value;
  return {
    iter_s: step / (reporting.iterationIsMicroBatch ? Math.max(1, job['batch.accumulation'] ?? 1) : 1),
    tokens_per_s_per_gpu: tokensPerSecondPerGpu.value,
    tokens_per_s_total: tokensPerSecond.value,
    tokens_per_s: tokensPerSecond.value,
    samples_per_s: length > 0 ? tokensPerSecond.value / length : Number.NaN,
    days_for_300B_tokens: 300e9 / tokensPerSecond.value / 86400,
    ...(flops ? rates(estimate, flops, step) : {}),
  };
}

/** FLOP/s, and their share of the dense peak of the number format in use. */
function rates(estimate: TrainingEstimate, flops: CountedFlops, step: number): Predicted {
  const { hfu, hardwareFlopsPerGpu } = estimate.throughput;
  const perGpu = (value: number) => value / step / estimate.gpus;
  const peak = hardwareFlopsPerGpu.value / hfu.value;
  return {
    tflops_per_gpu: perGpu(flops.model) / 1e12,
    hfu_tflops_per_gpu: perGpu(flops.hardware) / 1e12,
    mfu: perGpu(flops.model) / peak,
    hfu: perGpu(flops.hardware) / peak,
  };
}
