/** From the spellings of precision, optimizer, recompute and sharding in published rows to job fields. */
import type { Assumption } from '../core/estimate.ts';
import type { NumberFormat, OptimizerKind, PartialJobDraft, RecomputeGranularity } from '../core/job-fields.ts';
import type { CaseInput } from './row.ts';

/** The software a row was made with, as far as it changes the arithmetic. */
export type Stack = 'megatron-lm' | 'megatron-deepspeed' | 'torchtitan' | 'fsdp' | 'deepspeed' | 'huggingface';

/** Told from how the row names its sharding and its source; words only. */
export function stackOf(input: CaseInput): Stack {
  const words = `${input.source ?? ''} ${input.note ?? ''}`;
  const fsdp = input.parallel?.fsdp;
  if (/megatron-deepspeed|bigscience|vtrain/i.test(words)) return 'megatron-deepspeed';
  if (/fsdp2/i.test(String(fsdp ?? '')) || /torchtitan/i.test(words)) return 'torchtitan';
  if (typeof fsdp === 'string' && /fsdp|full_shard|hsdp|zero/i.test(fsdp)) return 'fsdp';
  if (/sfttrainer|transformers|hugging ?face|torchtune/i.test(words)) return 'huggingface';
  if (input.parallel?.zero === 3 && (input.parallel.tp ?? 1) === 1 && typeof fsdp !== 'number') return 'deepspeed';
  return 'megatron-lm';
}

/** Compute format, storage format of weights and gradients. */
export function precisionOf(input: CaseInput, stack: Stack, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const compute = input.numerics?.compute ?? '';
  const param = input.numerics?.param ?? '';
  const half: NumberFormat = /fp16|float16/i.test(compute || param) && !/bf16|bfloat16/i.test(compute) ? 'fp16' : 'bf16';
  const old = stack === 'megatron-deepspeed' || /ptd-p|v100/i.test(`${input.source ?? ''} ${input.hardware?.gpu ?? ''}`);
  const stated = compute !== '' || param !== '';
  fields['precision.compute'] = stated ? half : old ? 'fp16' : 'bf16';
  if (!stated)
    assumptions.push({
      field: 'precision.compute',
      value: fields['precision.compute'],
      why: 'precision not stated: mixed precision of its time',
    });
  fields['precision.fp8'] = /fp8|float8|rowwise|tensorwise|mxfp8|nvfp4/i.test(compute);
  if (/fp32 shards|mixed precision/i.test(`${param} ${compute}`) || stack === 'torchtitan' || stack === 'fsdp') {
    fields['precision.params'] = 'fp32';
    fields['precision.gradients'] = 'fp32';
  } else if (stack === 'huggingface') {
    fields['precision.params'] = fields['precision.compute'];
    fields['precision.gradients'] = fields['precision.compute'];
  } else {
    fields['precision.params'] = fields['precision.compute'];
    fields['precision.gradients'] = stack === 'deepspeed' || stack === 'megatron-deepspeed' ? fields['precision.compute'] : 'fp32';
  }
}

/** The optimizer; Adam with fp32 states when nothing is said. */
export function optimizerOf(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const written = input.numerics?.optimizer ?? '';
  const states = input.numerics?.optimizer_states ?? '';
  let kind: OptimizerKind = 'adam';
  if (/8-?bit/i.test(`${written} ${states}`)) kind = 'adam-8bit';
  else if (/4-?bit/i.test(`${written} ${states}`)) kind = 'other';
  else if (/muon/i.test(written)) kind = 'muon';
  else if (/adafactor/i.test(written)) kind = 'adafactor';
  else if (/lion/i.test(written)) kind = 'lion';
  else if (/\bsgd\b/i.test(written)) kind = 'sgd';
  fields['optimizer.kind'] = kind;
  if (written === '') assumptions.push({ field: 'optimizer.kind', value: 'adam', why: 'optimizer not stated' });
}

/** Which granularities are possible: the stated one, or all of them when the row does not say. */
export function recomputeOf(input: CaseInput): readonly RecomputeGranularity[] {
  const written = input.recompute;
  if (written === undefined) return ['none', 'selective', 'full'];
  if (/^full/i.test(written)) return ['full'];
  if (/^selective/i.test(written)) return ['selective'];
  return ['none'];
}

/** The attention kernel: stated, else by the age of the stack. */
export function attentionOf(input: CaseInput, stack: Stack, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const flags = input.parallel?.flags ?? {};
  const written = input.attention ?? '';
  if (/unfused/i.test(written)) fields['attention.kernel'] = 'unfused';
  else if (/flash|sdpa/i.test(written)) fields['attention.kernel'] = 'flash';
  else if (flags['attention-backend'] === 'unfused' || flags['transformer-impl'] === 'local') fields['attention.kernel'] = 'unfused';
  else {
    const before = stack === 'megatron-deepspeed' || /ptd-p|korthikanti|v100/i.test(`${input.source ?? ''} ${input.hardware?.gpu ?? ''}`);
    fields['attention.kernel'] = before ? 'unfused' : 'flash';
    assumptions.push({
      field: 'attention.kernel',
      value: fields['attention.kernel'],
      why: 'attention kernel not stated: told from the age of the software',
    });
  }
}
