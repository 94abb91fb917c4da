/**
 * What the name of a GGUF file or a tag says about its weights: `Qwen3-8B-Q4_K_M.gguf`, `unsloth/Qwen3-8B-GGUF:UD-Q4_K_XL`,
 * `llama3.1:8b-instruct-q4_K_M`. Types: ggml-org/llama.cpp tools/quantize/quantize.cpp.
 */
const type = /(?:^|[-._:/])((?:UD-)?(?:I?Q\d(?:_[0-9A-Z]+)*|TQ[12]_0|MXFP4(?:_MOE)?|NVFP4|BF16|F16|F32|FP16))(?=$|[-.:/])/gi;

/** The type of the weights in capitals, or undefined when the name does not say it. */
export function ggufType(name: string): string | undefined {
  const bare = name.replace(/-\d{5}-of-\d{5}(?=\.gguf$)/i, '').replace(/\.gguf$/i, '');
  return [...bare.matchAll(type)].at(-1)?.[1]?.toUpperCase();
}

/** The file without its folder. */
export const fileName = (path: string): string =>
  path
    .replace(/[\\/]+$/, '')
    .split(/[\\/]/)
    .at(-1) ?? path;
