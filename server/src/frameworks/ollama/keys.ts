/** What the lines of a Modelfile mean. Names and defaults: docs/modelfile.mdx and api/types.go at fb307609. */
import { fieldsOfRows, type KeyTable, keyTable } from '../key-table.ts';
import { ollamaRows } from './rows.ts';

const lines = `
  from | text | - | The model: name and tag in the library, a GGUF file, or a folder of weights
  adapter | path | - | An adapter to put on the model
  draft | text | - | Draft model
  template | text | - | How messages become a prompt
  system | text | - | What the model is told first
  license | text | - | The licence
  requires | text | - | The least release of Ollama
  renderer | text | - | What writes the prompt
  parser | text | - | What reads the answer
  num_ctx | integer | - | Tokens of the context; by GPU memory when absent, 2048 in older releases
  num_batch | integer | 512 | Most tokens of one computed batch
  num_gpu | integer | -1 | Layers on the GPU; -1 takes as many as fit
  main_gpu | integer | 0 | The GPU for small tensors
  num_thread | integer | 0 | Threads of the host
  num_predict | integer | -1 | Most tokens of an answer
  draft_num_predict | integer | - | Tokens guessed in each step
  num_keep | integer | 4 | Tokens of the beginning that stay when the context is full
  use_mmap | boolean | true | Maps the file instead of reading it
  temperature | number | 0.8 | How freely tokens are chosen
  top_k | integer | 40 | Tokens to choose from
  top_p | number | 0.9 | Share of probability to choose from
  min_p | number | 0.0 | Least probability beside the best
  repeat_last_n | integer | 64 | How far back repetition is looked for
  repeat_penalty | number | 1.0 | How much repetition costs
  seed | integer | 0 | Seed of sampling
  stop | text | - | Where an answer ends
`;

export const ollamaKeys: KeyTable = keyTable(
  'ollama',
  'docs/modelfile.mdx and api/types.go, Ollama at fb307609',
  lines,
  fieldsOfRows(ollamaRows),
);
