/** What LMDeploy's flags and the fields of its engine configurations mean. Names and defaults: cli/utils.py and messages.py at 1263d5cd. */
import { fieldsOfRows, type KeyTable, keyTable } from '../key-table.ts';
import { lmdeployRows } from './rows.ts';

const lines = `
  model-path / model | text | - | The model, by Hub name or folder
  model-name | text | - | The name clients ask for
  backend | turbomind,pytorch | turbomind | What computes the model
  model-format | hf,awq,gptq,compressed-tensors,fp8,mxfp4,llama | - | Layout of the weights, which names their quantization
  dtype | auto,float16,bfloat16 | auto | Format of weights and products
  tp | integer | 1 | TP: GPUs that share each layer
  dp | integer | 1 | Copies that divide requests
  ep | integer | 1 | EP: groups of GPUs with whole experts of their own
  nnodes | integer | 1 | Nodes of the server
  session-len | integer | - | Longest prompt and answer together; the model's own length when absent
  max-batch-size | integer | - | Most requests of one step; by device when absent
  cache-max-entry-count | number | 0.8 | Share of the memory that is free after the weights which becomes KV cache
  cache-block-seq-len / block-size | integer | 64 | Tokens of one block of KV cache
  enable-prefix-caching | boolean | false | Keeps the KV cache of common beginnings
  quant-policy | 0,4,8 | 0 | Bits of the KV cache; 0 leaves it as it is
  max-prefill-token-num | integer | 8192 | Most tokens of one prefill
  num-tokens-per-iter | integer | 0 | Most tokens of one step
  rope-scaling-factor | number | 0.0 | How far rotary positions are stretched
  eager-mode | boolean | false | No CUDA graphs: less memory, slower decodes
  adapters | list | - | Adapters by name and path
  speculative-algorithm / speculative-config.method | eagle,eagle3,deepseek_mtp | - | How tokens are guessed
  speculative-draft-model / speculative-config.model | text | - | Draft model
  speculative-num-draft-tokens / speculative-config.num_speculative_tokens | integer | 1 | Tokens guessed in each step
  role | Hybrid,Prefill,Decode | Hybrid | Whether the server prefills, decodes or does both
  enable-microbatch | boolean | false | Overlaps two half batches
  enable-eplb | boolean | false | Moves experts around as their load changes
  communicator | nccl,native,cuda-ipc | nccl | What GPUs talk through
  language-model-only | boolean | false | Leaves out the encoder of pictures
  vision-max-batch-size | integer | 1 | Pictures that are encoded at once
  server-name | text | 0.0.0.0 | Address to listen at
  server-port | integer | 23333 | Port to listen at
  download-dir | path | - | Where weights are downloaded to
  revision | text | - | Branch, tag or commit of the model
  chat-template | text | - | How messages become a prompt
  log-level | text | WARNING | How much is logged
`;

export const lmdeployKeys: KeyTable = keyTable(
  'lmdeploy',
  'lmdeploy/cli/utils.py and messages.py at 1263d5cd',
  lines,
  fieldsOfRows(lmdeployRows),
);
