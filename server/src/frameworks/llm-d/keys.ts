/** Keys of the values of llm-d's modelservice chart. */
import { keyTable } from '../key-table.ts';

const role = (name: string): string => `
  ${name} | block | - | The servers that ${name}
  ${name}.create | boolean | true | Whether there are such servers
  ${name}.replicas | integer | 1 | Copies of such a server
  ${name}.parallelism | block | - | How one copy is spread over GPUs; the chart makes flags and resources of it
  ${name}.parallelism.tensor | integer | 1 | Tensor-parallel size, as --tensor-parallel-size
  ${name}.parallelism.data | integer | 1 | Data-parallel ranks of one copy, as --data-parallel-size; dataLocal * workers when absent
  ${name}.parallelism.dataLocal | integer | 1 | Data-parallel ranks of one pod; tensor * dataLocal GPUs are asked for
  ${name}.parallelism.workers | integer | 1 | Pods of one copy when multinode is on; data / dataLocal when absent
  ${name}.acceleratorTypes | block | - | The label of nodes with the wanted GPU, and its values
  ${name}.accelerator | block | - | The kind of accelerator, in place of the one of the whole file
  ${name}.containers | list | - | The containers of the pod
  ${name}.nodeSelector | block | - | Labels a node must have
  `;

export const llmdKeys = keyTable(
  'llm-d',
  'llm-d modelservice (3051935), charts/llm-d-modelservice/values.yaml',
  `
  modelArtifacts | block | - | The model and where its weights come from
  modelArtifacts.name | text | random/model | The name requests ask for
  modelArtifacts.uri | text | - | hf://owner/name, pvc://claim/path or pvc+hf://claim/path/owner/name
  modelArtifacts.size | text | 5Mi | Size of the volume for the weights
  modelArtifacts.authSecretName | text | - | The secret with the token of the Hub
  modelArtifacts.mountPath | path | /model-cache | Where the volume is mounted
  multinode | boolean | false | A LeaderWorkerSet with several pods for each copy in place of a Deployment
  accelerator | block | - | The kind of accelerator and how it is asked for
  accelerator.type | nvidia, amd, google, intel-gaudi, intel-i915, intel-xe, cpu | nvidia | The resource that is asked for
  accelerator.dra | boolean | false | Asks by resource claims in place of a device plugin
  routing | block | - | How requests reach the servers
  routing.servicePort | integer | 8000 | Port of the service
  routing.proxy | block | - | The proxy beside decode that asks prefill first
  routing.proxy.connector | text | nixlv2 | How the proxy hands the cache over
  ${role('decode')}
  ${role('prefill')}
  containers.modelCommand | vllmServe, imageDefault, custom | custom | Who writes the command: the chart for vLLM, the image, or the values
  containers.args | list | - | Flags of the engine
  `,
  {
    'decode.parallelism.tensor': 'parallel.tensor',
    'prefill.parallelism.tensor': 'parallel.tensor',
    'decode.parallelism.data': 'serving.dataParallel',
    'prefill.parallelism.data': 'serving.dataParallel',
    'decode.replicas': 'serving.replicas',
    'prefill.replicas': 'serving.replicas',
  },
);

const names: ReadonlySet<string> = new Set(llmdKeys.keys.flatMap(({ name }) => [name, name.split('.').at(-1) ?? name]));

/** Only keys that were read come here; resources have names with a group in front. */
export const isLlmdKey = (name: string): boolean => names.has(name) || name.includes('/');
