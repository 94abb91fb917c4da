/** Keys of KubeAI's Model. */
import { keyTable } from '../key-table.ts';

export const kubeaiKeys = keyTable(
  'kubeai',
  'KubeAI 0.23 (f442a2cd), api/k8s/v1/model_types.go',
  `
  apiVersion | text | - | kubeai.org/v1
  kind | text | - | Model
  url | text | - | The model: hf://owner/name, ollama://name, s3://, pvc:// and others
  engine | VLLM, OLlama, FasterWhisper, Infinity | - | The server that runs the model
  features | list | - | What the model can do, and so which requests it gets
  args | list | - | Flags of the engine
  env | block | - | Environment variables of the server
  resourceProfile | text | - | NAME:COUNT, a profile of the cluster that says which GPU, and how many of it a replica gets
  replicas | integer | - | Copies at present; KubeAI changes it with the load
  minReplicas | integer | 0 | Fewest copies of the server
  maxReplicas | integer | - | Most copies of the server
  targetRequests | integer | 100 | Requests a copy has at once before another is started
  scaleDownDelaySeconds | integer | 30 | Time of little load before a copy is stopped
  autoscalingDisabled | boolean | false | Leaves the number of copies as it is written
  cacheProfile | text | - | Where the weights are kept between starts
  adapters | list | - | LoRA adapters, which switch LoRA on
  loadBalancing | block | - | How requests are spread over copies
  image | text | - | The image of the server; that of the profile when absent
  priorityClassName | text | - | Priority of the pods
  owner | text | - | The name that stands in the list of models
  files | list | - | Files that are put into the container
  `,
  { replicas: 'serving.replicas', minReplicas: 'serving.replicas' },
);

const names: ReadonlySet<string> = new Set(kubeaiKeys.keys.map(({ name }) => name));

export const isKubeaiKey = (name: string): boolean => names.has(name);
