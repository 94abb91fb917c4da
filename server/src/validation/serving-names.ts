/** Models and cards of serving rows that are named by their class, their file or the memory the driver reported. */
import type { CaseInput } from './row.ts';

/** What a row's name says in other words: continued training and quantized files keep the shape of what they came from. */
const models: readonly (readonly [RegExp, string])[] = [
  [/rho-1b/i, 'TinyLlama/TinyLlama-1.1B-intermediate-step-1431k-3T'],
  [/qwen3-coder-next/i, 'Qwen/Qwen3-Next-80B-A3B-Instruct'],
  [/\(qwen3-next class\)/i, 'Qwen/Qwen3-Next-80B-A3B-Instruct'],
  [/\(qwen3-30b-a3b class\)/i, 'Qwen/Qwen3-30B-A3B'],
  [/qwen3-0\.6b\/1\.7b shape|qwen3forcausallm 0\.6b/i, 'Qwen/Qwen3-0.6B'],
  [/mixtral 8x22b class/i, 'mistralai/Mixtral-8x22B-v0.1'],
  [/deepseek-v3\/r1/i, 'deepseek-ai/DeepSeek-V3'],
  [/^llama2-70b-99/i, 'meta-llama/Llama-2-70b-hf'],
  [/^llama 3b$/i, 'meta-llama/Llama-3.2-3B'],
  [/kimi-k2-thinking/i, 'moonshotai/Kimi-K2.5'],
  [/llama-3\.1-8b-instruct-aqlm/i, 'meta-llama/Llama-3.1-8B-Instruct'],
  [/^(.+?)[-.](?:i?q\d\w*|f16|bf16)\.gguf$/i, '$1'],
];

/** Thinking has the language model of K2.5 and no encoder: parts that only the longer name has. */
const textOnly = /kimi-k2-thinking/i;

/** The row with a model name that tables know, and, where the card is not in a data sheet, its memory alone. */
export function servedRow(input: CaseInput): CaseInput {
  const { hardware } = input;
  const gpu = hardware?.gpu ?? '';
  const known = { ...input, ...named(input) };
  if (hardware === undefined || !/class|ascend|xpu|free at load/i.test(gpu)) return known;
  const stated = hardware.gpu_mem_gib ?? memoryIn(gpu);
  return { ...known, hardware: { ...hardware, gpu: 'not stated', ...(stated === undefined ? {} : { gpu_mem_gib: stated }) } };
}

function named({ model }: CaseInput): Pick<CaseInput, 'model'> {
  const id = model?.id;
  if (model === undefined || id === undefined) return {};
  const found = models.find(([pattern]) => pattern.test(id));
  return found === undefined ? {} : { model: { ...model, name: id.replace(new RegExp(`^.*?(?:${found[0].source}).*$`, 'i'), found[1]) } };
}

export const hasEncoder = (input: CaseInput): boolean => !textOnly.test(input.model?.id ?? '');

/** "about 288GB class" and "4GB class (3.23 GiB free at load)": what is free has a context beside it. */
function memoryIn(gpu: string): number | undefined {
  const free = /([\d.]+) GiB free/.exec(gpu)?.[1];
  if (free !== undefined) return Number(free) + 0.5;
  const size = /(\d+) ?GB class/.exec(gpu)?.[1];
  return size === undefined ? undefined : Number(size) - 0.1;
}
