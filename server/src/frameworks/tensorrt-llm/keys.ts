/** What TensorRT-LLM's flags and keys mean. Names and defaults: tensorrt_llm/commands/serve.py, llmapi/llm_args.py, commands/build.py. */
import { fieldsOfRows, type KeyTable, keyTable } from '../key-table.ts';
import { engineFileRows, tensorRtLlmRows } from './rows.ts';

const lines = `
  model / model-path / model-dir / model-id | text | - | The model, by Hub name or folder, or the folder of an engine
  tokenizer | text | - | The tokenizer, when it is not the model's
  backend | pytorch,tensorrt,_autodeploy | pytorch | What computes the model
  trust-remote-code | boolean | false | Runs code that comes with the model
  tensor-parallel-size / tp-size / tp | integer | 1 | TP: GPUs that share each layer
  pipeline-parallel-size / pp-size / pp | integer | 1 | PP: groups of layers on different GPUs
  moe-expert-parallel-size / ep-size / ep | integer | - | EP: groups of GPUs with whole experts of their own, inside TP
  moe-tensor-parallel-size | integer | - | Parts of each expert
  moe-cluster-parallel-size / cluster-size | integer | - | Clusters of experts
  context-parallel-size / cp-size | integer | 1 | GPUs among which a prompt is divided
  enable-attention-dp | boolean | false | Each GPU of TP attends to requests of its own
  gpus-per-node | integer | - | GPUs of a node; those that are there when absent
  max-batch-size | integer | 2048 | Most requests of one step
  max-num-tokens | integer | 8192 | Most tokens of one step
  max-seq-len | integer | - | Longest prompt and answer together; the model's own length when absent
  max-input-len | integer | 1024 | Longest prompt
  max-beam-width | integer | 1 | Beams of a request
  kv-cache-config | block | - | The cache of keys and values
  kv-cache-config.free_gpu_memory_fraction / kv-cache-free-gpu-memory-fraction / free-gpu-memory-fraction / kv-cache-free-gpu-mem-fraction | number | 0.9 | Share of the memory that is free after the weights which becomes KV cache
  kv-cache-config.max_tokens | integer | - | Most tokens of the KV cache; the smaller of this and the share holds
  kv-cache-config.dtype / kv-cache-dtype | auto,fp8,nvfp4,int8,bfloat16,float16 | auto | Format of the KV cache
  kv-cache-config.enable_block_reuse | boolean | true | Keeps the KV cache of common beginnings
  kv-cache-config.tokens_per_block / tokens-per-block | integer | 32 | Tokens of one block
  kv-cache-config.host_cache_size | integer | - | Bytes of host memory for blocks that left the GPU
  kv-cache-config.max_attention_window | list | - | Windows of the layers, in turn
  cuda-graph-config | block | - | Batches that CUDA graphs are captured for
  cuda-graph-config.max_batch_size | integer | 0 | Largest batch for which a CUDA graph is captured
  cuda-graph-config.enable_padding | boolean | false | Fills batches up to one that was captured
  cuda-graph-config.batch_sizes | list | - | Batch sizes for which CUDA graphs are captured
  use-cuda-graph / cuda-graph / pytorch-backend-config.use_cuda_graph | boolean | - | Captures CUDA graphs; older releases
  moe-config.backend | AUTO,CUTLASS,CUTEDSL,WIDEEP,TRTLLM,DEEPGEMM,VANILLA,TRITON | AUTO | Kernel of the experts
  moe-config.load_balancer | text | - | Where copies of experts lie
  attn-backend | text | TRTLLM | Kernel of attention
  enable-chunked-prefill / enable-chunked-context | boolean | false | Reads long prompts in pieces
  disable-overlap-scheduler | boolean | false | Plans a step only after the one before
  speculative-config | block | - | Drafts
  speculative-config.decoding_type | text | - | How tokens are guessed: MTP, Eagle, NGram, DraftTarget, Medusa, Lookahead
  speculative-config.max_draft_len / speculative-config.num_nextn_predict_layers | integer | - | Tokens guessed in each step
  speculative-config.speculative_model / speculative-config.speculative_model_dir / speculative-config.pytorch_weights_path | text | - | Draft model
  cache-transceiver-config.backend | text | - | What moves the KV cache to the decoder
  lora-config.max_lora_rank | integer | 64 | Highest rank of an adapter
  lora-config.max_loras | integer | 4 | Adapters on the GPU
  quantization / qformat / quant-algo / quant-config.quant_algo | text | - | How weights are quantized: FP8, NVFP4, W4A16_AWQ, W4A8_AWQ, INT8
  server-role | text | - | Whether the server prefills or decodes
  extra-llm-api-options / config | path | - | YAML whose keys replace flags
  checkpoint-dir | path | - | Folder of the converted checkpoint
  output-dir | path | - | Where the engine or checkpoint is written
  dtype / storage-type | auto,float16,bfloat16,float32 | auto | Format of weights and products
  gpt-attention-plugin | auto,float16,bfloat16,float32,disable | auto | Format of the attention plugin
  gemm-plugin | text | - | Format of the plugin of products
  use-paged-context-fmha | enable,disable | enable | Attention over cached beginnings
  paged-kv-cache / kv-cache-type | text | paged | Kind of KV cache
  use-weight-only | boolean | false | Quantizes weights alone
  weight-only-precision | int8,int4,int4_gptq | int8 | Format of weights that are quantized alone
  int8-kv-cache | boolean | false | KV cache in 8 bits
  workers | integer | 1 | Processes that build
  architecture | text | - | The model's class
  num-hidden-layers | integer | - | Layers
  hidden-size | integer | - | Width of the model
  num-attention-heads | integer | - | Heads
  num-key-value-heads | integer | - | Heads of keys and values
  head-size | integer | - | Width of a head
  intermediate-size | integer | - | Width of the MLP
  vocab-size | integer | - | Words of the vocabulary
  max-position-embeddings | integer | - | Positions of the model
  hidden-act | text | - | Activation of the MLP
  mapping.tp_size | integer | 1 | TP of the engine
  mapping.pp_size | integer | 1 | PP of the engine
  mapping.moe_ep_size | integer | 1 | EP of the engine
  quantization.quant_algo | text | - | How weights are quantized
  quantization.kv_cache_quant_algo | text | - | Format of the KV cache
  plugin-config.tokens_per_block | integer | 32 | Tokens of one block
  plugin-config.use_paged_context_fmha | boolean | true | Attention over cached beginnings
`;

export const tensorRtLlmKeys: KeyTable = keyTable(
  'tensorrt-llm',
  'tensorrt_llm/commands/serve.py and llmapi/llm_args.py, TensorRT-LLM 1.x',
  lines,
  fieldsOfRows([...tensorRtLlmRows, ...engineFileRows]),
);
