/**
 * A training row as a job. Gaps are filled by rules that never look at the measurement, and every filled gap is returned
 * as an assumption. When the row does not say what is recomputed, several jobs are returned, least recomputation first:
 * the run was made, so the first that fits its GPU is the likely one.
 */
import type { Assumption } from '../core/estimate.ts';
import type { Cluster } from '../core/hardware.ts';
import type { PartialJob, PartialJobDraft } from '../core/job-fields.ts';
import type { Catalog } from './catalog.ts';
import { clusterOf } from './hardware.ts';
import { modelOf, modelRefusal } from './model-of-row.ts';
import { attentionOf, optimizerOf, precisionOf, recomputeOf, type Stack, stackOf } from './numerics.ts';
import { pipelineOf } from './pipeline.ts';
import type { CaseInput } from './row.ts';

export interface CandidateJob {
  readonly job: PartialJob;
  readonly assumptions: readonly Assumption[];
}

export interface MappedCase {
  readonly framework: string;
  readonly cluster: Cluster;
  /** False: only memory may be told, because the GPU is a stand-in. */
  readonly timeKnown: boolean;
  readonly candidates: readonly CandidateJob[];
}

export type Mapping = MappedCase | { readonly refused: string };

/** Why a training row is outside the model, or undefined. */
function trainingRefusal(input: CaseInput): string | undefined {
  const words = `${input.task ?? ''} ${input.technique ?? ''}`;
  if (input.lora !== undefined || /lora|adapter|peft/i.test(words) || input.config?.lora_r !== undefined) {
    return 'adapter fine-tuning (LoRA, QLoRA, adapters) is not modelled yet';
  }
  if (/\b(4|8)-?bit|nf4|int4|gptq|bnb/i.test(input.numerics?.param ?? '')) return 'training on a quantized base model is not modelled yet';
  if (/fp4/i.test(input.numerics?.compute ?? '')) return 'training in 4 bits is not modelled yet';
  if (/in-?to? ?backward|optimizer step into backward/i.test(words)) return 'optimizers fused into the backward pass are not modelled yet';
  if ((input.parallel?.sequence_parallel_ulysses ?? 1) > 1) return 'Ulysses sequence parallelism is not modelled yet';
  if (/\b(zb|zbv|zbb|v-half|v-min|zero bubble|dualpipe)|zb-/i.test(input.schedule ?? ''))
    return `the schedule "${input.schedule}" is not modelled yet`;
  return modelRefusal(input);
}

/** Builds the job of a training row. The row comes without its measured numbers. */
export function trainingJobOf(input: CaseInput, catalog: Catalog): Mapping {
  const refused = trainingRefusal(input);
  if (refused !== undefined) return { refused };
  const hardware = clusterOf(input, catalog);
  if ('refused' in hardware) return hardware;
  const model = modelOf(input, catalog);
  if ('refused' in model) return model;
  const stack = stackOf(input);
  const fields: PartialJobDraft = { ...model.fields };
  const assumptions: Assumption[] = [...hardware.assumptions, ...model.assumptions];
  parallelOf(input, stack, fields, assumptions);
  const missing = batchOf(input, fields, assumptions);
  if (missing !== undefined) return { refused: missing };
  pipelineOf(input, fields, assumptions);
  precisionOf(input, stack, fields, assumptions);
  optimizerOf(input, fields, assumptions);
  attentionOf(input, stack, fields, assumptions);
  extrasOf(input, stack, fields);
  return {
    framework: stack === 'megatron-deepspeed' ? 'megatron-lm' : stack,
    cluster: hardware.cluster,
    timeKnown: hardware.gpuKnown,
    candidates: withRecompute(input, fields, assumptions).flatMap((candidate) => withMicroBatches(input, candidate)),
  };
}

