/** The software a row was made with, told from its words, as far as it changes the arithmetic. */
import type { CaseInput } from './row.ts';

export type Stack =
  | 'megatron-lm'
  | 'megatron-bridge'
  | 'megatron-deepspeed'
  | 'internevo'
  | 'nanotron'
  | 'torchtitan'
  | 'fsdp'
  | 'deepspeed'
  | 'huggingface'
  | 'torchtune'
  | 'litgpt'
  | 'maxtext';

/** Words of source, note and sharding, and the software they mean; the first that is found wins. */
const bySource: readonly (readonly [RegExp, Stack])[] = [
  [/megatron-deepspeed|bigscience|vtrain/i, 'megatron-deepspeed'],
  [/megatron-bridge|nvidia nemo/i, 'megatron-bridge'],
  [/maxtext/i, 'maxtext'],
  [/internevo/i, 'internevo'],
  [/nanotron/i, 'nanotron'],
  [/torchtitan|kempnerforge/i, 'torchtitan'],
  [/litgpt resource|tinyllama/i, 'litgpt'],
  [/torchtune/i, 'torchtune'],
  [/sfttrainer|transformers|hugging ?face\/|\bpeft\b|axolotl|fsdp_qlora|qwenlm|\btrl\b|unsloth|llama-?factory|accelerate/i, 'huggingface'],
  [/xtuner/i, 'deepspeed'],
  [/megatron|\bnemo\b|\bptd-p\b/i, 'megatron-lm'],
];

export function stackOf(input: CaseInput): Stack {
  const words = `${input.source ?? ''} ${input.where ?? ''} ${input.note ?? ''}`;
  const named = bySource.find(([pattern]) => pattern.test(words));
  if (named) return named[1];
  const fsdp = input.parallel?.fsdp;
  if (/fsdp2/i.test(String(fsdp ?? ''))) return 'torchtitan';
  const pipelined = (input.parallel?.tp ?? 1) * (input.parallel?.pp ?? 1) > 1;
  if (typeof fsdp === 'string' && /fsdp|full_shard|hsdp/i.test(fsdp) && !pipelined) return 'fsdp';
  const tuning = input.lora !== undefined || /fine-?tun|lora|adapter|\bsft\b|\bdpo\b/i.test(input.task ?? '');
  const alone = (input.hardware?.gpus ?? 1) === 1;
  if (!pipelined && input.parallel?.flags === undefined && (tuning || alone)) return 'huggingface';
  if (input.parallel?.zero === 3 && (input.parallel.tp ?? 1) === 1 && typeof fsdp !== 'number') return 'deepspeed';
  return 'megatron-lm';
}

/** Megatron-LM and what is built on its core. */
export function isMegatron(stack: Stack): boolean {
  return stack === 'megatron-lm' || stack === 'megatron-bridge' || stack === 'megatron-deepspeed';
}

/** Megatron-Core of its later releases, with its present defaults and recipes. */
export function isModernMegatron(input: CaseInput, stack: Stack): boolean {
  return stack === 'megatron-bridge' || (stack === 'megatron-lm' && !/ptd-p|korthikanti/i.test(input.source ?? ''));
}

/** The id by which the core knows the software. */
export function frameworkOf(stack: Stack): string {
  if (isMegatron(stack) || stack === 'internevo' || stack === 'nanotron') return 'megatron-lm';
  if (stack === 'maxtext') return 'torchtitan';
  return stack;
}
