/**
 * What the software of a row does unless told otherwise: overlap, padding of the vocabulary, compilation, dropout. What the
 * row does not say itself is returned as an assumption.
 */
import type { Assumption } from '../core/estimate.ts';
import type { JobField, PartialJobDraft } from '../core/job-fields.ts';
import type { CaseInput } from './row.ts';
import { isMegatron, isModernMegatron, type Stack } from './stack.ts';

/** Writes the fields; takes the record of what was assumed. */
export function softwareDefaultsOf(input: CaseInput, stack: Stack, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const assume = (field: JobField, why: string): void => void assumptions.push({ field, value: String(fields[field]), why });
  overlapOf(input, stack, fields, assume);
  dispatchOf(input, stack, fields);
  if (stack === 'nanotron') {
    fields['kernels.fused'] = false;
    assume('kernels.fused', "nanotron's layers are plain PyTorch operators one after the other");
  }
  if (isMegatron(stack) && fields['model.vocabDivisor'] === undefined) {
    fields['model.vocabDivisor'] = 128;
    assume('model.vocabDivisor', 'not stated: Megatron-LM pads the vocabulary (--make-vocab-size-divisible-by 128, times TP)');
  }
  compilerOf(input, stack, fields, assume);
  dropoutOf(input, stack, fields, assume);
  tensorGradientsOf(input, fields, assume);
}

type Assume = (field: JobField, why: string) => void;

/** Libraries whose data-parallel traffic runs beside the computation unless it is switched off. */
const overlapsByDefault = /^(torchtitan|fsdp|huggingface|litgpt|torchtune|maxtext)$/;

function overlapOf(input: CaseInput, stack: Stack, fields: PartialJobDraft, assume: Assume): void {
  const { flags } = input.parallel ?? {};
  const note = input.note ?? '';
  const recipe = isModernMegatron(input, stack) && flags === undefined;
  const overlapping = /overlap/i.test(note) || recipe || overlapsByDefault.test(stack);
  fields['overlap.gradReduce'] = flags?.['overlap-grad-reduce'] === true || overlapping;
  fields['overlap.paramGather'] = flags?.['overlap-param-gather'] === true || overlapping;
  if (flags === undefined && !/overlap/i.test(note) && (fields['parallel.data'] ?? 1) > 1)
    assume('overlap.gradReduce', 'overlap with computation not stated: as usual for the software');
  // Dense recipes of Megatron-Bridge with TP run it over user buffers (scripts/performance/configs/llama).
  const userBuffers = stack === 'megatron-bridge' && flags === undefined && fields['model.experts'] === undefined;
  const stated = input.parallel?.async_tp === true || /overlap[^.;]*TP/i.test(note);
  fields['parallel.tpCommOverlap'] = stated || userBuffers;
  if (userBuffers && !stated && (fields['parallel.tensor'] ?? 1) > 1)
    assume('parallel.tpCommOverlap', "not stated: Megatron-Bridge's dense recipes run TP over user buffers");
}

/** Forks of Megatron-LM of before late 2021 wait for every sum of gradients over TP. */
const beforeAsyncSums = /bigscience|tr11-176B/i;

function tensorGradientsOf(input: CaseInput, fields: PartialJobDraft, assume: Assume): void {
  if (!beforeAsyncSums.test(input.source ?? '') || (fields['parallel.tensor'] ?? 1) <= 1) return;
  fields['parallel.tensorGradientOverlap'] = false;
  assume('parallel.tensorGradientOverlap', 'not stated: the fork is older than sums beside weight gradients (Megatron-LM, late 2021)');
}

function dispatchOf(input: CaseInput, stack: Stack, fields: PartialJobDraft): void {
  const { flags } = input.parallel ?? {};
  if ((input.parallel?.sequence_parallel_ulysses ?? 1) > 1) fields['parallel.contextKind'] = 'all-to-all';
  if (stack !== 'megatron-lm' || flags === undefined) return;
  // Where launcher flags are listed, one that is not there has Megatron-LM's default: allgather.
  const dispatchers = { alltoall: 'all-to-all', flex: 'deepep', allgather: 'all-gather' } as const;
  const written = String(flags['moe-token-dispatcher-type'] ?? 'allgather');
  fields['parallel.expertDispatch'] ??= dispatchers[written as keyof typeof dispatchers] ?? 'all-to-all';
}

function compilerOf(input: CaseInput, stack: Stack, fields: PartialJobDraft, assume: Assume): void {
  if (input.compile !== undefined) fields['compile.enabled'] = input.compile;
  else if (/torchao e2e training/i.test(input.source ?? '')) {
    fields['compile.enabled'] = true;
    assume('compile.enabled', 'not stated: torchao benchmarks/float8/training/torchtitan_benchmark.sh passes --training.compile');
  }
  const cuda = /\bcuda (\d+\.\d+)/i.exec(input.note ?? '')?.[1];
  if (cuda !== undefined) fields['environment.cudaVersion'] = Number(cuda);
  else if (stack === 'megatron-deepspeed') {
    fields['environment.cudaVersion'] = 11;
    assume('environment.cudaVersion', 'not stated: BLOOM and the runs of its time were made before CUDA 12');
  }
}

/** Models written for these libraries have no dropout unless their configuration asks for it. */
const plainModels = /^(megatron-bridge|torchtitan|fsdp|huggingface|litgpt|torchtune|maxtext|deepspeed)$/;

function dropoutOf(input: CaseInput, stack: Stack, fields: PartialJobDraft, assume: Assume): void {
  const written = input.parallel?.flags?.['hidden-dropout'];
  fields['dropout.enabled'] = !(fields['model.gatedMlp'] === true || written === 0 || plainModels.test(stack));
  if (written !== undefined) return;
  const none = plainModels.test(stack) ? 'models written for this library have none' : 'models with a gated MLP have none';
  assume('dropout.enabled', `not stated: ${fields['dropout.enabled'] ? 'GPT-like models train with dropout' : none}`);
}
