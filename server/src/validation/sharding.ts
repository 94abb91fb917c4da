/** Parallel sizes of a row and who shards what. */
import type { Assumption } from '../core/estimate.ts';
import type { PartialJobDraft } from '../core/job-fields.ts';
import type { CaseInput } from './row.ts';
import { isModernMegatron, type Stack } from './stack.ts';

export function parallelOf(input: CaseInput, stack: Stack, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const parallel = input.parallel ?? {};
  const flags = parallel.flags ?? {};
  const [tensor, pipeline] = [parallel.tp ?? 1, parallel.pp ?? 1];
  const context = parallel.cp ?? parallel.sequence_parallel_ulysses ?? 1;
  fields['parallel.tensor'] = tensor;
  fields['parallel.pipeline'] = pipeline;
  fields['parallel.context'] = context;
  const gpus = input.hardware?.gpus;
  const model = tensor * pipeline * context;
  // Some launchers give experts a dimension of the mesh of its own, beside that of DP.
  const beside = (parallel.ep ?? 1) > 1 && parallel.dp !== undefined && gpus === model * parallel.dp * (parallel.ep ?? 1);
  const stated = beside ? (parallel.dp ?? 1) * (parallel.ep ?? 1) : parallel.dp;
  const data = stated ?? (gpus === undefined ? leastData(input, model, assumptions) : Math.max(1, Math.floor(gpus / model)));
  fields['parallel.data'] = data;
  fields['cluster.gpus'] = gpus ?? model * data;
  if (input.hardware?.gpus_per_node !== undefined) fields['cluster.gpusPerNode'] = input.hardware.gpus_per_node;
  const habit = tensor > 1 && (isModernMegatron(input, stack) || stack === 'torchtitan');
  fields['parallel.sequence'] = parallel.sp ?? (flags['sequence-parallel'] === true || habit);
  if (parallel.sp === undefined && tensor > 1) {
    assumptions.push({
      field: 'parallel.sequence',
      value: String(fields['parallel.sequence']),
      why: 'sequence parallelism not stated: told from the age of the software',
    });
  }
  shardingOf(input, stack, data, fields, assumptions);
}

/** Without a number of GPUs: as few replicas as the expert groups need. */
function leastData(input: CaseInput, model: number, assumptions: Assumption[]): number {
  const { tp = 1, cp = 1, ep = 1 } = input.parallel ?? {};
  const expertTensor = input.parallel?.flags?.['expert-tensor-parallel-size'];
  const group = ep * (typeof expertTensor === 'number' ? expertTensor : tp);
  const data = Math.max(1, Math.ceil(group / (tp * cp)));
  assumptions.push({
    field: 'cluster.gpus',
    value: String(model * data),
    why: 'number of GPUs not stated: the least that holds the groups',
  });
  return data;
}

/** The stage that words about FSDP mean, or undefined. */
function fsdpStage(fsdp: string): number | undefined {
  if (fsdp === '') return undefined;
  if (/no shard/i.test(fsdp)) return 0;
  return /zero-1\/2|zero-2/i.test(fsdp) ? 2 : 3;
}

function shardingOf(input: CaseInput, stack: Stack, data: number, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const parallel = input.parallel ?? {};
  const fsdp = String(parallel.fsdp ?? '');
  const words = `${input.task ?? ''} ${input.offload ?? ''}`;
  const stated = parallel.zero ?? fsdpStage(fsdp) ?? scriptStage(input, words);
  const usual = data > 1 ? usualStage(input, stack) : 0;
  const stage = stated ?? usual;
  if (stated === undefined && data > 1) {
    assumptions.push({ field: 'zero.stage', value: String(stage), why: 'sharding of the optimizer not stated: as usual for the software' });
  }
  fields['zero.stage'] = stage === 1 || stage === 2 || stage === 3 ? stage : 0;
  const group = typeof parallel.zero_group === 'number' ? parallel.zero_group : undefined;
  const hybrid = /hsdp/i.test(fsdp) ? Math.min(data, input.hardware?.gpus_per_node ?? 8) : undefined;
  // MaxText shards inside a slice and copies across slices (its dcn_data_parallelism).
  const { slices } = (input.hardware ?? {}) as Record<string, unknown>;
  const slice = stack === 'maxtext' && typeof slices === 'number' ? Math.round(data / slices) : undefined;
  const shard = stage === 0 ? 1 : Math.max(1, Math.min(data, group ?? hybrid ?? slice ?? data));
  fields['parallel.dataShard'] = shard;
  fields['parallel.dataReplicate'] = Math.max(1, Math.round(data / shard));
  const implementation = implementationOf(stack, stage, fsdp, words);
  if (implementation) fields['zero.implementation'] = implementation;
}

/** The stage of the DeepSpeed file that the script of the source passes: Qwen's finetune_ds.sh and finetune_lora_ds.sh. */
function scriptStage(input: CaseInput, words: string): number | undefined {
  // Galvatron profiles memory with --profile_dp_type zero3 unless told otherwise.
  if (/zero-?3/i.test(words) || /galvatron memory profile/i.test(input.source ?? '')) return 3;
  if (!/qwenlm/i.test(input.source ?? '')) return undefined;
  if (/multinode/i.test(words)) return 2;
  return /^full/i.test(words) ? 3 : undefined;
}

/** Megatron recipes of today shard the optimizer; bare scripts, and flags that are listed, do only what they say. */
function usualStage(input: CaseInput, stack: Stack): number {
  if (stack === 'megatron-bridge' || (stack === 'megatron-lm' && input.parallel?.flags === undefined)) return 1;
  if (stack === 'nanotron') return 1;
  if (stack === 'maxtext' || stack === 'torchtitan') return 3;
  return 0;
}

function implementationOf(stack: Stack, stage: number, fsdp: string, words: string): PartialJobDraft['zero.implementation'] {
  if (stack === 'torchtitan' || stack === 'maxtext' || /fsdp2/i.test(fsdp)) return 'fsdp2';
  // FSDP's NO_SHARD divides nothing, but its hooks run.
  if (/no[ _]shard/i.test(fsdp) && stack === 'huggingface') return 'fsdp1';
  if (
    (stage > 0 && /deepspeed|zero-?3|^full|multinode/i.test(words) && fsdp === '' && stack === 'huggingface') ||
    stack === 'deepspeed' ||
    (stack === 'megatron-deepspeed' && stage > 0)
  )
    return 'deepspeed';
  if (stack === 'fsdp' || (fsdp !== '' && stage === 3 && stack !== 'megatron-bridge')) return stack === 'torchtune' ? 'fsdp2' : 'fsdp1';
  if (stage === 0) return undefined;
  return stage === 3 ? 'fsdp2' : 'megatron-distributed-optimizer';
}
