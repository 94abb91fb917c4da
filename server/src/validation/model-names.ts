/** From the names that benchmark tables use to the table of public models. */
import type { PartialJob } from '../core/job-fields.ts';
import type { Catalog } from './catalog.ts';

export interface FoundCard {
  readonly name: string;
  readonly fields: PartialJob;
}

/** Short names of public models, tested against the name without its publisher. */
const shortNames: readonly (readonly [RegExp, string])[] = [
  [/^llama[- ]?7b$/i, 'meta-llama/Llama-2-7b-hf'],
  [/^(?:vicuna|alpaca)[- ]?7b/i, 'meta-llama/Llama-2-7b-hf'],
  [/^vicuna[- ]?13b/i, 'meta-llama/Llama-2-13b-hf'],
  [/^7b$/i, 'meta-llama/Llama-2-7b-hf'],
  [/^13b(?: llama)?$/i, 'meta-llama/Llama-2-13b-hf'],
  [/^70b$/i, 'meta-llama/Llama-2-70b-hf'],
  [/^gpt-?2[- ](?:xl|1\.5b)$/i, 'openai-community/gpt2-xl'],
  [/^gpt-?2[- ](medium|large)$/i, 'openai-community/gpt2-$1'],
  [/^(\d+(?:\.\d+)?b)(?: gpt(?:-?3)?)?$/i, 'openai/gpt-3-$1'],
  [/^gpt-?3 ?\((\d+(?:\.\d+)?b)\)$/i, 'openai/gpt-3-$1'],
  [/^bloom[- ]?176b$/i, 'bigscience/bloom'],
  [/^qwq-32b|r1-distill-qwen-32b/i, 'Qwen/Qwen2.5-32B'],
  [/r1-distill-qwen-7b/i, 'Qwen/Qwen2.5-7B'],
  [/r1-distill-llama-70b/i, 'meta-llama/Meta-Llama-3.1-70B'],
  [/^zephyr-7b/i, 'mistralai/Mistral-7B-v0.1'],
  [/^llama-?2-7b(-hf)?$/i, 'meta-llama/Llama-2-7b-hf'],
  [/^llama[- ]?13b$/i, 'meta-llama/Llama-2-13b-hf'],
  [/^llama-?2-13b(-hf)?$/i, 'meta-llama/Llama-2-13b-hf'],
  [/^llama[- ]?(2-)?70b$/i, 'meta-llama/Llama-2-70b-hf'],
  [/^llama_?3_8b$|^llama-3-8b$/i, 'meta-llama/Meta-Llama-3-8B'],
  [/^llama_?3_70b$|^llama-3-70b$/i, 'meta-llama/Meta-Llama-3-70B'],
  [/^llama-3\.1-(\d+b)$/i, 'meta-llama/Meta-Llama-3.1-$1'],
  [/^llama-1b \(nanotron bench\)$/i, 'meta-llama/Llama-3.2-1B'],
  [/^mistral[- ]7b$/i, 'mistralai/Mistral-7B-v0.1'],
  [/^mistral-7b-v0\.1-gptq$/i, 'mistralai/Mistral-7B-v0.1'],
  [/^gpt-j 6b$/i, 'EleutherAI/gpt-j-6b'],
  [/^bloomz-7b1/i, 'bigscience/bloom-7b1'],
  [/^t0_3b/i, 'bigscience/T0_3B'],
  [/^mt0-xxl/i, 'bigscience/mt0-xxl'],
  [/^qwen-1\.8b$/i, 'Qwen/Qwen-1_8B'],
  [/^internlm 7b$/i, 'internlm/internlm-7b'],
  [/^tiny-llama-1\.1b$/i, 'TinyLlama/TinyLlama-1.1B-Chat-v1.0'],
  [/r1-distill-qwen-14b/i, 'Qwen/Qwen2.5-14B'],
  [/r1-distill-llama-8b/i, 'meta-llama/Meta-Llama-3.1-8B'],
  [/qwen2\.5-math-1\.5b/i, 'Qwen/Qwen2.5-1.5B'],
  [/^deepseekv3$/i, 'deepseek-ai/DeepSeek-V3'],
  [/^deepseekv4 flash$/i, 'deepseek-ai/DeepSeek-V4-Flash'],
  [/^deepseek-v2 236b$/i, 'deepseek-ai/DeepSeek-V2'],
  [/^qwen3_30b_a3b$/i, 'Qwen/Qwen3-30B-A3B'],
  [/^nemotron_3_nano$/i, 'nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B'],
  [/^mimo-7b/i, 'XiaomiMiMo/MiMo-7B-Base'],
  [/^(devstral-small|magistral-small)-2507$/i, 'mistralai/Devstral-Small-2507'],
];

/** Publishers whose models are often written without them. */
const publishers = ['meta-llama', 'Qwen', 'mistralai', 'tiiuae', 'microsoft', 'stabilityai', 'bigcode', '01-ai', 'internlm', 'moonshotai'];

function shortName(bare: string): string | undefined {
  for (const [pattern, full] of shortNames) {
    const match = pattern.exec(bare);
    if (match) return full.replace('$1', match[1] ?? '');
  }
  return undefined;
}

/** The name as written, then without publisher, then without what a quantized or tuned variant adds. */
export function findCard(name: string | undefined, catalog: Catalog): FoundCard | undefined {
  if (name === undefined) return undefined;
  const bare = name.replace(/^[^/]+\//, '');
  const plain = bare.replace(/[-_](fp8|gptq|awq|int4|w8a8|nvfp4|gguf).*$/i, '').replace(/[-_](kv|dynamic)$/i, '');
  const untuned = plain.replace(/-instruct|-chat|-hf|-it$|-base$/gi, '');
  const short = shortName(bare);
  const candidates = [
    name,
    bare,
    ...(short === undefined ? [] : [short]),
    plain,
    untuned,
    ...publishers.map((publisher) => `${publisher}/${plain}`),
  ];
  for (const candidate of candidates) {
    const found = catalog.findModel(candidate);
    if (found) return { name: candidate, fields: found };
  }
  return undefined;
}
