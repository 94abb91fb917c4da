/** Keys of DynamoGraphDeployment and the flags that Dynamo's workers have besides their engine's. */
import { keyTable } from '../key-table.ts';

export const dynamoKeys = keyTable(
  'dynamo',
  'NVIDIA Dynamo 1.3, deploy/operator/api and components/src/dynamo',
  `
  apiVersion | text | - | nvidia.com/v1alpha1 or nvidia.com/v1beta1
  kind | text | - | DynamoGraphDeployment: the frontend and all workers of one model
  backendFramework | vllm, sglang, trtllm | - | The engine of the workers
  services | block | - | The parts of the graph by name (v1alpha1)
  components | list | - | The parts of the graph (v1beta1)
  componentType / type | frontend, worker, planner, prefill, decode | - | What the part does
  subComponentType | prefill, decode | - | Whether a worker only prefills or only decodes
  replicas | integer | 1 | Copies of the part, each with its nodes and GPUs
  multinode | block | - | Spreads one copy over several nodes
  nodeCount | integer | 1 | Nodes of one copy; each has the GPUs of resources
  resources | block | - | What each node of a copy gets
  gpu | integer | - | GPUs of each node of a copy
  gpuType | text | nvidia.com/gpu | The resource that gpu counts
  extraPodSpec | block | - | The pod (v1alpha1), with mainContainer for the worker itself
  mainContainer | block | - | The worker's container
  podTemplate | block | - | The pod (v1beta1)
  sharedMemory | block | - | Size of the shared memory
  envs | list | - | Environment variables of all parts
  envFromSecret | text | - | A secret whose data become environment variables
  dynamoNamespace | text | - | The name under which the parts find each other
  pvcs | list | - | Volumes of the graph
  disaggregation-mode | prefill, decode, agg, encode | agg | What the worker does of a request
  is-prefill-worker | boolean | false | The worker only prefills (older spelling)
  is-decode-worker | boolean | false | The worker only decodes (older spelling)
  connector | text | - | How the cache is handed over (older spelling of --kv-transfer-config)
  extra-engine-args | path | - | A YAML file with options of TensorRT-LLM
  override-engine-args | text | - | Options of TensorRT-LLM that win over the file
  migration-limit | integer | 0 | How often a request may move to another worker
  dyn-tool-call-parser | text | - | How tool calls are found in the text
  dyn-reasoning-parser | text | - | How reasoning is found in the text
  request-plane | tcp, nats | tcp | How requests reach workers
  event-plane | zmq, nats | zmq | How events of the cache are spread
  endpoint | text | - | The name under which the worker is asked
  namespace | text | dynamo | The name under which the parts find each other
  workload.gpus | integer | - | GPUs of a worker, in the values of a chart
  workload.framework | vllm, sglang, trtllm | - | The engine, in the values of a chart
  `,
  { replicas: 'serving.replicas', nodeCount: 'cluster.nodes', gpu: 'cluster.gpusPerNode' },
);

const names: ReadonlySet<string> = new Set(dynamoKeys.keys.flatMap(({ name }) => [name, name.split('.').at(-1) ?? name]));

export const isDynamoKey = (name: string): boolean => names.has(name) || name.includes('/');
