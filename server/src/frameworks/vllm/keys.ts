/**
 * What flags of `vllm serve` mean, which are keys of its YAML too. Names and defaults: vllm/engine/arg_utils.py and
 * vllm/config/*.py at the commits of `flag-names.ts`.
 */
import { vllmFlags } from '../../core/serving/engines/vllm-flags.ts';
import { withHistory } from '../engines/history.ts';
import { fieldsOfRows, type KeyTable, keyTable } from '../key-table.ts';

import { vllmModelRows, vllmRows } from './rows.ts';

const lines = `
  model / model-tag | text | - | The model, by Hub name or folder
  served-model-name | text | - | The name clients ask for; the model's own when absent
  tokenizer | text | - | The tokenizer, when it is not the model's
  tokenizer-mode | auto,slow,mistral,custom | auto | Which kind of tokenizer
  trust-remote-code | boolean | false | Runs code that comes with the model
  revision | text | - | Branch, tag or commit of the model
  download-dir | path | - | Where weights are downloaded to
  load-format | auto,pt,safetensors,npcache,dummy,tensorizer,runai_streamer,bitsandbytes,sharded_state,gguf,mistral | auto | Format of the weights
  dtype | auto,half,float16,bfloat16,float,float32 | auto | Format of weights and products; the model's own when auto
  quantization | text | - | How weights are quantized: awq, gptq, fp8, compressed-tensors, bitsandbytes; the model says it as a rule
  kv-cache-dtype | auto,bfloat16,fp8,fp8_e4m3,fp8_e5m2 | auto | Format of the KV cache; fp8 doubles its tokens
  calculate-kv-scales | boolean | false | Finds scales of an fp8 KV cache while serving
  tensor-parallel-size | integer | 1 | TP: GPUs that share each layer
  pipeline-parallel-size | integer | 1 | PP: groups of layers on different GPUs
  data-parallel-size | integer | 1 | Copies of the model that divide requests
  data-parallel-size-local | integer | - | Copies on this node
  data-parallel-address | text | - | Address of the node that leads the copies
  data-parallel-backend | mp,ray | mp | Who starts the copies
  enable-expert-parallel | boolean | false | Spreads experts over TP x DP instead of dividing each
  all2all-backend | text | - | Library that sends tokens to experts
  enable-eplb | boolean | false | Moves experts around as their load changes
  num-redundant-experts | integer | - | Copies of busy experts
  decode-context-parallel-size | integer | 1 | GPUs of TP among which the KV cache of a sequence is divided
  prefill-context-parallel-size | integer | 1 | GPUs among which a prompt is divided
  distributed-executor-backend | mp,ray,uni,external_launcher | - | Who starts the workers
  nnodes | integer | 1 | Nodes of the server
  disable-custom-all-reduce | boolean | false | Sums through NCCL alone
  max-model-len | integer | - | Longest prompt and answer together; the model's own length when absent, -1 for what fits
  max-num-seqs | integer | - | Most sequences of one step; depends on release and GPU when absent
  max-num-batched-tokens | integer | - | Most tokens of one step; they size the activations
  max-num-partial-prefills | integer | 1 | Prompts that are read in pieces at once
  long-prefill-token-threshold | integer | 0 | From how many tokens a prompt counts as long
  gpu-memory-utilization / device-memory-utilization | number | 0.92 | Share of GPU memory the server takes; what weights and activations leave becomes KV cache; 0.9 in older releases
  kv-cache-memory-bytes | integer | - | Bytes of KV cache on each GPU, in place of what the share leaves
  block-size | 1,8,16,32,64,128,256 | 16 | Tokens of one block of KV cache
  num-gpu-blocks-override | integer | - | Blocks of KV cache, for tests
  swap-space | number | 4 | GiB of host memory for preempted sequences, for each GPU; gone in newer releases
  cpu-offload-gb | number | 0 | GiB of weights of each GPU that stay on the host and are copied in every step
  kv-offloading-size | number | - | GiB of host memory for blocks that left the GPU
  enable-prefix-caching | boolean | true | Keeps the KV cache of common beginnings
  no-enable-prefix-caching | boolean | - | Keeps no KV cache of common beginnings
  enable-chunked-prefill | boolean | true | Reads long prompts in pieces between decodes
  no-enable-chunked-prefill | boolean | - | Reads every prompt in one piece
  enforce-eager | boolean | false | No compilation and no CUDA graphs: less memory, slower decodes
  no-enforce-eager | boolean | - | Compiles and captures CUDA graphs
  compilation-config | block | - | Level of compilation and which CUDA graphs are captured
  cuda-graph-sizes | list | - | Batch sizes for which CUDA graphs are captured
  max-seq-len-to-capture | integer | 8192 | Longest sequence that CUDA graphs cover
  disable-sliding-window | boolean | false | Caps the length at the window
  disable-hybrid-kv-cache-manager | boolean | false | One kind of KV cache for all layers
  mamba-cache-dtype | auto,float32 | auto | Format of state space states
  attention-backend | text | - | Kernel of attention
  scheduling-policy | fcfs,priority | fcfs | Order of requests
  async-scheduling | boolean | - | Plans the next step while one runs
  num-scheduler-steps | integer | 1 | Steps between two plans; older releases
  preemption-mode | recompute,swap | - | What happens to preempted sequences; older releases
  speculative-config | block | - | Draft model and how many tokens it guesses
  speculative-config.method / spec-method | text | - | How tokens are guessed: eagle3, mtp, ngram, draft_model, suffix
  speculative-config.model / spec-model / speculative-model | text | - | Draft model
  speculative-config.num_speculative_tokens / spec-tokens / num-speculative-tokens | integer | - | Tokens guessed in each step
  speculative-config.draft_tensor_parallel_size / speculative-draft-tensor-parallel-size | integer | - | TP of the draft model
  speculative-config.quantization / speculative-model-quantization | text | - | How the draft model's weights are quantized
  enable-lora | boolean | false | Serves adapters
  max-loras | integer | 1 | Adapters of one step; their memory is set aside
  max-lora-rank | 8,16,32,64,128,256,320,512 | 16 | Highest rank, for which memory is set aside
  max-cpu-loras | integer | - | Adapters kept on the host
  fully-sharded-loras | boolean | false | Divides both factors of adapters over TP
  lora-modules | list | - | Adapters by name and path
  limit-mm-per-prompt | block | - | Images, videos and sounds of one prompt; they size the encoder's memory
  mm-processor-cache-gb | number | 4 | GiB of host memory for prepared images
  mm-encoder-tp-mode | weights,data | weights | Whether TP divides the encoder or its images
  skip-mm-profiling | boolean | false | Sets no memory aside for images
  hf-overrides | block | - | Keys of config.json to replace
  hf-overrides.max_position_embeddings | integer | - | Positions of the model
  hf-overrides.num_hidden_layers | integer | - | Layers that are loaded
  hf-overrides.rope_scaling.rope_type / hf-overrides.rope_parameters.rope_type | text | - | How rotary positions are stretched: yarn, linear, dynamic
  hf-overrides.rope_scaling.factor / hf-overrides.rope_parameters.factor | number | - | How far they are stretched
  hf-overrides.rope_scaling.original_max_position_embeddings / hf-overrides.rope_parameters.original_max_position_embeddings | integer | - | Positions before stretching
  rope-scaling | block | - | Scaling of rotary positions for longer sequences
  rope-scaling.rope_type / rope-scaling.type | text | - | How rotary positions are stretched
  rope-scaling.factor | number | - | How far they are stretched
  rope-scaling.original_max_position_embeddings | integer | - | Positions before stretching
  rope-theta | number | - | Base of the rotary frequencies
  model-impl | auto,vllm,transformers,terratorch | auto | Whose code of the model
  runner | auto,generate,pooling,draft | auto | What the model is run for
  kv-transfer-config | block | - | Moves KV cache between servers, for separate prefill
  kv-transfer-config.kv_role | kv_producer,kv_consumer,kv_both | - | Whether the server prefills, decodes or does both
  kv-transfer-config.kv_connector | text | - | What moves the KV cache: NixlConnector, LMCacheConnectorV1, MooncakeConnector
  compilation-config.cudagraph_mode | NONE,PIECEWISE,FULL,FULL_DECODE_ONLY,FULL_AND_PIECEWISE | FULL_AND_PIECEWISE | Which parts of a step CUDA graphs hold
  optimization-level | 0,1,2,3 | 2 | How long to compile for speed
  cudagraph-capture-sizes | list | - | Batch sizes for which CUDA graphs are captured
  max-cudagraph-capture-size | integer | - | Largest batch for which a CUDA graph is captured
  enable-sleep-mode | boolean | false | Lets the server give its memory back
  enable-dbo | boolean | false | Overlaps two half batches
  max-parallel-loading-workers | integer | - | Processes that load weights at once
  seed | integer | 0 | Seed of sampling
  host | text | - | Address to listen at
  port | integer | 8000 | Port to listen at
  api-key | text | - | Key clients must send
  api-server-count | integer | - | Processes that talk to clients
  headless | boolean | false | A node without an API server
  config | path | - | YAML with flags
  chat-template | path | - | How messages become a prompt
  generation-config | text | auto | Where defaults of sampling come from
  enable-auto-tool-choice | boolean | false | Lets the model call tools
  tool-call-parser | text | - | How calls are found in answers
  reasoning-parser | text | - | How thoughts are found in answers
`;

const table = keyTable(
  'vllm',
  'vllm/engine/arg_utils.py and vllm/config, vLLM 0.6 to 0.33',
  lines,
  fieldsOfRows([...vllmRows, ...vllmModelRows]),
);

export const vllmKeys: KeyTable = withHistory(table, vllmFlags);
