/**
 * What SGLang's server arguments mean; they are keys of its YAML and arguments of its engine too. Names and defaults:
 * python/sglang/srt/server_args.py of 0.5.6 and arg_groups/fields of 0.5.23.
 */
import { sglangFlags } from '../../core/serving/engines/sglang-flags.ts';
import { withHistory } from '../engines/history.ts';
import { fieldsOfRows, type KeyTable, keyTable } from '../key-table.ts';
import { sglangModelRows, sglangRows } from './rows.ts';

const lines = `
  model-path / model | text | - | The model, by Hub name or folder
  tokenizer-path | text | - | The tokenizer, when it is not the model's
  served-model-name | text | - | The name clients ask for
  trust-remote-code | boolean | false | Runs code that comes with the model
  revision | text | - | Branch, tag or commit of the model
  load-format | auto,pt,safetensors,npcache,dummy,sharded_state,gguf,bitsandbytes,mistral,layered,remote | auto | Format of the weights
  dtype | auto,half,float16,bfloat16,float,float32 | auto | Format of weights and products; the model's own when auto
  quantization | text | - | How weights are quantized: awq, gptq, fp8, modelopt_fp4, w8a8_int8; the model says it as a rule
  torchao-config | text | - | Quantizes while loading: int8wo, int4wo-128, fp8wo
  kv-cache-dtype | auto,fp8_e5m2,fp8_e4m3,bf16,bfloat16,fp4_e2m1,nvfp4 | auto | Format of the KV cache; fp8 doubles its tokens
  context-length | integer | - | Longest prompt and answer together; the model's own length when absent
  mem-fraction-static | number | - | Share of GPU memory for weights and KV pool together; chosen by GPU and TP when absent
  max-running-requests | integer | - | Most requests that run at once
  max-queued-requests | integer | - | Most requests that wait
  max-total-tokens | integer | - | Most tokens of the KV pool, in place of what the share leaves
  chunked-prefill-size | integer | - | Most tokens of one piece of a prompt; chosen by GPU memory when absent, -1 reads prompts whole
  max-prefill-tokens | integer | 16384 | Most tokens of one batch of prompts
  page-size | integer | 1 | Tokens of one page of KV cache
  schedule-policy | lpm,random,fcfs,dfs-weight,lof,priority | fcfs | Order of requests
  schedule-conservativeness | number | 1.0 | How carefully requests are let in
  enable-mixed-chunk | boolean | false | Decodes in the batch of a prompt's piece
  swa-full-tokens-ratio | number | 0.8 | Tokens of window layers for each token of full ones
  tp-size / tensor-parallel-size / tp | integer | 1 | TP: GPUs that share each layer, over all nodes
  pp-size / pipeline-parallel-size / pp | integer | 1 | PP: groups of layers on different GPUs
  dp-size / data-parallel-size / dp | integer | 1 | Copies that divide requests; with data-parallel attention they are parts of TP
  attn-dp-size / attention-data-parallel-size | integer | 1 | Groups inside TP that attend to requests of their own
  enable-dp-attention | boolean | false | Lets DP divide TP in attention, so that the KV cache is not copied
  enable-dp-lm-head | boolean | false | Computes the head inside each group of attention
  moe-dense-tp-size | integer | - | TP of dense layers
  ep-size / expert-parallel-size / ep | integer | 1 | EP: groups of GPUs with whole experts of their own, inside TP
  enable-ep-moe | boolean | false | Spreads experts over TP; older releases
  enable-deepep-moe | boolean | false | Spreads experts over TP with DeepEP; older releases
  moe-a2a-backend | none,deepep,mooncake,flashinfer,megamoe,nixl,mori,pplx | none | Library that sends tokens to experts
  moe-runner-backend | text | auto | Kernel of the experts
  deepep-mode | auto,normal,low_latency | auto | Kernels of DeepEP
  ep-num-redundant-experts | integer | 0 | Copies of busy experts
  enable-eplb | boolean | false | Moves experts around as their load changes
  dcp-size / decode-context-parallel-size | integer | 1 | GPUs of TP among which the KV cache of a sequence is divided
  nnodes | integer | 1 | Nodes of the server
  node-rank | integer | 0 | Number of this node
  dist-init-addr | text | - | Address of the first node
  base-gpu-id | integer | 0 | First GPU to take
  load-balance-method | auto,round_robin,follow_bootstrap_room,total_requests,total_tokens | round_robin | How copies get requests
  disaggregation-mode | null,prefill,decode | null | Whether the server prefills, decodes or does both
  disaggregation-transfer-backend | mooncake,nixl,ascend,fake,mori | mooncake | What moves the KV cache to the decoder
  disaggregation-ib-device | text | - | Network cards for that
  attention-backend | text | - | Kernel of attention: flashinfer, fa3, triton, flashmla, trtllm_mla, aiter
  prefill-attention-backend | text | - | Kernel of attention in prompts
  decode-attention-backend | text | - | Kernel of attention in decodes
  sampling-backend | flashinfer,pytorch,ascend | - | Kernel of sampling
  disable-radix-cache | boolean | false | Keeps no KV cache of common beginnings
  disable-cuda-graph | boolean | false | No CUDA graphs: less memory, slower decodes
  cuda-graph-backend-decode | full,breakable,disabled | - | How decodes are captured in CUDA graphs
  cuda-graph-max-bs / cuda-graph-max-bs-decode | integer | - | Largest batch for which a CUDA graph is captured
  cuda-graph-bs | list | - | Batch sizes for which CUDA graphs are captured
  disable-overlap-schedule | boolean | false | Plans a step only after the one before
  enable-two-batch-overlap | boolean | false | Overlaps two half batches
  enable-torch-compile | boolean | false | Compiles the model for small batches
  torch-compile-max-bs | integer | 32 | Largest batch that is compiled
  num-continuous-decode-steps | integer | 1 | Decodes between two plans
  disable-custom-all-reduce | boolean | false | Sums through NCCL alone
  enable-memory-saver | boolean | false | Lets the engine give its memory back
  cpu-offload-gb | number | 0 | GiB of weights that stay on the host
  enable-hierarchical-cache | boolean | false | Keeps KV cache in host memory too
  hicache-ratio | number | 2.0 | Host memory of the KV cache for each byte on the GPU
  hicache-size | integer | 0 | GB of host memory for the KV cache of each rank
  speculative-algorithm | EAGLE,EAGLE3,NEXTN,STANDALONE,NGRAM,DFLASH | - | How tokens are guessed
  speculative-draft-model-path / speculative-draft-model | text | - | Draft model
  speculative-draft-model-quantization | text | - | How the draft model's weights are quantized; the model's own when absent
  speculative-num-steps | integer | - | Steps of the draft model
  speculative-eagle-topk | integer | - | Branches of each step
  speculative-num-draft-tokens | integer | - | Tokens the model checks at once
  enable-lora | boolean | false | Serves adapters
  lora-paths | list | - | Adapters by name and path
  max-loras-per-batch | integer | 8 | Adapters of one batch; their memory is set aside
  max-lora-rank | integer | - | Highest rank, for which memory is set aside
  lora-backend | triton,csgmv,ascend,torch_native | csgmv | Kernel of adapters
  json-model-override-args | block | {} | Keys of config.json to replace
  json-model-override-args.max_position_embeddings | integer | - | Positions of the model
  json-model-override-args.num_hidden_layers | integer | - | Layers that are loaded
  json-model-override-args.rope_scaling.rope_type | text | - | How rotary positions are stretched
  json-model-override-args.rope_scaling.factor | number | - | How far they are stretched
  json-model-override-args.rope_scaling.original_max_position_embeddings | integer | - | Positions before stretching
  max-mamba-cache-size | integer | - | States of linear attention that are kept
  reasoning-parser | text | - | How thoughts are found in answers
  tool-call-parser | text | - | How calls are found in answers
  chat-template | text | - | How messages become a prompt
  host | text | 127.0.0.1 | Address to listen at
  port | integer | 30000 | Port to listen at
  api-key | text | - | Key clients must send
  watchdog-timeout | number | 300 | Seconds after which a stuck server ends
  log-level | text | info | How much is logged
  enable-metrics | boolean | false | Publishes metrics for Prometheus
  skip-server-warmup | boolean | false | Serves before a first request has run
  random-seed | integer | - | Seed of sampling
  config | path | - | YAML with flags
`;

const table: KeyTable = keyTable(
  'sglang',
  'python/sglang/srt/server_args.py, SGLang 0.3.6 to 0.5.23',
  lines,
  fieldsOfRows([...sglangRows, ...sglangModelRows]),
);

export const sglangKeys: KeyTable = withHistory(table, sglangFlags);
