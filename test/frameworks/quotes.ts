/** Whether a piece of text states a value, however the framework spells it. Used by the tests of the adapters. */

/** Words that mean a value of another name. */
const spellings: { readonly [value: string]: RegExp } = {
  bf16: /bf16|bfloat16/,
  fp16: /fp16|float16|half/,
  fp32: /fp32|float32/,
  fp8: /fp8/,
  selective: /selective|recompute-activations/,
  full: /full|checkpoint/,
  learned: /learned/,
  swiglu: /swiglu|silu/,
  geglu: /geglu|gelu/,
  flash: /flash|fused|transformer_engine/,
  adam: /adam/i,
  'megatron-distributed-optimizer': /use.distributed.optimizer/,
  fsdp2: /fsdp/,
  cpu: /cpu|true/,
  MLA: /multi-latent/,
  ring: /p2p/,
  'all-to-all': /alltoall|a2a/,
  'all-gather': /allgather/,
  deepep: /deepep|flex/,
};

/** A letter a layer: written so, as a frequency, or as a list of numbers. */
const isPattern = (word: string, text: string): boolean => /^[-E.*wMmd]{2,}$/.test(word) && /^"?[-ME*G|/]+"?$|\d/.test(text);

/** Megatron-FSDP's names of the ZeRO stages. */
const stages = ['no_shard', 'optim', 'optim_grads', 'optim_grads_params'];

/** True when the text can be understood to say the value. */
export function quotes(value: unknown, text: string): boolean {
  const isSwitch = /^--?[A-Za-z]/.test(text);
  if (typeof value === 'boolean') return isSwitch || /^"?(true|false|1|0|hybrid|e4m3|0\.0)"?$/i.test(text);
  if (typeof value === 'number') return isSwitch || holdsNumber(value, text) || stages[value] === text;
  const word = String(value);
  return text.toLowerCase().includes(word.toLowerCase()) || spellings[word]?.test(text) === true || isPattern(word, text);
}

/** The number itself, in another notation, with a multiplier, or as the length of a list of devices. */
function holdsNumber(value: number, text: string): boolean {
  const numbers = [...text.matchAll(/\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?/gi)].map((match) => Number(match[0].replaceAll('_', '')));
  const thousands = /\dk/.test(text) && numbers.some((number) => number * 1000 === value);
  const devices = /^"?[\w='",]*\d(?:,\d+)+/.test(text) && text.split(',').length === value;
  return numbers.includes(value) || thousands || devices || (value === 1 && text === 'true');
}