function parallelOf(input: CaseInput, stack: Stack, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const parallel = input.parallel ?? {};
  const flags = parallel.flags ?? {};
  const [tensor, pipeline, context] = [parallel.tp ?? 1, parallel.pp ?? 1, parallel.cp ?? 1];
  fields['parallel.tensor'] = tensor;
  fields['parallel.pipeline'] = pipeline;
  fields['parallel.context'] = context;
  const gpus = input.hardware?.gpus;
  const data = parallel.dp ?? (gpus === undefined ? 1 : Math.max(1, Math.floor(gpus / (tensor * pipeline * context))));
  fields['parallel.data'] = data;
  fields['cluster.gpus'] = gpus ?? tensor * pipeline * context * data;
  if (input.hardware?.gpus_per_node !== undefined) fields['cluster.gpusPerNode'] = input.hardware.gpus_per_node;
  const modern = stack === 'megatron-lm' && !/ptd-p|korthikanti/i.test(input.source ?? '');
  fields['parallel.sequence'] = parallel.sp ?? (flags['sequence-parallel'] === true || (tensor > 1 && (modern || stack === 'torchtitan')));
  if (parallel.sp === undefined && tensor > 1) {
    assumptions.push({
      field: 'parallel.sequence',
      value: String(fields['parallel.sequence']),
      why: 'sequence parallelism not stated: told from the age of the software',
    });
  }
  shardingOf(input, stack, data, fields, assumptions);
}

function shardingOf(input: CaseInput, stack: Stack, data: number, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const parallel = input.parallel ?? {};
  const fsdp = String(parallel.fsdp ?? '');
  const stated = parallel.zero ?? (/no shard/i.test(fsdp) ? 0 : /zero-1\/2|zero-2/i.test(fsdp) ? 2 : fsdp !== '' ? 3 : undefined);
  const usual = stack === 'megatron-lm' && parallel.flags === undefined ? 1 : 0;
  const stage = stated ?? usual;
  if (stated === undefined && data > 1) {
    assumptions.push({ field: 'zero.stage', value: String(stage), why: 'sharding of the optimizer not stated: as usual for the software' });
  }
  fields['zero.stage'] = stage === 1 || stage === 2 || stage === 3 ? stage : 0;
  const group = typeof parallel.zero_group === 'number' ? parallel.zero_group : undefined;
  const hybrid = /hsdp/i.test(fsdp) ? Math.min(data, input.hardware?.gpus_per_node ?? 8) : undefined;
  const shard = stage === 0 ? 1 : Math.min(data, group ?? hybrid ?? data);
  fields['parallel.dataShard'] = shard;
  fields['parallel.dataReplicate'] = Math.max(1, Math.round(data / shard));
  if (stack === 'torchtitan') fields['zero.implementation'] = 'fsdp2';
  else if (stack === 'fsdp') fields['zero.implementation'] = 'fsdp1';
  else if (stack === 'deepspeed' || (stack === 'megatron-deepspeed' && stage > 0)) fields['zero.implementation'] = 'deepspeed';
  else if (stage > 0) fields['zero.implementation'] = stage === 3 ? 'fsdp2' : 'megatron-distributed-optimizer';
}

/** Batch sizes and sequence length; a sentence when what decides the answer is missing. */
function batchOf(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): string | undefined {
  const batch = input.batch ?? {};
  const length = input.model?.seq ?? (batch.tokens !== undefined && batch.global !== undefined ? batch.tokens / batch.global : undefined);
  if (length === undefined) return 'the sequence length is not stated';
  fields['sequence.length'] = length;
  const data = fields['parallel.data'] ?? 1;
  const global = batch.global ?? globalFromParts(batch, data, length);
  if (global === undefined) return 'neither the micro batch nor the global batch is stated';
  fields['batch.global'] = global;
  const perRank = Math.max(1, Math.round(global / data));
  fields['batch.micro'] = batch.micro ?? microOf(input, perRank, assumptions);
  if (global < data) return `a global batch of ${global} cannot be split over DP ${data}`;
  const accumulation = Math.max(1, Math.round(global / (data * fields['batch.micro'])));
  fields['batch.accumulation'] = accumulation;
  const whole = accumulation * data * fields['batch.micro'];
  if (whole !== global) {
    fields['batch.global'] = whole;
    assumptions.push({ field: 'batch.global', value: String(whole), why: `${global} is not a whole number of micro batches` });
  }
  return undefined;
}

