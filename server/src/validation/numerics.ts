/** From the spellings of precision, optimizer, recompute and sharding in published rows to job fields. */
import type { Assumption } from '../core/estimate.ts';
import type { NumberFormat, OptimizerKind, PartialJobDraft, RecomputeGranularity } from '../core/job-fields.ts';
import type { CaseInput } from './row.ts';
import type { Stack } from './stack.ts';

/** Compute format, storage format of weights and gradients. */
export function precisionOf(input: CaseInput, stack: Stack, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const compute = input.numerics?.compute ?? '';
  const param = input.numerics?.param ?? '';
  const half: NumberFormat = /fp16|float16/i.test(compute || param) && !/bf16|bfloat16/i.test(compute) ? 'fp16' : 'bf16';
  const old = stack === 'megatron-deepspeed' || /ptd-p|v100/i.test(`${input.source ?? ''} ${input.hardware?.gpu ?? ''}`);
  const stated = compute !== '' || param !== '';
  const usual: NumberFormat = stack === 'huggingface' ? 'fp32' : old ? 'fp16' : 'bf16';
  fields['precision.compute'] = stated ? half : usual;
  if (!stated) {
    const why =
      stack === 'huggingface' ? 'precision not stated: weights load as fp32' : 'precision not stated: mixed precision of its time';
    assumptions.push({ field: 'precision.compute', value: usual, why });
  }
  lowPrecisionOf(input, fields);
  // Accelerate keeps fp32 shards of what FSDP trains in bf16 mixed precision ("Upcasted low precision parameters" in accelerator.py).
  const upcast = acceleratedByFsdp(input, stack) && fields['precision.compute'] === 'bf16' && !/lora|adapter/i.test(input.task ?? '');
  const [params, gradients] = upcast ? (['fp32', 'fp32'] as const) : storedFormats(param, compute, stack, fields['precision.compute']);
  fields['precision.params'] = params;
  fields['precision.gradients'] = gradients;
  const [value, what] = param === '' ? [`${params} weights, ${gradients} gradients`, 'stored formats'] : [gradients, 'format of gradients'];
  const how = upcast ? "Accelerate's FSDP keeps fp32 shards" : 'as the software stores them';
  assumptions.push({ field: param === '' ? 'precision.params' : 'precision.gradients', value, why: `${what} not stated: ${how}` });
}

/** fp8 with its recipe, or NVFP4, whose other products run in fp8 or 16 bits. */
function lowPrecisionOf(input: CaseInput, fields: PartialJobDraft): void {
  const recipe = input.parallel?.flags?.['fp8-recipe'];
  const words = `${input.numerics?.compute ?? ''} ${typeof recipe === 'string' ? recipe : ''}`;
  const four = /fp4/i.test(words);
  fields['precision.fp4'] = four;
  fields['precision.fp8'] = !four && /fp8|float8|rowwise|tensorwise/i.test(words);
  if (!fields['precision.fp8']) return;
  if (/mx/i.test(words)) fields['precision.fp8Recipe'] = 'mx';
  else fields['precision.fp8Recipe'] = /block/i.test(words) ? 'blockwise' : 'tensorwise';
}

/** Hugging Face's Trainer under FSDP; scripts that call FSDP themselves keep what they loaded. */
export function acceleratedByFsdp(input: CaseInput, stack: Stack): boolean {
  const fsdp = String(input.parallel?.fsdp ?? '');
  return stack === 'huggingface' && /fsdp|full_shard/i.test(fsdp) && !/fsdp_qlora|no shard/i.test(`${input.source ?? ''} ${fsdp}`);
}

/** Formats of stored weights and of gradients: plain 16-bit training where the weights are said to be, else by the software. */
function storedFormats(param: string, compute: string, stack: Stack, half: NumberFormat): readonly [NumberFormat, NumberFormat] {
  const plain = stack === 'huggingface' || stack === 'torchtune' || (stack === 'litgpt' && param !== '');
  if (plain) return [half, half];
  const sharded = stack === 'torchtitan' || stack === 'fsdp' || stack === 'litgpt' || stack === 'maxtext';
  if (sharded || /fp32 shards|mixed precision/i.test(`${param} ${compute}`)) {
    const pure = sharded && /^(bf16|bfloat16|float16|fp16)$/i.test(param);
    return pure ? [half, half] : ['fp32', 'fp32'];
  }
  const low = stack === 'deepspeed' || stack === 'megatron-deepspeed' || stack === 'internevo';
  return [half, low ? half : 'fp32'];
}

