/**
 * Whether a text is worth a parser. Most Python files have nothing to do with training, and reading one after every key
 * would make itself felt; those that do name a library, a way of dividing work or a batch.
 */
import type { TextFormat } from '../syntax/document.ts';

const words =
  /transformers|\btrl\b|\bpeft\b|deepspeed|lightning|megatron|nemo|olmo|xtuner|mmengine|colossalai|internlm|recipe|torchtitan|torchtune|\bverl\b|nanotron|vllm|sglang|lmdeploy|tensorrt_llm|mlc_llm|llama_cpp|serve\.llm|axolotl|unsloth|accelerat|\btriton\b|fsdp|parallel|batch_?size|grad(?:ient)?_acc/i;

/** Kernels, their launches, and what host code says of their tiles. */
const kernelWords =
  /__global__|__device__|__launch_bounds__|__shared__|<<<|LaunchKernel|LaunchCooperativeKernel|\bcutlass\b|\bcute\b|\bkBlock[MN]\b|\btile_size/;

/** Kernels in Python, and operators of PyTorch whose cost can be told. */
const pythonKernelWords = /\btilelang\b|\bpallas\b|\b__global__\b/;
const operatorWords = /\b(?:matmul|b?mm|addmm|baddbmm|Linear|linear|scaled_dot_product_attention)\(|[\w)] @ \w/;
const maySayMore = (text: string): boolean => pythonKernelWords.test(text) || (operatorWords.test(text) && /\btorch\b/.test(text));

/** Whether a text may be a configuration, or lead to one. False only for text that no adapter could claim. */
export function mayConfigure(format: TextFormat, text: string): boolean {
  return format !== 'cuda' && (format !== 'python' || words.test(text));
}

/** Whether anything can be said of a text. */
export function mayMatter(format: TextFormat, text: string): boolean {
  if (format === 'cuda') return kernelWords.test(text);
  return mayConfigure(format, text) || (format === 'python' && maySayMore(text));
}

/** What configurations in Python are made of. */
const makers =
  /\w(?:Arguments|Config|Trainer|Strategy|Container|Executor)\(|nemo_run|nemo\.(?:collections|lightning)|megatron\.bridge|torchtitan\.|olmo_core\.|xtuner|mmengine|read_base|recipe/;
/** Longer modules are programs unless they make a configuration; constants and changes to a base are short. */
const shortModule = 4 * 1024;
const longestModule = 48 * 1024;

/** Whether a Python module may hold a part of a configuration, or take one from a module beside it: programs are not followed. */
export function mayShareConfiguration(text: string): boolean {
  return text.length <= shortModule || (text.length <= longestModule && makers.test(text));
}
