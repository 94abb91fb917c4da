/** What llama.cpp's arguments mean. Names and defaults: common/arg.cpp and common/common.h of 2026, older names beside them. */
import { fieldsOfRows, type KeyTable, keyTable } from '../key-table.ts';
import { llamaCppRows } from './rows.ts';

const lines = `
  model | path | - | The GGUF file; of a model in several files the first
  hf-repo | text | - | Repository of the Hub, with the quantization behind a colon; Q4_K_M when there is one
  hf-file | text | - | File of that repository
  docker-repo | text | - | Model of Docker's hub
  model-url | text | - | Address to download the model from
  alias | text | - | The name clients ask for
  mmproj | path | - | Encoder of pictures
  ctx-size | integer | 0 | Tokens of the context of all slots: divided by them, or shared with --kv-unified; 0 is what the model was trained with
  kv-unified | boolean | - | One cache for all slots, so that each may take the whole context
  no-kv-unified | boolean | - | Divides the context by the slots, as it is unless the server chooses how many there are
  kv-unified-per-slot | integer | - | Most tokens of one slot
  parallel | integer | -1 | Slots: requests that run at once; -1 is four with one cache for all
  cont-batching | boolean | true | Takes in requests while others run
  batch-size | integer | 2048 | Most tokens of one call
  ubatch-size | integer | 512 | Most tokens of one computed graph, which sizes its buffers
  n-gpu-layers | text | auto | Layers on the GPU: a number, auto or all
  tensor-split | text | - | Shares of the GPUs, such as 3,1
  split-mode | none,layer,row,tensor | layer | Whether GPUs get layers or parts of each
  main-gpu | integer | 0 | The GPU that is used alone, or holds what is not divided
  device | text | - | The devices to use
  flash-attn | on,off,auto | auto | FlashAttention; older builds have it as a switch
  cache-type-k | f32,f16,bf16,q8_0,q4_0,q4_1,iq4_nl,q5_0,q5_1 | f16 | Type of the keys in the cache
  cache-type-v | f32,f16,bf16,q8_0,q4_0,q4_1,iq4_nl,q5_0,q5_1 | f16 | Type of the values in the cache
  no-kv-offload | boolean | false | Keeps the cache in host memory
  cache-ram | integer | 8192 | MiB of host memory for caches of former prompts
  swa-full | boolean | false | Caches the whole context in layers with a window too
  ctx-checkpoints | integer | 32 | States of window and recurrent layers that are kept for each slot
  override-tensor | text | - | Where tensors whose names match go, such as exps=CPU
  cpu-moe | boolean | false | Keeps all experts on the host
  n-cpu-moe | integer | 0 | Layers whose experts stay on the host
  fit | on,off | on | Fits what is not set to the free memory
  no-mmap | boolean | false | Reads the file instead of mapping it
  mlock | boolean | false | Keeps the model in memory
  model-draft | path | - | Draft model
  hf-repo-draft | text | - | Repository of the draft model
  n-gpu-layers-draft | integer | - | Layers of the draft model on the GPU
  ctx-size-draft | integer | - | Context of the draft model
  spec-draft-n-max / draft-max | integer | 3 | Most tokens that are drafted; older builds 16
  draft-min | integer | 0 | Least tokens that are drafted
  spec-type | text | - | How tokens are guessed without or with a draft model
  spec-default | boolean | false | Guesses tokens from what was said before
  lora | path | - | An adapter
  rope-scaling | none,linear,yarn | - | How rotary positions are stretched
  rope-scale | number | - | How far they are stretched
  rope-freq-base | number | - | Base of the rotary frequencies
  yarn-orig-ctx | integer | - | Positions before stretching
  threads | integer | -1 | Threads of the host
  n-predict | integer | -1 | Most tokens of an answer
  n-prompt | text | 512 | Lengths of prompts that llama-bench tries
  n-gen | text | 128 | Lengths of answers that llama-bench tries
  jinja | boolean | true | Uses the model's own template of messages
  chat-template | text | - | How messages become a prompt
  embedding | boolean | false | Serves embeddings only
  metrics | boolean | false | Publishes metrics for Prometheus
  host | text | 127.0.0.1 | Address to listen at
  port | integer | 8080 | Port to listen at
`;

export const llamaCppKeys: KeyTable = keyTable('llama-cpp', 'common/arg.cpp, llama.cpp 2026', lines, fieldsOfRows(llamaCppRows));
