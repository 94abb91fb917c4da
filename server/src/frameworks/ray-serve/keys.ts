/** Keys of Ray Serve's configurations and of its LLMConfig. */
import { keyTable } from '../key-table.ts';

export const rayServeKeys = keyTable(
  'ray-serve-llm',
  'Ray 2.56, python/ray/llm/_internal/serve/core/configs/llm_config.py and ray/serve/schema.py',
  `
  applications | list | - | The applications that are served
  import_path | text | - | The code of the application; ray.serve.llm:build_openai_app serves models
  route_prefix | text | / | Where the application answers
  args | block | - | Arguments of the application
  llm_configs | list | - | The models of the application
  prefill_config | block | - | The model's servers that only prefill
  decode_config | block | - | The model's servers that only decode
  model_loading_config | block | - | The model
  model_loading_config.model_id | text | - | The name requests ask for, and the model when no source is written
  model_loading_config.model_source | text | - | Where the weights come from
  engine_kwargs | block | - | Arguments of vLLM, with underscores
  engine_kwargs.tensor_parallel_size | integer | 1 | Tensor-parallel size
  engine_kwargs.pipeline_parallel_size | integer | 1 | Pipeline-parallel size
  engine_kwargs.data_parallel_size | integer | 1 | Data-parallel ranks of one replica
  engine_kwargs.max_model_len | integer | - | Longest sequence
  engine_kwargs.max_num_seqs | integer | - | Sequences of one step
  engine_kwargs.gpu_memory_utilization | number | - | Share of the GPU's memory vLLM may use
  accelerator_type | text | - | The GPU that nodes must have
  deployment_config | block | - | Copies of the model and how they scale
  deployment_config.num_replicas | integer | 1 | Copies of the model
  deployment_config.autoscaling_config | block | - | Lets the number of copies follow the load
  deployment_config.autoscaling_config.min_replicas | integer | 1 | Fewest copies
  deployment_config.autoscaling_config.max_replicas | integer | 1 | Most copies
  deployment_config.max_ongoing_requests | integer | - | Requests a copy has at once
  lora_config | block | - | Adapters that are loaded when asked for
  placement_group_config | block | - | Where the workers of a copy are placed
  runtime_env | block | - | The environment of the workers
  experimental_configs | block | - | Settings of Ray that may change
  `,
  {
    'engine_kwargs.tensor_parallel_size': 'parallel.tensor',
    'engine_kwargs.pipeline_parallel_size': 'parallel.pipeline',
    'engine_kwargs.data_parallel_size': 'serving.dataParallel',
    'engine_kwargs.max_model_len': 'serving.maxModelLen',
    'engine_kwargs.max_num_seqs': 'serving.maxSequences',
    'engine_kwargs.gpu_memory_utilization': 'serving.gpuMemoryUtilization',
    accelerator_type: 'cluster.gpu',
    'deployment_config.num_replicas': 'serving.replicas',
  },
);

const names: ReadonlySet<string> = new Set(rayServeKeys.keys.map(({ name }) => name));

export const isRayServeKey = (name: string): boolean => names.has(name) || name.includes('/') || name.startsWith('engine_kwargs.');