/** The optimizer; Adam with fp32 states when nothing is said. */
export function optimizerOf(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const flag = input.parallel?.flags?.optimizer;
  const written = input.numerics?.optimizer ?? (typeof flag === 'string' ? flag : '');
  const states = input.numerics?.optimizer_states ?? '';
  let kind: OptimizerKind = 'adam';
  if (/8-?bit/i.test(`${written} ${states}`)) kind = 'adam-8bit';
  else if (/4-?bit/i.test(`${written} ${states}`)) kind = 'adam-4bit';
  else if (/muon/i.test(written)) kind = 'muon';
  else if (/adafactor/i.test(written)) kind = 'adafactor';
  else if (/lion/i.test(written)) kind = 'lion';
  else if (/\bsgd\b/i.test(written)) kind = 'sgd';
  fields['optimizer.kind'] = kind;
  if (/paged/i.test(written)) fields['optimizer.paged'] = true;
  if (/fused/i.test(written)) fields['optimizer.fused'] = true;
  if (written === '') assumptions.push({ field: 'optimizer.kind', value: 'adam', why: 'optimizer not stated' });
}

/** Which granularities are possible: the stated one, the software's own default, or all of them when nobody says. */
export function recomputeOf(input: CaseInput, stack: Stack): readonly RecomputeGranularity[] {
  const written = input.recompute ?? recipeRecompute(input, stack);
  if (written === undefined) return ['none', 'selective', 'full'];
  if (/^(full|yes|true|on\b|all)/i.test(written)) return ['full'];
  // Whole layers here and there are full recomputation of a part of them.
  if (/layer/i.test(written)) return ['full'];
  if (/^selective/i.test(written)) return ['selective'];
  return ['none'];
}

/** The recipes of torchtune and XTuner checkpoint every layer; LitGPT does when it shards; nanotron does not unless told to. */
function recipeRecompute(input: CaseInput, stack: Stack): RecomputeGranularity | undefined {
  if (stack === 'torchtune' || stack === 'deepspeed') return 'full';
  if (stack === 'litgpt' && input.task !== undefined) return (input.hardware?.gpus ?? 1) > 1 ? 'full' : 'none';
  return stack === 'nanotron' ? 'none' : undefined;
}

/** Software whose published tables are older than FlashAttention 2 (July 2023). */
const firstGeneration = /llm-foundry/i;

/** The attention kernel: stated, else by the age of the software. */
export function attentionOf(input: CaseInput, stack: Stack, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const flags = input.parallel?.flags ?? {};
  const written = input.attention ?? '';
  if (/unfused/i.test(written)) fields['attention.kernel'] = 'unfused';
  else if (/flash[- _]?(?:attention[- _]?)?(?:1|v1)\b|triton/i.test(written)) fields['attention.kernel'] = 'flash1';
  else if (firstGeneration.test(input.source ?? '')) {
    fields['attention.kernel'] = 'flash1';
    const why = 'llm-foundry ran the Triton FlashAttention 1 when its tables were made';
    assumptions.push({ field: 'attention.kernel', value: 'FlashAttention 1', why });
  } else if (/flash|sdpa/i.test(written)) fields['attention.kernel'] = 'flash';
  else if (flags['attention-backend'] === 'unfused' || flags['transformer-impl'] === 'local') fields['attention.kernel'] = 'unfused';
  else {
    const before =
      stack === 'megatron-deepspeed' || /ptd-p|korthikanti|galvatron|v100/i.test(`${input.source ?? ''} ${input.hardware?.gpu ?? ''}`);
    fields['attention.kernel'] = before ? 'unfused' : 'flash';
    assumptions.push({
      field: 'attention.kernel',
      value: fields['attention.kernel'],
      why: 'attention kernel not stated: told from the age of the software',
    });
  }
}
