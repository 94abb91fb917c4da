/** Whether two spellings mean the same value: `amp_bf16` and bf16, `torch.optim.AdamW` and adamw, "8" and 8. */

import { isFormula, sameFormula } from './kernel-values.ts';

/** Families of names for one framework; people say trainer where the adapter says library. */
const frameworkFamilies: readonly (readonly string[])[] = [
  ['hftrainer', 'trl', 'huggingface', 'transformers'],
  ['megatronlm', 'megatronlmfork', 'megatroncore', 'megatron'],
  ['nemo1', 'nemo'],
  ['nemo2', 'nemo'],
  ['nemoautomodel', 'automodel'],
  ['deepseeknative', 'deepseek'],
  ['launcher', 'kubernetes', 'kubeflow', 'kubeflowtrainer', 'mpioperator', 'ray'],
  ['peft', 'huggingface'],
];

const bare = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

function sameFramework(expected: string, got: string): boolean {
  const [a, b] = [bare(expected), bare(got)];
  return a === b || frameworkFamilies.some((family) => family.includes(a) && family.includes(b));
}

const formats: readonly (readonly [RegExp, string])[] = [
  [/^(?:no|32|32-true|float|f32)$|fp32|float32/, 'fp32'],
  [/bf16|bfloat16/, 'bf16'],
  [/fp16|float16|^half$|^16/, 'fp16'],
  [/fp8|e4m3|e5m2/, 'fp8'],
];
const numberFormat = (text: string): string => formats.find(([pattern]) => pattern.test(text.toLowerCase()))?.[1] ?? text.toLowerCase();

/** `bf16:auto` is bf16 wherever the GPU has it. */
function samePrecision(expected: string, got: string): boolean {
  return got === 'auto' ? expected.endsWith('auto') : numberFormat(expected) === numberFormat(got);
}

const optimizerName = (text: string): string => bare(text.replace(/^torch\.optim\./i, '')).replace(/torch|fused|bnb/g, '');

/** Unsloth's own checkpointing recomputes everything; OLMo's selected modules are a selection. */
function sameRecompute(expected: string, got: string): boolean {
  const word = (text: string): string => text.replace(/^select.*/, 'selective').replace('unsloth', 'full');
  return word(expected) === word(got);
}

/** Full names letter by letter but for their case; an alias by the last part of the path. */
function sameModel(expected: string, got: string): boolean {
  const [a, b] = [expected.toLowerCase(), got.toLowerCase()];
  if (a === b || b.endsWith(`/${a}`) || a.endsWith(`/${b}`)) return true;
  return !a.includes('/') && bare(b.split(/[/.]/).at(-1) ?? b).includes(bare(a));
}

/** The chip in the many names of an accelerator. */
const chips = /gb300|gb200|b300|b200|h200|h100|h800|h20|a100|a800|a10g|l40s|l40|l4|v100|mi\d{3}x?|v\d[ep]|trainium\d?|gaudi\d?/;
const chip = (text: string): string => chips.exec(text.toLowerCase())?.[0] ?? bare(text);

const isNamed = (pattern: RegExp) => (fact: string) => pattern.test(fact);
const byFact: readonly (readonly [(fact: string) => boolean, (expected: string, got: string) => boolean])[] = [
  [isNamed(/^framework$|^engine$|^launcher$/), sameFramework],
  [isNamed(/^kind$/), (a, b) => a === b || (a === 'launch' && b === 'cluster')],
  [isNamed(/precision|dtype$/), samePrecision],
  [isNamed(/^optimizer$/), (a, b) => optimizerName(a) === optimizerName(b)],
  [isNamed(/^model\.(?:name|component|config|flavor|gguf|served_as|descriptor)$/), sameModel],
  [isNamed(/^gpu$|^accelerator$/), (a, b) => chip(a) === chip(b)],
  [isNamed(/activation$|swiglu/), (a, b) => bare(a).replace(/^fast/, '') === bare(b).replace(/^silu$/, 'swiglu')],
  [isNamed(/checkpointing$|^recompute$/), sameRecompute],
  [isNamed(/^fsdp(?:_sharding)?$/), (a, b) => bare(a).startsWith(bare(b)) || (/^version/.test(a) && /shard/i.test(b))],
  [isFormula, sameFormula],
  [isNamed(/^deepspeed_config$/), (a, b) => a.split('/').at(-1) === b.split('/').at(-1)],
];

/** Words for one meaning where a format says it by a word and a field by a value. */
function sameMeaning(fact: string, expected: unknown, got: unknown): boolean {
  if (typeof expected === 'boolean' && typeof got !== 'boolean')
    return expected === !['none', 'no', 'false', '0', ''].includes(String(got));
  if (typeof got === 'boolean') return got === !['none', 'no', 'false', '0'].includes(String(expected));
  if (fact === 'pp') return Math.max(1, Number(expected)) === Math.max(1, Number(got));
  if (fact === 'dp_shard' && expected === -1) return got === 'auto';
  if (fact === 'quantization' || fact === 'load_in_4bit') return sameQuantization(String(expected), String(got));
  return false;
}

function sameQuantization(expected: string, got: string): boolean {
  const bits = /^(\d)bit$/.exec(expected)?.[1];
  return bits === undefined ? bare(got).startsWith(bare(expected)) : bits === '4' ? /nf4|fp4|int4|4bit/.test(got) : /int8|8bit/.test(got);
}

/** Objects: every expected member is there; a single word stands for the method of an object. */
function sameObject(fact: string, expected: Readonly<Record<string, unknown>>, got: unknown): boolean {
  if (typeof got !== 'object' || got === null) return sameValue(fact, expected.quant_method ?? expected.method, got);
  const members = got as Readonly<Record<string, unknown>>;
  return Object.entries(expected).every(([name, value]) => members[name] !== undefined && sameValue(name, value, members[name]));
}

/** Whether the value said for a fact is the one expected. */
export function sameValue(fact: string, expected: unknown, got: unknown): boolean {
  if (expected === got) return true;
  if (Array.isArray(expected)) {
    // Launches and kernels are told in any order, and more of them than the case names.
    if (expected.every((one) => typeof one === 'object'))
      return Array.isArray(got) && expected.every((one) => got.some((other) => sameValue(fact, one, other)));
    const list = Array.isArray(got) ? got : String(got).split(/[,\s]+/);
    return fact === 'gpu'
      ? expected.some((one) => sameValue(fact, one, got))
      : expected.length === list.length && expected.every((one, i) => sameValue(fact, one, list[i]));
  }
  if (typeof expected === 'object' && expected !== null) return sameObject(fact, expected as Readonly<Record<string, unknown>>, got);
  if (got === undefined || got === null || got === '') return false;
  const judge = byFact.find(([isIt]) => isIt(fact))?.[1];
  if (typeof expected === 'number' && judge === undefined)
    return typeof got !== 'boolean' && (Number(got) === expected || sameMeaning(fact, expected, got));
  if (judge?.(String(expected), String(got))) return true;
  if (sameMeaning(fact, expected, got)) return true;
  return judge === undefined && typeof got === 'string' && bare(String(expected)) === bare(got);
}
