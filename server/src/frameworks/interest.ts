/**
 * Whether a text is worth a parser. Most Python files have nothing to do with training, and reading one after every key
 * would make itself felt; those that do name a library, a way of dividing work or a batch.
 */
import type { TextFormat } from '../syntax/document.ts';

const words =
  /transformers|\btrl\b|\bpeft\b|deepspeed|lightning|megatron|nemo|torchtitan|torchtune|\bverl\b|nanotron|vllm|sglang|lmdeploy|tensorrt_llm|mlc_llm|llama_cpp|axolotl|unsloth|accelerat|fsdp|parallel|batch_?size|grad(?:ient)?_acc/i;

/** False only for text that no adapter could claim. */
export function mayConfigure(format: TextFormat, text: string): boolean {
  return format !== 'python' || words.test(text);
}