function globalFromParts(batch: NonNullable<CaseInput['batch']>, data: number, length: number): number | undefined {
  if (batch.tokens !== undefined) return Math.max(1, Math.round(batch.tokens / length));
  if (batch.local !== undefined) return batch.local * data * (batch.grad_accum ?? 1);
  if (batch.micro !== undefined) return batch.micro * data * (batch.grad_accum ?? 1);
  return undefined;
}

/** torchtitan splits the local batch over as many micro batches as there are stages; else one sequence at a time. */
function microOf(input: CaseInput, perRank: number, assumptions: Assumption[]): number {
  const local = input.batch?.local;
  const stages = input.parallel?.pp ?? 1;
  const accumulation = input.batch?.grad_accum;
  if (local === undefined && accumulation !== undefined) return Math.max(1, Math.round(perRank / accumulation));
  const micro = local === undefined ? 1 : Math.max(1, Math.floor(local / stages));
  const why = local === undefined ? 'micro batch not stated' : 'the local batch is split into as many micro batches as there are stages';
  assumptions.push({ field: 'batch.micro', value: String(micro), why });
  return Math.min(micro, perRank);
}

function extrasOf(input: CaseInput, stack: Stack, fields: PartialJobDraft): void {
  const flags = input.parallel?.flags ?? {};
  const overlapping = /overlap/i.test(input.note ?? '') || (stack === 'megatron-lm' && input.parallel?.flags === undefined);
  fields['overlap.gradReduce'] = flags['overlap-grad-reduce'] === true || overlapping || stack === 'torchtitan' || stack === 'fsdp';
  fields['overlap.paramGather'] = flags['overlap-param-gather'] === true || overlapping || stack === 'torchtitan' || stack === 'fsdp';
  fields['parallel.tpCommOverlap'] = input.parallel?.async_tp === true || /overlap[^.;]*TP/i.test(input.note ?? '');
  if (input.compile !== undefined) fields['compile.enabled'] = input.compile;
  const modern = fields['model.gatedMlp'] === true || flags['hidden-dropout'] === 0;
  fields['dropout.enabled'] = !modern;
  const offload = input.offload ?? '';
  if (/cpu/i.test(offload)) {
    fields['zero.offloadOptimizer'] = 'cpu';
    if (/param/i.test(offload)) fields['zero.offloadParam'] = 'cpu';
  }
}

/**
 * Without a pipeline nothing speaks for small micro batches, so a run that does not state its own is taken to have used
 * the largest power of two that fits; with one, small ones keep the bubble short.
 */
function withMicroBatches(input: CaseInput, candidate: CandidateJob): CandidateJob[] {
  const { batch, parallel } = input;
  const unstated = batch?.micro === undefined && batch?.local === undefined && batch?.grad_accum === undefined;
  if (!unstated || (parallel?.pp ?? 1) > 1) return [candidate];
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

function withRecompute(input: CaseInput, fields: PartialJobDraft, assumptions: readonly Assumption[]): CandidateJob[] {
  const choices = recomputeOf(input);
  return choices.map((granularity) => {
    const job: PartialJobDraft = { ...fields, 'recompute.granularity': granularity };
    if (granularity === 'full') {
      job['recompute.method'] = 'uniform';
      job['recompute.layers'] = 1;
    }
    const why = 'recomputation not stated: the least that fits the GPU';
    const more: Assumption[] = choices.length > 1 ? [{ field: 'recompute.granularity', value: granularity, why }] : [];
    return { job, assumptions: [...assumptions, ...more] };
  });
}
