/** Keys of KServe's objects. */
import { keyTable } from '../key-table.ts';

export const kserveKeys = keyTable(
  'kserve',
  'KServe 0.16 (aaac4e29), pkg/apis/serving/v1alpha2 and v1beta1',
  `
  apiVersion | text | - | The group and version of the object's schema
  kind | text | - | LLMInferenceService, InferenceService or a runtime
  model | block | - | The model that is served
  uri | text | - | Where the weights come from: hf://, s3://, pvc:// and others
  storageUri | text | - | Where the weights of a predictor come from
  modelFormat | block | - | The format by which KServe picks a runtime: huggingface, vllm
  runtime | text | - | The ServingRuntime that starts the server
  lora | block | - | Adapters that are loaded beside the model
  adapters | list | - | LoRA adapters, each with a name and a URI
  maxRank | integer | 16 | Largest rank of an adapter, as --max-lora-rank
  maxAdapters | integer | - | Adapters that fit into one batch, as --max-loras; as many as are listed when absent
  maxCpuAdapters | integer | - | Adapters kept in the memory of the host, as --max-cpu-loras
  replicas | integer | 1 | Copies of the server, each with the GPUs of its template
  minReplicas | integer | 1 | Fewest copies of the server
  maxReplicas | integer | - | Most copies of the server
  parallelism | block | - | How one replica is spread over GPUs; the controller makes flags of it
  tensor | integer | 1 | Tensor-parallel size, as --tensor-parallel-size
  pipeline | integer | 1 | Pipeline-parallel size, as --pipeline-parallel-size
  data | integer | 1 | Data-parallel ranks of one replica over all its pods, as --data-parallel-size
  dataLocal | integer | 1 | Data-parallel ranks of one pod; data / dataLocal pods make a replica
  dataRPCPort | integer | 5555 | Port over which data-parallel ranks meet
  expert | boolean | false | Spreads experts over all ranks, as --enable-expert-parallel
  template | block | - | The pod of the server, the head of several or the decode side
  worker | block | - | The further pods of a replica on several nodes
  workerSpec | block | - | The further pods of a predictor on several nodes
  tensorParallelSize | integer | 1 | Tensor-parallel size of a predictor on several nodes
  pipelineParallelSize | integer | 2 | Pods of a predictor on several nodes
  prefill | block | - | The servers that only prefill; the others then only decode
  kvCacheOffloading | block | - | Keeps cache that does not fit in the memory of the host or on disks
  scaling | block | - | Lets the number of replicas follow the load, in place of replicas
  router | block | - | How requests reach the servers
  scheduler | block | - | The endpoint picker that chooses a server for each request
  baseRefs | list | - | Configurations whose values hold where this object says nothing
  storageInitializer | block | - | The container that fetches the weights
  `,
  {
    tensor: 'parallel.tensor',
    pipeline: 'parallel.pipeline',
    data: 'serving.dataParallel',
    expert: 'serving.expertParallel',
    replicas: 'serving.replicas',
  },
);

const names: ReadonlySet<string> = new Set(kserveKeys.keys.map(({ name }) => name));

/** Only keys that were read come here; resources have names with a group in front. */
export const isKserveKey = (name: string): boolean => names.has(name) || name.includes('/');
