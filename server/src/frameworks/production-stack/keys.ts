/** Keys of the values of vLLM's production-stack chart. */
import { keyTable } from '../key-table.ts';

export const productionStackKeys = keyTable(
  'production-stack',
  'vLLM production-stack (a6c01db0), helm/values.yaml and helm/templates',
  `
  servingEngineSpec | block | - | The servers
  servingEngineSpec.modelSpec | list | - | One entry for each model that is served
  servingEngineSpec.runtimeClassName | text | nvidia | Runtime class of the pods
  servingEngineSpec.enableEngine | boolean | true | Whether servers are started at all
  name | text | - | Name of the model's deployment
  enabled | boolean | true | Whether this model is served
  modelURL | text | - | The model, by its name on the Hub or a path
  modelRevision | text | - | Revision of the model
  repository | text | lmcache/vllm-openai | The image without its tag
  tag | text | latest | Tag of the image, whose release often stands in it
  replicaCount | integer | 1 | Copies of the server; with raySpec the worker pods of the one server
  requestCPU | integer | - | CPUs of a pod
  requestMemory | text | - | Memory of a pod
  requestGPU | integer | - | GPUs of a pod
  requestGPUType | text | nvidia.com/gpu | The resource that requestGPU counts, such as a slice of a GPU
  requestGPUMem | text | - | Memory of a shared GPU in MB
  resources | block | - | Requests and limits in place of the keys above
  pvcStorage | text | - | Size of the volume for the weights
  shmSize | text | 20Gi | Size of the shared memory
  enableLoRA | boolean | false | Switches LoRA on
  enableTool | boolean | false | Lets the model call tools
  chatTemplate | text | - | The chat template
  vllmConfig | block | - | Flags of vLLM in camel case
  vllmConfig.v0 | text | - | "1" takes the engine of before 2025
  vllmConfig.enablePrefixCaching | boolean | false | Reuses the cache of equal beginnings; off when the key is absent, unlike vLLM itself
  vllmConfig.enableChunkedPrefill | boolean | - | Splits long prompts over steps
  vllmConfig.maxModelLen | integer | - | Longest sequence, as --max-model-len
  vllmConfig.dtype | text | - | Number format of weights and activations, as --dtype
  vllmConfig.tensorParallelSize | integer | - | Tensor-parallel size, as --tensor-parallel-size
  vllmConfig.pipelineParallelSize | integer | - | Pipeline-parallel size; only with raySpec
  vllmConfig.maxNumSeqs | integer | - | Sequences of one step, as --max-num-seqs
  vllmConfig.maxLoras | integer | - | Adapters of one batch, as --max-loras
  vllmConfig.gpuMemoryUtilization | number | - | Share of the GPU's memory vLLM may use
  vllmConfig.runner | text | - | What the model is for, as --runner
  vllmConfig.convert | text | - | Turns the model into an embedding or classifying one
  vllmConfig.extraArgs | list | - | Further flags, which win over the keys beside them
  lmcacheConfig | block | - | LMCache, which keeps cache outside the GPU or hands it over
  lmcacheConfig.enabled | boolean | false | Switches LMCache on
  lmcacheConfig.cpuOffloadingBufferSize | text | - | GB of the host's memory for cache
  lmcacheConfig.diskOffloadingBufferSize | text | - | GB of disk for cache
  lmcacheConfig.kvRole | kv_both, kv_producer, kv_consumer | kv_both | Whether this server prefills, decodes or does both
  lmcacheConfig.enablePD | boolean | false | Prefill and decode stand apart
  lmcacheConfig.nixlRole | text | - | sender or receiver of the cache
  raySpec | block | - | Serves the model over several pods with Ray
  raySpec.enabled | boolean | false | Whether it is
  raySpec.headNode | block | - | The pod of Ray's head, which serves too when it has GPUs
  nodeSelectorTerms | list | - | Labels nodes must have
  affinity | block | - | Where pods may run, in place of nodeSelectorTerms
  hf_token | text | - | The token of the Hub
  env | list | - | Environment variables of the server
  routerSpec | block | - | The router in front of the servers
  routerSpec.routingLogic | text | roundrobin | How the router chooses a server
  cacheserverSpec | block | - | A server of LMCache that all share
  `,
  {
    'vllmConfig.tensorParallelSize': 'parallel.tensor',
    'vllmConfig.pipelineParallelSize': 'parallel.pipeline',
    'vllmConfig.maxModelLen': 'serving.maxModelLen',
    'vllmConfig.maxNumSeqs': 'serving.maxSequences',
    'vllmConfig.gpuMemoryUtilization': 'serving.gpuMemoryUtilization',
    'vllmConfig.dtype': 'precision.compute',
    requestGPU: 'cluster.gpusPerNode',
    replicaCount: 'serving.replicas',
  },
);

const names: ReadonlySet<string> = new Set(productionStackKeys.keys.flatMap(({ name }) => [name, name.split('.').at(-1) ?? name]));

export const isProductionStackKey = (name: string): boolean => names.has(name) || name.includes('/');
