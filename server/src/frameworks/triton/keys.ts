/** What the keys of Triton's `config.pbtxt` mean. Sources as in rows.ts. */
import { fieldsOfRows, type KeyTable, keyTable } from '../key-table.ts';
import { tritonRows } from './rows.ts';

const lines = `
  name | text | - | The model; its folder's name as a rule
  backend | text | - | What computes it: tensorrtllm, vllm, python
  platform | text | - | Older name of what computes it
  max_batch_size | integer | 0 | Most requests of a batch; 0 leaves batches to the back end
  instance_group | block | - | Copies of the model and where they run
  instance_group.count | integer | 1 | Copies
  instance_group.kind | KIND_AUTO,KIND_GPU,KIND_CPU,KIND_MODEL | KIND_AUTO | Where they run; LLM back ends find their GPUs themselves
  instance_group.gpus | list | - | Numbers of the GPUs
  model_transaction_policy.decoupled | boolean | false | A request may get several answers, as when tokens are streamed
  dynamic_batching | block | - | Waits for requests to batch
  dynamic_batching.max_queue_delay_microseconds | integer | 0 | How long to wait
  input | list | - | Tensors that come in
  output | list | - | Tensors that go out
  parameters | block | - | Settings of the back end, all of them strings
  parameters.gpt_model_type | inflight_fused_batching,inflight_batching,V1 | - | How requests are batched
  parameters.gpt_model_path | path | - | Folder of the engine
  parameters.max_tokens_in_paged_kv_cache | integer | - | Most tokens of the KV cache
  parameters.kv_cache_free_gpu_mem_fraction | number | 0.9 | Share of the memory that is free after the weights which becomes KV cache
  parameters.enable_kv_cache_reuse | boolean | false | Keeps the KV cache of common beginnings
  parameters.enable_chunked_context | boolean | false | Reads long prompts in pieces
  parameters.batch_scheduler_policy | max_utilization,guaranteed_no_evict | guaranteed_no_evict | Whether requests may be put back for want of memory
  parameters.max_num_tokens | integer | - | Most tokens of one step
  parameters.kv_cache_dtype | text | - | Format of the KV cache
  parameters.max_beam_width | integer | 1 | Beams of a request
  parameters.kv_cache_host_memory_bytes | integer | 0 | Host memory for blocks that left the GPU
  parameters.gpu_device_ids | text | - | GPUs of each model
  parameters.executor_worker_path | path | - | The program of a worker
`;

export const tritonKeys: KeyTable = keyTable('triton', 'protobuf/model_config.proto, Triton 2025', lines, fieldsOfRows(tritonRows));
