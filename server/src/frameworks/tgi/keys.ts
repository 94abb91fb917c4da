/** What the arguments of text-generation-launcher mean. Names and defaults: docs/source/reference/launcher.md at db931fcf. */
import { fieldsOfRows, type KeyTable, keyTable } from '../key-table.ts';
import { tgiRows } from './rows.ts';

const lines = `
  model-id | text | bigscience/bloom-560m | The model, by Hub name or folder
  revision | text | - | Branch, tag or commit of the model
  num-shard | integer | - | TP: GPUs that share each layer; all that are visible when absent
  sharded | boolean | - | Whether to use more than one GPU
  quantize | awq,eetq,exl2,gptq,marlin,bitsandbytes,bitsandbytes-nf4,bitsandbytes-fp4,fp8,compressed-tensors | - | How weights are quantized
  dtype | float16,bfloat16 | - | Format of weights and products
  kv-cache-dtype | fp8_e4m3fn,fp8_e5m2 | - | Format of the KV cache; fp8 doubles its tokens
  speculate | integer | - | Tokens guessed in each step
  trust-remote-code | boolean | false | Runs code that comes with the model
  max-concurrent-requests | integer | 128 | Most requests that are taken in
  max-batch-size | integer | - | Most requests of one step
  max-input-tokens / max-input-length | integer | - | Longest prompt
  max-total-tokens | integer | - | Longest prompt and answer together
  max-batch-prefill-tokens | integer | - | Most tokens of one prefill, which sizes the activations
  max-batch-total-tokens | integer | - | Most tokens of all requests that run; what the memory allows when absent
  waiting-served-ratio | number | 0.3 | When waiting requests stop those that run
  max-waiting-tokens | integer | 20 | Steps after which waiting requests are let in
  cuda-graphs | list | 1,2,4,8,16,32 | Batch sizes for which CUDA graphs are captured; 0 captures none
  cuda-memory-fraction | number | 1.0 | Share of GPU memory the server takes
  rope-scaling | linear,dynamic | - | How rotary positions are stretched
  rope-factor | number | - | How far they are stretched
  lora-adapters | text | - | Adapters, separated by commas
  disable-custom-kernels | boolean | false | No kernels of the project itself
  max-best-of | integer | 2 | Most answers to choose from
  validation-workers | integer | 2 | Processes that check requests
  hostname | text | 0.0.0.0 | Address to listen at
  port | integer | 3000 | Port to listen at
  huggingface-hub-cache | path | - | Where weights are kept
  json-output | boolean | false | Logs as JSON
  usage-stats | on,off,no-stack | on | Whether usage is reported
  payload-limit | integer | 2000000 | Most bytes of a request
  enable-prefill-logprobs | boolean | false | Gives probabilities of the prompt
`;

export const tgiKeys: KeyTable = keyTable(
  'tgi',
  'launcher/src/main.rs, Text Generation Inference at db931fcf',
  lines,
  fieldsOfRows(tgiRows),
);
