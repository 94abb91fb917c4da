/** What MLC LLM's options and the keys of its file mean. Sources as in rows.ts. */
import { fieldsOfRows, type KeyTable, keyTable } from '../key-table.ts';
import { mlcModelRows, mlcRows } from './rows.ts';

const lines = `
  model | text | - | The compiled model, by folder or as HF://organisation/name
  model-lib | path | - | The compiled library
  device | text | auto | Where it runs: cuda, rocm, vulkan, metal
  mode | local,interactive,server | local | How much memory is taken: for few, for one, or for many requests
  overrides | text | - | Settings of the engine, name=value, separated by semicolons
  engine-config | block | - | Settings of the engine in Python
  quantization | text | - | How weights are quantized: q4f16_1, q0f16, e4m3_e4m3_f16
  tensor-parallel-shards | integer | 1 | TP: GPUs that share each layer
  pipeline-parallel-stages | integer | 1 | PP: groups of layers on different GPUs
  context-window-size / max-single-sequence-length | integer | - | Longest prompt and answer together
  sliding-window-size | integer | -1 | Window of attention
  attention-sink-size | integer | -1 | First tokens that stay in the window
  prefill-chunk-size | integer | - | Most tokens of one piece of a prompt
  max-num-sequence / max-batch-size | integer | - | Most requests of one step
  max-total-seq-length / max-total-sequence-length | integer | - | Most tokens of the KV cache
  max-history-size | integer | 1 | Kept states of recurrent models
  gpu-memory-utilization | number | 0.85 | Share of GPU memory the engine takes
  speculative-mode | disable,small_draft,eagle,medusa | disable | How tokens are guessed
  spec-draft-length | integer | 0 | Tokens guessed in each step
  spec-tree-width | integer | 1 | Branches of each step
  prefix-cache-mode | disable,radix | radix | Whether the KV cache of common beginnings is kept
  prefill-mode | chunked,hybrid | hybrid | Whether prompts and decodes share steps
  additional-models | list | - | Draft models
  model-type | text | - | The kind of model
  model-config | block | - | The model's shape
  model-config.num_hidden_layers | integer | - | Layers
  model-config.hidden_size | integer | - | Width of the model
  model-config.num_attention_heads | integer | - | Heads
  model-config.num_key_value_heads | integer | - | Heads of keys and values
  model-config.head_dim | integer | - | Width of a head
  model-config.intermediate_size | integer | - | Width of the MLP
  model-config.vocab_size | integer | - | Words of the vocabulary
  opt | text | O2 | Level of optimization
  host | text | 127.0.0.1 | Address to listen at
  port | integer | 8000 | Port to listen at
`;

export const mlcKeys: KeyTable = keyTable(
  'mlc',
  'python/mlc_llm/cli/serve.py and serve/config.py, MLC LLM at 79d603f0',
  lines,
  fieldsOfRows([...mlcRows, ...mlcModelRows]),
);
